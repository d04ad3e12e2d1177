"""Wash sales: which groups may not be bought after a loss, and which losses may not be taken after a purchase.

IRC 1091(a): no deduction for a loss when substantially identical shares are acquired within 30 days before or after
the sale. Rev. Rul. 2008-5: also when they are acquired in the owner's IRA, where the loss is gone for good.
IRS Publication 550: a spouse's purchase counts. So a loss in a taxable account of either spouse blocks every account;
a loss inside a shelter is never deducted and blocks nothing.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.household import Household, Kind
from bot.domain.snapshot import Side, Snapshot

WINDOW = timedelta(days=30)
DIVIDEND_HOLD = timedelta(days=61)  # IRC 1(h)(11)(B)(iii): a lot sold earlier may cost its dividends their lower rate


def group_of(household: Household, symbol: str) -> str:
    """The identical group of a symbol; the symbol itself where the household does not know it."""
    return next((i.identical_group for i in household.instruments if i.symbol == symbol), symbol)


def blocked_buys(household: Household, snapshot: Snapshot) -> dict[str, date]:
    """Groups that no account may buy, each with the day of the latest taxable loss sale behind it.

    A sale in an account that is not listed (closed, or held elsewhere) counts as a taxable one.
    """
    sheltered = {account.id for account in household.accounts if account.kind.sheltered}
    blocks: dict[str, date] = {}
    for trade in snapshot.history:
        recent = timedelta(0) <= snapshot.as_of_on - trade.on <= WINDOW
        if trade.side is Side.SELL and trade.realized_gain.cents < 0 and recent and trade.account not in sheltered:
            group = group_of(household, trade.symbol)
            blocks[group] = max(trade.on, blocks.get(group, trade.on))
    for account in household.accounts:
        if account.kind is Kind.TAXABLE:
            holding = snapshot.holding(account.id)
            for order in holding.open_orders:
                price = snapshot.price(order.symbol)
                lots = holding.position(order.symbol).lots
                if order.side is Side.SELL and price is not None and any(lot.is_loss(price) for lot in lots):
                    blocks[group_of(household, order.symbol)] = snapshot.as_of_on
    return blocks


def bought_lately(household: Household, snapshot: Snapshot) -> frozenset[str]:
    """Groups that some account bought in the window or is about to buy: their losses may not be taken."""
    groups: set[str] = set()
    since = snapshot.as_of_on - WINDOW
    for trade in snapshot.history:
        if trade.side is Side.BUY and timedelta(0) <= snapshot.as_of_on - trade.on <= WINDOW:
            groups.add(group_of(household, trade.symbol))
    for holding in snapshot.holdings:
        groups |= {group_of(household, order.symbol) for order in holding.open_orders if order.side is Side.BUY}
        for position in holding.positions:
            if max([lot.acquired_on or date.min for lot in position.lots], default=date.min) >= since:
                groups.add(group_of(household, position.symbol))
    return frozenset(groups)
