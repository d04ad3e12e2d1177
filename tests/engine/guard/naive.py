"""What an order that may leave must not do, reckoned once more from nothing: share by share, dollar by dollar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.domain.household import Kind
from bot.domain.lots import TaxLot
from bot.domain.orders import OrderState
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells
from bot.engine.guard.case import Case

NOBODY_KNOWS = (OrderState.SENDING, OrderState.UNKNOWN)
ALIVE = (*NOBODY_KNOWS, OrderState.ACKED, OrderState.PARTIAL)


def sins(case: Case) -> list[str]:
    """Every sin of an order that was let through: 'taxable', 'oversold', 'overdrawn'."""
    found = []
    if case.intent.side is Side.SELL:
        if _is_taxable(case) and not _sells_losses_alone(case):
            found.append("taxable")
        if _on_sale(case) > _sellable(case):
            found.append("oversold")
    elif _on_order(case) > _spendable(case):
        found.append("overdrawn")
    return found


def _is_taxable(case: Case) -> bool:
    kinds = [one.kind for one in case.household.accounts if one.id == case.intent.account]
    return not kinds or kinds[0] is Kind.TAXABLE


def _lots(case: Case) -> list[TaxLot]:
    lots: list[TaxLot] = []
    for holding in case.fresh.holdings:
        for position in holding.positions:
            if (holding.account, position.symbol) == (case.intent.account, case.intent.symbol):
                lots += position.lots
    return lots


def _sells_losses_alone(case: Case) -> bool:
    """Whether no share that the broker takes stands at a gain or at an unknown cost, at any price it may fill at."""
    if case.policy.taxable_sells is not TaxableSells.LOSSES_ONLY:
        return False
    assert case.quote is not None
    prices = [price for price in (case.quote.bid, case.quote.ask) if price > case.intent.limit_price]
    return all(_gains(case, price) <= 0 for price in [case.intent.limit_price, *prices])


def _gains(case: Case, price: Decimal) -> Decimal:
    """The largest gain on a single share; a share that nobody knows the cost of is all gain."""
    lots, left, gain = _lots(case), case.intent.quantity.count, Decimal(-1)
    for one in _as_taken(case, lots):
        if left <= 0:
            break
        cost = one.cost_per_share
        if case.reading.lot_selection == "AVERAGE_COST":
            paid = sum(((lot.cost_per_share or 0) * lot.quantity.count for lot in lots), Decimal(0))
            cost = paid / sum(lot.quantity.count for lot in lots)
        gain = max(gain, price - (cost or 0))
        left -= one.quantity.count
    return gain if left <= 0 else price


def _as_taken(case: Case, lots: list[TaxLot]) -> list[TaxLot]:
    """The lots in the order in which the broker takes them, of equals the cheaper first."""
    cheap = sorted(lots, key=lambda one: one.cost_per_share or 0)
    dear = list(reversed(cheap))
    if case.intent.dearest_first and case.capabilities.dearest_first:
        return dear
    by_word = {
        "HIGH_COST": dear,
        "LOW_COST": cheap,
        "LIFO": sorted(cheap, key=lambda one: one.acquired_on or date.min, reverse=True),
    }
    return by_word.get(case.reading.lot_selection, sorted(cheap, key=lambda one: one.acquired_on or date.min))


def _on_sale(case: Case) -> Decimal:
    total = case.intent.quantity.count
    for record in case.orders:
        other = record.intent
        same = (other.account, other.symbol, other.side) == (case.intent.account, case.intent.symbol, Side.SELL)
        if same and record.state in NOBODY_KNOWS:
            total += other.quantity.count - record.filled.count
    for order in case.reading.open_orders:
        if order.side is Side.SELL and order.symbol == case.intent.symbol:
            total += order.quantity.count
    return total


def _sellable(case: Case) -> Decimal:
    held = sum((one.quantity.count for one in case.reading.held if one.symbol == case.intent.symbol), Decimal(0))
    today = case.fresh.as_of_on
    return held - sum(
        (one.quantity.count for one in _lots(case) if one.locked_until_on and one.locked_until_on > today), Decimal(0)
    )


def _on_order(case: Case) -> Decimal:
    """Dollars: ours at their limits, everybody else's at the price."""
    total = case.intent.quantity.count * case.intent.limit_price
    shown: dict[str, Decimal] = {}
    for record in case.orders:
        other = record.intent
        if (other.account, other.side) == (case.intent.account, Side.BUY) and record.state in ALIVE:
            rest = other.quantity.count - record.filled.count
            total += rest * other.limit_price
            if record.state not in NOBODY_KNOWS:
                shown[other.symbol] = shown.get(other.symbol, Decimal(0)) + rest
    prices = {symbol: price for symbol, price in case.fresh.prices if price is not None}
    for order in case.reading.open_orders:
        if order.side is Side.BUY:
            ours = min(order.quantity.count, shown.get(order.symbol, Decimal(0)))
            shown[order.symbol] = shown.get(order.symbol, Decimal(0)) - ours
            total += (order.quantity.count - ours) * prices[order.symbol]
    return total


def _spendable(case: Case) -> Decimal:
    account = next(one for one in case.household.accounts if one.id == case.intent.account)
    unsettled = case.reading.cash_unsettled.dollars
    if not case.policy.spend_unsettled_cash:
        own = Decimal(0)
        for record in case.orders:
            mine = record.intent.plan == case.intent.plan and record.intent.account == account.id
            if mine and record.intent.side is Side.SELL and record.average_price is not None:
                own += record.filled.count * record.average_price
        shelter = account.kind is not Kind.TAXABLE and case.policy.same_day_swaps
        unsettled = min(unsettled, own if shelter else Decimal(0))
    return case.reading.cash_settled.dollars + unsettled - account.cash_buffer.dollars
