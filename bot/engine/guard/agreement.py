"""Whether what is held now is what the plan was drawn for, but for its own fills, a person's hands and more cash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.snapshot import Holding, Side
from bot.engine.guard.case import Case, at_most

# SEC section 31 fee and FINRA trading activity fee are taken out of sales: together under a hundredth of a percent.
FEES_PCT = Decimal("0.01")


def disagreement(case: Case) -> str:
    """What differs, in a sentence; empty where all agrees.

    The order's own account is compared as it was read just now. The others are known as they were when the run began:
    the fills of the run's own orders may be in there or not.
    """
    for planned in case.planned.holdings:
        orders = [order for order in case.others if order.intent.plan == case.intent.plan]
        mine = [order for order in orders if order.intent.account == planned.account]
        sentence = _account(case, planned, mine)
        if sentence:
            return sentence
    return ""


def _account(case: Case, planned: Holding, mine: Sequence[OrderRecord]) -> str:
    just_now = planned.account == case.intent.account
    held, cash = _found(case, planned.account, just_now=just_now)
    by_hand = {
        line.symbol
        for line in case.proposal.plan.lines
        if line.account == planned.account and line.number in case.ticked
    }
    before = {one.symbol: one.quantity for one in planned.positions}
    for symbol in sorted((before.keys() | held.keys()) - by_hand):
        own = [order for order in mine if order.intent.symbol == symbol]
        least, most = _between(before.get(symbol, Shares()), own, certain=just_now)
        found = held.get(symbol, Shares())
        if not least <= found <= most:
            return f"{planned.account} holds {found} {symbol}; by the plan and its fills it should be {least}."
    if not by_hand and cash < _least_cash(planned.cash, mine, certain=just_now):
        return f"{planned.account} holds {cash} in cash, less than was planned with."
    return ""


def _found(case: Case, account: str, *, just_now: bool) -> tuple[Mapping[str, Shares], Usd]:
    """What an account holds, and its cash."""
    if just_now:
        held = {one.symbol: one.quantity for one in case.reading.held}
        return held, case.reading.cash_settled + case.reading.cash_unsettled
    holding = case.fresh.holding(account)
    return {one.symbol: one.quantity for one in holding.positions}, holding.cash


def _between(before: Shares, own: Sequence[OrderRecord], *, certain: bool) -> tuple[Shares, Shares]:
    """The fewest and the most shares that our own orders can have left."""
    least = most = before
    for order in own:
        sure = order.filled if certain else Shares()
        possible = order.intent.quantity if order.state.may_be_live else order.filled
        if order.intent.side is Side.BUY:
            least, most = least + sure, most + possible
        else:
            least, most = least - possible, most - sure
    return least, most


def _least_cash(planned: Usd, mine: Sequence[OrderRecord], *, certain: bool) -> Usd:
    """The cash that must be there: a cent of rounding for each order and the fees on sales are allowed."""
    sold = Usd.total(_traded(order) for order in mine if order.intent.side is Side.SELL)
    bought = Usd.total(_spent(order) for order in mine if order.intent.side is Side.BUY)
    proceeds = sold - sold.percent(FEES_PCT) if certain else Usd()
    return planned + proceeds - bought - Usd(len(mine))


def _spent(order: OrderRecord) -> Usd:
    """The most that a purchase can have cost by now."""
    limit = at_most(order.intent.quantity, order.intent.limit_price)
    return max(_traded(order), limit) if order.state.may_be_live else _traded(order)


def _traded(order: OrderRecord) -> Usd:
    return order.filled.value(order.average_price) if order.average_price is not None else Usd()
