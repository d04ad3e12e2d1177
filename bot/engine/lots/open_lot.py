"""A lot while the book is being written, and how its cents are shared when shares leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.money import SHARE_STEP
from bot.domain.seeds import Origin

if TYPE_CHECKING:
    from bot.engine.lots.shelf import Shelf

ZERO = Decimal(0)
ONE = Decimal(1)
_FINEST = 1 / SHARE_STEP
_FINER = -1  # units of what no whole number of steps can tell
_A_DAY = 48  # bits: more lots than any household will ever have


def portion(cents: int, part: Decimal, whole: Decimal) -> int:
    """The cents that go with a part of the shares, to the nearest; all of them with all of the shares."""
    return cents if part == whole else round(cents * part / whole)


def shared(total: int, lots: Sequence[OpenLot]) -> list[int]:
    """As `money.split` does: in proportion to the shares, the largest remainders first; in whole numbers, for many."""
    units = _units(lots)
    whole = sum(units)
    pairs = [divmod(total * unit, whole) for unit in units]
    parts, rests = [part for part, _ in pairs], [rest for _, rest in pairs]
    order = sorted(range(len(parts)), key=rests.__getitem__, reverse=True)  # equal ones stay in their order
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts


def _units(lots: Sequence[OpenLot]) -> list[int]:
    """The shares of each as whole multiples of one step, that of shares unless some are finer."""
    units = [lot.units if lot.counted is lot.quantity else lot.count() for lot in lots]
    if _FINER not in units:
        return units
    finest = max(-int(lot.quantity.as_tuple().exponent) for lot in lots)
    return [int(lot.quantity.scaleb(finest)) for lot in lots]


class OpenLot:
    """A lot while the book is being written: cents and dates change, shares leave, and what is sold says for how much.

    `purchase` names the order or entry that brought it: what is left of a purchase never replaces what was sold of it.
    `age` is its place among all lots, the oldest first. `washes` are the ids of sales and cents of their losses.
    `ratio` shares stand for one as it came, and `returned` cents of capital were paid back on that one. `proceeds`,
    `sold_on`, `disallowed` and `forfeited` are there once it is sold, and the latter two may grow until the walk ends.
    `units` are the share steps in `counted`, and still right as long as that very object is its quantity.
    """

    __slots__ = (
        "acquired_on",
        "age",
        "cents",
        "counted",
        "disallowed",
        "forfeited",
        "held_since_on",
        "locked_until_on",
        "loss_cents",
        "lot_id",
        "origin",
        "place",
        "proceeds",
        "purchase",
        "quantity",
        "ratio",
        "replaces",
        "returned",
        "shelf",
        "sold_on",
        "units",
        "version",
        "washes",
    )
    disallowed: int
    forfeited: int
    proceeds: int
    sold_on: date
    units: int

    def __init__(
        self,
        *,
        lot_id: str,
        number: int,
        quantity: Decimal,
        cents: int | None,
        acquired_on: date | None,
        origin: Origin,
        place: str,
        purchase: str = "",
    ) -> None:
        self.lot_id = lot_id
        self.quantity = quantity
        self.cents = cents
        self.acquired_on = acquired_on
        self.held_since_on = acquired_on
        self.origin = origin
        self.place = place
        self.purchase = purchase
        self.loss_cents: int | None = None
        self.locked_until_on: date | None = None
        self.washes: tuple[tuple[str, int], ...] = ()
        self.replaces = False
        self.version = 0
        self.ratio = ONE
        self.returned = ZERO
        self.shelf: Shelf | None = None
        self.counted: Decimal | None = None
        self.age = (acquired_on.toordinal() << _A_DAY) + number if acquired_on else number

    @property
    def basis(self) -> int | None:
        """What counts once it is sold: a gift has two bases, and between them no gain and no loss (IRC 1015(a))."""
        if self.cents is None or self.loss_cents is None:
            return self.cents
        return min(self.cents, max(self.proceeds, self.loss_cents))

    def cut(self, quantity: Decimal) -> OpenLot:
        """Take some of its shares out, with their part of the cents."""
        part = OpenLot.__new__(OpenLot)  # thousands of times a book: the fields one by one are twice as fast
        part.lot_id, part.age, part.purchase = self.lot_id, self.age, self.purchase
        part.quantity, part.cents, part.loss_cents = quantity, None, None
        part.acquired_on, part.held_since_on = self.acquired_on, self.held_since_on
        part.origin, part.place, part.locked_until_on = self.origin, self.place, self.locked_until_on
        part.replaces, part.ratio, part.returned = self.replaces, self.ratio, self.returned
        part.washes, part.version, part.shelf = (), 0, None
        part.counted = None
        if self.cents is not None:
            part.cents = round(self.cents * quantity / self.quantity)
            self.cents -= part.cents
        if self.loss_cents is not None:
            part.loss_cents = portion(self.loss_cents, quantity, self.quantity)
            self.loss_cents -= part.loss_cents
        if self.washes:
            gone = [round(cents * quantity / self.quantity) for _, cents in self.washes]
            pairs = list(zip(self.washes, gone, strict=True))
            part.washes = tuple([(sale, less) for (sale, _), less in pairs])
            self.washes = tuple([(sale, cents - less) for (sale, cents), less in pairs])
        self.quantity -= quantity
        return part

    def sell(self, proceeds: int, on: date) -> int:
        """Say for how much it left; the gain in cents, as if an unknown basis were zero."""
        self.proceeds, self.sold_on, self.disallowed, self.forfeited = proceeds, on, 0, 0
        basis = self.cents if self.loss_cents is None else self.basis
        return proceeds - (basis or 0)

    def count(self) -> int:
        """Count its shares in steps, for as long as they stay; below zero if they are finer."""
        steps = self.quantity * _FINEST
        self.units = int(steps)
        if self.units != steps:
            self.units = _FINER
        self.counted = self.quantity
        return self.units

    def renumber(self, number: int) -> None:
        """Give it its place among the lots of one day, which come oldest first; those of long ago before all others."""
        day = self.acquired_on.toordinal() if self.acquired_on else 0
        self.age = (day << _A_DAY) + number
