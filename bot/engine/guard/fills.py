"""What an order's fills have turned over, in dollars."""

from __future__ import annotations

from bot.domain.money import Usd
from bot.domain.orders import OrderRecord
from bot.engine.guard.case import at_most


def traded(order: OrderRecord) -> Usd:
    """The dollars that changed hands so far; at its limit where the broker gives no average price."""
    price = order.average_price if order.average_price is not None else order.intent.limit_price
    return order.filled.value(price)


def spent(order: OrderRecord) -> Usd:
    """The most that a purchase can have cost by now."""
    whole = at_most(order.intent.quantity, order.intent.limit_price)
    return max(traded(order), whole) if order.state.may_be_live else traded(order)
