"""An order on the broker's side: its states, its executions and the script by which it fills."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from enum import IntEnum, StrEnum

CENT = Decimal("0.01")
NANO = Decimal("1E-9")
NOTHING = Decimal(0)


class Side(StrEnum):
    """The two sides."""

    BUY = "buy"
    SELL = "sell"


class LotMethod(StrEnum):
    """Which lots a sale takes first."""

    FIFO = "FIFO"
    LIFO = "LIFO"
    HIGH_COST = "HIGH_COST"
    LOW_COST = "LOW_COST"


class OrderState(StrEnum):
    """The states this simulation uses, spelled as the vendor spells them."""

    ACCEPTED = "accepted"
    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REJECTED = "rejected"


FINAL = frozenset(
    {OrderState.FILLED, OrderState.CANCELED, OrderState.EXPIRED, OrderState.REPLACED, OrderState.REJECTED}
)


class Look(IntEnum):
    """The occasions on which the market looks at an order, from the earliest to the latest."""

    SUBMISSION = 0
    REQUEST = 1
    ADVANCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FillScript:
    """When an order trades once it is marketable in an open session.

    `first` is the earliest occasion of the first execution (None: never), `fraction` how much of the order that is,
    `rest` the earliest occasion of the remainder (None: never), `rejected` turns the order down after it was accepted.
    """

    first: Look | None = Look.REQUEST
    fraction: Decimal = Decimal(1)
    rest: Look | None = Look.ADVANCE
    rejected: str | None = None


FILL_WHEN_SEEN = FillScript()
FILL_AT_ONCE = FillScript(first=Look.SUBMISSION)
FILL_WHEN_TIME_MOVES = FillScript(first=Look.ADVANCE)
NEVER_FILL = FillScript(first=None)


def fill_partly(fraction: Decimal | str, *, then_the_rest: bool) -> FillScript:
    """Fill a fraction when first seen, and the rest when time moves, or nothing more."""
    return FillScript(fraction=Decimal(fraction), rest=Look.ADVANCE if then_the_rest else None)


def reject(reason: str) -> FillScript:
    """Accept the order, then turn it down at the next look."""
    return FillScript(rejected=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Shares traded at one price, and the cents that moved for them."""

    qty: Decimal
    price: Decimal
    cents: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class SimulatedOrder:
    """One order; exactly one of `qty` (shares) and `notional` (dollars) is given."""

    order_id: str
    client_order_id: str
    symbol: str
    side: Side
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    time_in_force: str
    extended_hours: bool
    submitted_at: datetime
    expires_on: date
    script: FillScript
    state: OrderState = OrderState.ACCEPTED
    updated_at: datetime | None = None
    ended_at: datetime | None = None
    lot_method: LotMethod | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    reject_reason: str | None = None
    executions: list[Execution] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether more can still happen to the order."""
        return self.state not in FINAL

    @property
    def filled_qty(self) -> Decimal:
        """Shares traded so far."""
        return sum((e.qty for e in self.executions), NOTHING)

    @property
    def filled_cents(self) -> int:
        """Cents that moved so far."""
        return sum(e.cents for e in self.executions)

    @property
    def average_price(self) -> Decimal | None:
        """Mean price of the executions, dollars per share to nine places."""
        if not self.executions:
            return None
        total = sum((e.qty * e.price for e in self.executions), NOTHING)
        return (total / self.filled_qty).quantize(NANO, ROUND_HALF_EVEN)

    def leaves(self, price: Decimal) -> Decimal:
        """Shares still to trade; of a dollar order, those that its rest buys at a price."""
        if self.qty is not None:
            return self.qty - self.filled_qty
        assert self.notional is not None
        rest = self.notional - Decimal(self.filled_cents) / 100
        if self.executions and rest <= CENT:
            return NOTHING  # a sale rounds its cents down, so its last cent never comes
        return (rest / price).quantize(NANO, ROUND_DOWN)

    def marketable(self, bid: Decimal, ask: Decimal) -> bool:
        """Whether the order would trade against a quote."""
        if self.limit_price is None:
            return True
        return self.limit_price >= ask if self.side is Side.BUY else self.limit_price <= bid

    def tradable_now(self, look: Look, price: Decimal) -> Decimal:
        """Shares that the script lets trade on this occasion."""
        begun = bool(self.executions)
        earliest = self.script.rest if begun else self.script.first
        if earliest is None or look < earliest:
            return NOTHING
        leaves = self.leaves(price)
        if begun or self.script.fraction >= 1:
            return leaves
        quantum = Decimal(1) if leaves == leaves.to_integral_value() else NANO
        part = (leaves * self.script.fraction / quantum).to_integral_value(ROUND_DOWN) * quantum
        return min(max(part, quantum), leaves)

    def move(self, state: OrderState, at: datetime) -> None:
        """Enter a state at an instant."""
        self.state = state
        self.updated_at = at
        if state in FINAL:
            self.ended_at = at
