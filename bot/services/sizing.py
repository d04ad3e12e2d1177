"""How much of a planned line can be sent now, and at which limit."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bot.domain.money import CENT, Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import PlanLine
from bot.domain.readings import AccountReading, Quote
from bot.domain.snapshot import Holding, Side
from bot.engine.guard.case import at_most

EDGE = Decimal("0.001")  # ten basis points past the quote: a limit that fills now, and no worse than this


def limit_price(line: PlanLine, quote: Quote, collar_pct: Decimal) -> Decimal | None:
    """A marketable day limit in whole cents; None where even the quote lies beyond the collar around the plan's price.

    A buy pays at most 0.1% over the ask, rounded up; a sale takes at least 0.1% under the bid, rounded down.
    """
    collar = collar_pct / 100
    if line.side is Side.BUY:
        most = _cents(line.price * (1 + collar), ROUND_FLOOR)
        return min(_cents(quote.ask * (1 + EDGE), ROUND_CEILING), most) if quote.ask <= most else None
    least = _cents(line.price * (1 - collar), ROUND_CEILING)
    return max(_cents(quote.bid * (1 - EDGE), ROUND_FLOOR), least) if quote.bid >= least else None


def sellable(line: PlanLine, reading: AccountReading, *, whole: bool) -> Shares:
    """At most what was planned, and at most what the account holds free of other orders."""
    free = next((held.available for held in reading.held if held.symbol == line.symbol), Shares())
    quantity = min(line.quantity, max(free, Shares()))
    return quantity.whole() if whole else quantity


def buyable(line: PlanLine, money: Usd, limit: Decimal, *, whole: bool) -> Shares:
    """At most what was planned, and at most what the money pays for at the limit."""
    quantity = min(line.quantity, Shares.affordable(money, limit, whole=whole))
    return quantity.whole() if whole else quantity


def spendable(
    kept: Usd,
    planned: Holding,
    reading: AccountReading,
    orders: Iterable[OrderRecord],
    *,
    unsettled_too: bool,
    own_proceeds: bool = True,
) -> Usd:
    """What the plan may spend in an account now: never more than was planned with, never more than is there.

    Settled cash and the proceeds of the plan's own filled sales, less its own purchases, what its open ones may still
    take, and what is `kept` for the buffer and for earmarks. `orders` are the plan's own in this account. Without
    `own_proceeds` what its sales brought is spent only once it has settled.
    """
    mine = tuple(orders)
    proceeds = Usd.total(traded(order) for order in mine if order.intent.side is Side.SELL)
    spent = Usd.total(_paid(order) for order in mine if order.intent.side is Side.BUY)
    reserved = Usd.total(_reserved(order) for order in mine)
    planned_with = (planned.cash if unsettled_too else planned.cash_settled) + proceeds - spent
    early = min(reading.cash_unsettled, proceeds) if own_proceeds else Usd()
    unsettled = reading.cash_unsettled if unsettled_too else early
    there = reading.cash_settled + unsettled
    return min(planned_with, there) - reserved - kept


def traded(order: OrderRecord) -> Usd:
    """The dollars that changed hands in an order so far."""
    return order.filled.value(order.average_price) if order.average_price is not None else Usd()


def _paid(order: OrderRecord) -> Usd:
    """What a purchase has cost; at its limit where the broker gives no average price."""
    return at_most(order.filled, order.intent.limit_price) if order.average_price is None else traded(order)


def _reserved(order: OrderRecord) -> Usd:
    if order.intent.side is Side.SELL or not order.state.may_be_live:
        return Usd()
    return at_most(order.intent.quantity - order.filled, order.intent.limit_price)


def _cents(price: Decimal, rounding: str) -> Decimal:
    return price.quantize(CENT, rounding=rounding)
