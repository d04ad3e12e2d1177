"""Tax lots in the order they were bought, and the cents of a trade."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from adapters.simulator.books.orders import NANO, NOTHING, Side
from adapters.simulator.market.prices import exact


def cents(dollars: Decimal | str | int) -> int:
    """Whole cents of an amount in dollars; `ValueError` for a fraction of a cent."""
    scaled = exact(dollars) * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{dollars} is not a whole number of cents")
    return int(scaled)


def trade_cents(side: Side, qty: Decimal, price: Decimal) -> int:
    """The cents of a trade, rounded against the customer: a buy up, a sale down."""
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    return int((qty * price * 100).to_integral_value(rounding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares bought on one day at one cost."""

    qty: Decimal
    cost_cents: int
    acquired_on: date


class Lots:
    """The lots of one symbol in one account, first in first out."""

    def __init__(self, lots: tuple[Lot, ...] = ()) -> None:
        self._lots = list(lots)

    @property
    def qty(self) -> Decimal:
        """Shares held."""
        return sum((lot.qty for lot in self._lots), NOTHING)

    @property
    def cost_cents(self) -> int:
        """Cost basis of all shares held."""
        return sum(lot.cost_cents for lot in self._lots)

    @property
    def average_cost(self) -> Decimal:
        """Dollars per share to nine places."""
        return (Decimal(self.cost_cents) / 100 / self.qty).quantize(NANO, ROUND_HALF_EVEN)

    def add(self, lot: Lot) -> None:
        """Buy."""
        self._lots.append(lot)

    def remove(self, qty: Decimal) -> int:
        """Sell the oldest shares first; returns their cost in cents."""
        assert qty <= self.qty, "a sale cannot exceed what is held"
        cost = 0
        while qty > 0:
            oldest = self._lots[0]
            sold = min(qty, oldest.qty)
            part = int((oldest.cost_cents * sold / oldest.qty).to_integral_value(ROUND_HALF_EVEN))
            cost += part
            qty -= sold
            if sold == oldest.qty:
                self._lots.pop(0)
            else:
                self._lots[0] = replace(oldest, qty=oldest.qty - sold, cost_cents=oldest.cost_cents - part)
        return cost

    def split(self, new: Decimal, old: Decimal) -> Decimal:
        """Turn every `old` shares into `new` at the same total cost; returns the change in shares."""
        before = self.qty
        self._lots = [replace(lot, qty=(lot.qty * new / old).quantize(NANO)) for lot in self._lots]
        return self.qty - before
