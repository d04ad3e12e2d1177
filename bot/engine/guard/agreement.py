"""Whether what is held now is what the plan was drawn for, but for its own fills, a person's hands and more cash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.readings import HeldReading
from bot.domain.snapshot import Holding, Side
from bot.engine.guard.case import Case, find
from bot.engine.guard.fills import spent, traded

# SEC section 31 fee and FINRA trading activity fee are taken out of sales: together under a hundredth of a percent.
FEES_PCT = Decimal("0.01")


def disagreement(case: Case) -> str:
    """What differs, in a sentence; empty where all agrees.

    The order's own account is compared as it was read just now. The others are known as they were when the run began:
    the fills of the run's own orders may be in there or not.
    """
    if case.planned.fingerprint != case.proposal.snapshot_fingerprint:
        return "The plan was drawn from other holdings than those in the books."
    if find(case.planned, case.intent.account) is None:
        return f"{case.intent.account} was not there when the plan was drawn."
    for planned in case.planned.holdings:
        orders = [order for order in case.others if order.intent.plan == case.intent.plan]
        mine = [order for order in orders if order.intent.account == planned.account]
        sentence = _account(case, planned, mine)
        if sentence:
            return sentence
    return ""


def _account(case: Case, planned: Holding, mine: Sequence[OrderRecord]) -> str:
    fresh = find(case.fresh, planned.account)
    if fresh is None:
        return f"{planned.account} was not read in this run."
    just_now = planned.account == case.intent.account
    now = _counts(case.reading.held if just_now else fresh.positions)
    cash = case.reading.cash_settled + case.reading.cash_unsettled if just_now else fresh.cash
    by_hand = _by_hand(case, planned.account)
    before = _counts(planned.positions)
    for symbol in sorted((before.keys() | now.keys()) - by_hand):
        own = [order for order in mine if order.intent.symbol == symbol]
        least, most = _between(case, before.get(symbol, Shares()), own, just_now=just_now)
        found = now.get(symbol, Shares())
        if not least <= found <= most:
            return f"{planned.account} holds {found} {symbol}; by the plan and its fills it should be {least}."
        if not own and _has_other_lots(case, planned, fresh, symbol):
            return f"The lots of {symbol} in {planned.account} are not those that were planned with."
    if not by_hand and cash < _least_cash(case, planned.cash, mine, just_now=just_now):
        return f"{planned.account} holds {cash} in cash, less than was planned with."
    return ""


def _counts(held: Iterable[HeldReading | Position]) -> Mapping[str, Shares]:
    counts: dict[str, Shares] = {}
    for one in held:
        counts[one.symbol] = counts.get(one.symbol, Shares()) + one.quantity
    return counts


def _by_hand(case: Case, account: str) -> set[str]:
    """What a person says to have traded in the account."""
    lines = case.proposal.plan.lines
    return {one.symbol for one in lines if one.account == account and not one.automatic and one.number in case.ticked}


def _is_certain(case: Case, order: OrderRecord, *, just_now: bool) -> bool:
    """Whether what was read shows the order's fills: read just now, or finished before this run began."""
    return just_now or (order.state.is_final and order.intended_at < case.run_began_at)


def _between(case: Case, before: Shares, own: Sequence[OrderRecord], *, just_now: bool) -> tuple[Shares, Shares]:
    """The fewest and the most shares that our own orders can have left."""
    least = most = before
    for order in own:
        sure = order.filled if _is_certain(case, order, just_now=just_now) else Shares()
        possible = order.intent.quantity if order.state.may_be_live else order.filled
        if order.intent.side is Side.BUY:
            least, most = least + sure, most + possible
        else:
            least, most = least - possible, most - sure
    return least, most


def _has_other_lots(case: Case, planned: Holding, fresh: Holding, symbol: str) -> bool:
    """Whether a taxable position cost something else than it did, though its count is the same.

    Not lot by lot: the books fold lots together as they grow old.
    """
    if case.is_sheltered(planned.account):
        return False
    before, now = planned.position(symbol).lots, fresh.position(symbol).lots
    if _unknown(before) != _unknown(now):
        return True
    return abs(_cost(before) - _cost(now)) > Usd(len(before) + len(now))  # a cent of rounding for each lot


def _unknown(lots: Sequence[TaxLot]) -> Shares:
    """How many shares nobody knows the cost of."""
    return Shares.total(lot.quantity for lot in lots if lot.cost_per_share is None)


def _cost(lots: Sequence[TaxLot]) -> Usd:
    return Usd.total(lot.quantity.value(lot.cost_per_share) for lot in lots if lot.cost_per_share is not None)


def _least_cash(case: Case, planned: Usd, mine: Sequence[OrderRecord], *, just_now: bool) -> Usd:
    """The cash that must be there: a cent of rounding for each order and the fees on sales are allowed."""
    sales = [order for order in mine if order.intent.side is Side.SELL]
    sold = Usd.total(traded(order) for order in sales if _is_certain(case, order, just_now=just_now))
    bought = Usd.total(spent(order) for order in mine if order.intent.side is Side.BUY)
    return planned + sold - sold.percent(FEES_PCT) - bought - Usd(len(mine))
