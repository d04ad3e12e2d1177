"""Harvesting a loss: which shares are at a clean one, from which day, and what nobody may buy meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine.wash_sales import WINDOW, blocked_buys, group_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossLot:
    """A taxable lot below its cost: what a sale of all of it would lose (positive), and from when that is clean.

    `clean_from_on` is the first day on which no purchase of its group anywhere in the household lies in the window
    before the sale (IRC 1091(a)).
    """

    account: str
    owner: str
    symbol: str
    quantity: Shares
    acquired_on: date | None
    value: Usd
    loss: Usd
    short_term: bool
    clean_from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A purchase of the group, by any account of either spouse; of an open order `on` is the day itself."""

    on: date
    account: str
    symbol: str
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What could be harvested of one symbol on one day.

    `group` are the symbols that count as the same; none of them may be bought in any of `accounts` from now on until
    after `quiet_until_on`, the last day of the window after a sale on `sale_on`. `partners` are funds of the same class
    and another group that the taxable accounts may buy meanwhile. `unknown` counts lots whose cost nobody knows.
    """

    symbol: str
    on: date
    price: Decimal | None
    group: tuple[str, ...]
    lots: tuple[LossLot, ...]
    purchases: tuple[Purchase, ...]
    accounts: tuple[Account, ...]
    partners: tuple[str, ...]
    unknown: int = 0
    blocked_until_on: date | None = None

    @property
    def clean(self) -> tuple[LossLot, ...]:
        """The lots that may be sold today."""
        return tuple(lot for lot in self.lots if lot.clean_from_on <= self.on)

    @property
    def clean_from_on(self) -> date:
        """The first day of a clean sale, if nothing of the group is bought before it."""
        return _clean_from(self.purchases, self.on)

    @property
    def sale_on(self) -> date:
        """The day from which the quiet time is counted: today, or the first clean day."""
        return max(self.on, self.clean_from_on)

    @property
    def quiet_until_on(self) -> date:
        """The last day on which a purchase would still wash the loss of a sale on `sale_on`."""
        return self.sale_on + WINDOW


def harvest(household: Household, policy: Policy, snapshot: Snapshot, symbol: str) -> Harvest:
    """What could be harvested of a symbol; KeyError for one that the household does not know.

    Strict where the law is not: after any purchase of the group no share of it is clean, though a purchase of fewer
    shares than are sold would wash only as many (IRC 1091(b)). Accounts that are not in the household count as well,
    and only their owner can know them.
    """
    group = household.instrument(symbol).identical_group
    purchases = _purchases(household, snapshot, group)
    from_on = _clean_from(purchases, snapshot.as_of_on)
    found = [
        (account, lot)
        for account in household.accounts
        if account.kind is Kind.TAXABLE
        for lot in snapshot.holding(account.id).position(symbol).lots
    ]
    price = snapshot.price(symbol)
    losses = [(account, lot) for account, lot in found if price is not None and lot.is_loss(price)]
    sold = blocked_buys(household, snapshot).get(group)
    return Harvest(
        symbol=symbol,
        on=snapshot.as_of_on,
        price=price,
        group=tuple(sorted(i.symbol for i in household.instruments if i.identical_group == group)),
        lots=tuple(_lot(account, symbol, lot, price, snapshot.as_of_on, from_on) for account, lot in losses if price),
        purchases=purchases,
        accounts=household.accounts,
        partners=_partners(household, policy, snapshot, symbol),
        unknown=sum(lot.cost_per_share is None for _, lot in found),
        blocked_until_on=None if sold is None else sold + WINDOW,
    )


def _lot(account: Account, symbol: str, lot: TaxLot, price: Decimal, on: date, from_on: date) -> LossLot:
    return LossLot(
        account=account.id,
        owner=account.owner,
        symbol=symbol,
        quantity=lot.quantity,
        acquired_on=lot.acquired_on,
        value=lot.quantity.value(price),
        loss=-lot.gain(lot.quantity, price),
        short_term=lot.is_short_term(on),
        clean_from_on=max(from_on, lot.locked_until_on or from_on),
    )


def _purchases(household: Household, snapshot: Snapshot, group: str) -> tuple[Purchase, ...]:
    """Every purchase of the group in the window up to today, and open orders to buy; the latest last."""
    today = snapshot.as_of_on
    found = {
        Purchase(on=trade.on, account=trade.account, symbol=trade.symbol)
        for trade in snapshot.history
        if trade.side is Side.BUY and group_of(household, trade.symbol) == group
    }
    for holding in snapshot.holdings:
        for position in holding.positions:
            if group_of(household, position.symbol) == group:
                days = (lot.acquired_on for lot in position.lots if lot.acquired_on is not None)
                found |= {Purchase(on=on, account=holding.account, symbol=position.symbol) for on in days}
        found |= {
            Purchase(on=today, account=holding.account, symbol=order.symbol, is_open=True)
            for order in holding.open_orders
            if order.side is Side.BUY and group_of(household, order.symbol) == group
        }
    recent = [one for one in found if timedelta(0) <= today - one.on <= WINDOW]
    return tuple(sorted(recent, key=lambda one: (one.on, one.account, one.symbol, one.is_open)))


def _clean_from(purchases: tuple[Purchase, ...], on: date) -> date:
    return max((one.on + WINDOW + DAY for one in purchases), default=on)


def _partners(household: Household, policy: Policy, snapshot: Snapshot, symbol: str) -> tuple[str, ...]:
    """Funds that stand for the same class and are no twins, on the menu of a taxable account that holds the symbol."""
    sold = household.instrument(symbol)
    blocked = blocked_buys(household, snapshot)
    holders = [
        account
        for account in household.accounts
        if account.kind is Kind.TAXABLE and snapshot.holding(account.id).position(symbol).lots
    ]
    menus = dict.fromkeys(name for account in holders for name in account.menu)
    fit = [household.instrument(name) for name in menus]
    return tuple(
        one.symbol
        for one in fit
        if one.single_class is not None
        and one.single_class == sold.single_class
        and one.single_class != CASH
        and one.identical_group not in {sold.identical_group, *blocked}
        and policy.target_pct(one.single_class) > 0
    )
