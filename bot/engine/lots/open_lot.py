"""A lot while the book is being written, and how its cents are shared when shares leave."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from bot.domain.money import Usd
from bot.domain.seeds import Origin
from bot.engine.lots.nouns import Wash

if TYPE_CHECKING:
    from bot.engine.lots.shelf import Shelf

ZERO = Decimal(0)


def portion(cents: int, part: Decimal, whole: Decimal) -> int:
    """The cents that go with a part of the shares, to the nearest; all of them with all of the shares."""
    if part == whole:
        return cents
    return int((cents * part / whole).to_integral_value(ROUND_HALF_EVEN))


class OpenLot:
    """A lot while the book is being written: cents and dates change, shares leave.

    `purchase` names the order or entry that brought it: what is left of a purchase never replaces what was sold of it.
    `ratio` shares stand for one as it came, and `returned` cents of capital were paid back on that one.
    """

    __slots__ = (
        "acquired_on",
        "age",
        "cents",
        "held_since_on",
        "locked_until_on",
        "loss_cents",
        "lot_id",
        "number",
        "origin",
        "place",
        "purchase",
        "quantity",
        "ratio",
        "replaces",
        "returned",
        "shelf",
        "version",
        "washes",
    )

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
        self.washes: tuple[Wash, ...] = ()
        self.replaces = False
        self.version = 0
        self.ratio = Decimal(1)
        self.returned = ZERO
        self.shelf: Shelf | None = None
        self.renumber(number)

    def cut(self, quantity: Decimal) -> OpenLot:
        """Take some of its shares out, with their part of the cents."""
        part = OpenLot.__new__(OpenLot)  # thousands of times a book: the fields one by one are twice as fast
        part.lot_id, part.number, part.age, part.purchase = self.lot_id, self.number, self.age, self.purchase
        part.quantity, part.cents, part.loss_cents = quantity, None, None
        part.acquired_on, part.held_since_on = self.acquired_on, self.held_since_on
        part.origin, part.place, part.locked_until_on = self.origin, self.place, self.locked_until_on
        part.replaces, part.ratio, part.returned = self.replaces, self.ratio, self.returned
        part.washes, part.version, part.shelf = (), 0, None
        if self.cents is not None:
            part.cents = portion(self.cents, quantity, self.quantity)
            self.cents -= part.cents
        if self.loss_cents is not None:
            part.loss_cents = portion(self.loss_cents, quantity, self.quantity)
            self.loss_cents -= part.loss_cents
        if self.washes:
            kept, gone = zip(*(_shared(wash, quantity, self.quantity) for wash in self.washes), strict=True)
            self.washes, part.washes = tuple(kept), tuple(gone)
        self.quantity -= quantity
        return part

    def renumber(self, number: int) -> None:
        """Give it its place among the lots of one day, which come oldest first; those of long ago before all others."""
        self.number = number
        self.age = (self.acquired_on.toordinal() if self.acquired_on else 0), number


def _shared(wash: Wash, part: Decimal, whole: Decimal) -> tuple[Wash, Wash]:
    gone = Usd(portion(wash.amount.cents, part, whole))
    return Wash(sale=wash.sale, amount=wash.amount - gone), Wash(sale=wash.sale, amount=gone)
