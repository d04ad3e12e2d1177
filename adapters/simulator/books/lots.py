"""Tax lots in the order they were bought, and the cents of a trade."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from adapters.simulator.books.orders import NANO, NOTHING, LotMethod, Side
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
    """The lots of one symbol in one account."""

    def __init__(self, lots: tuple[Lot, ...] = ()) -> None:
        self._lots = list(lots)

    @property
    def all(self) -> tuple[Lot, ...]:
        """Every lot that is left, as they came in."""
        return tuple(self._lots)

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

    def remove(self, qty: Decimal, method: LotMethod = LotMethod.FIFO) -> int:
        """Sell shares, the lots in the order of a method; returns their cost in cents."""
        assert qty <= self.qty, "a sale cannot exceed what is held"
        cost = 0
        while qty > 0:
            place = self._first(method)
            lot = self._lots[place]
            sold = min(qty, lot.qty)
            part = int((lot.cost_cents * sold / lot.qty).to_integral_value(ROUND_HALF_EVEN))
            cost += part
            qty -= sold
            if sold == lot.qty:
                self._lots.pop(place)
            else:
                self._lots[place] = replace(lot, qty=lot.qty - sold, cost_cents=lot.cost_cents - part)
        return cost

    def _first(self, method: LotMethod) -> int:
        places = range(len(self._lots))
        match method:
            case LotMethod.FIFO:
                return min(places, key=lambda place: self._lots[place].acquired_on)
            case LotMethod.LIFO:
                return max(reversed(places), key=lambda place: self._lots[place].acquired_on)
            case LotMethod.HIGH_COST:
                return max(places, key=lambda place: self._lots[place].cost_cents / self._lots[place].qty)
            case LotMethod.LOW_COST:
                return min(places, key=lambda place: self._lots[place].cost_cents / self._lots[place].qty)

    def split(self, new: Decimal, old: Decimal) -> Decimal:
        """Turn every `old` shares into `new` at the same total cost; returns the change in shares."""
        before = self.qty
        self._lots = [replace(lot, qty=(lot.qty * new / old).quantize(NANO)) for lot in self._lots]
        return self.qty - before
