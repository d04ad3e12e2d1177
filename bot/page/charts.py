"""Pictures as whole numbers: the parts of a ring, of stacked bars, and bars on either side of a goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import Usd, split

ROUND = 1000  # parts of a circle, or of the longest bar
GAP = 4  # parts of a circle between two slices
HALF = 100  # from the goal to the end of the axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a whole: `colour` is a number from 0, `start` and `size` thousandths."""

    name: str
    colour: int
    start: int
    size: int

    @property
    def drawn(self) -> int:
        """What is drawn of it on a ring: a little less, so that neighbours are told apart."""
        return max(1, self.size - GAP) if self.size < ROUND else ROUND


def slices(parts: Sequence[tuple[str, Usd]], colours: Sequence[str], *, length: int = ROUND) -> tuple[Slice, ...]:
    """One slice for each part that is more than nothing, one after the other, `length` together."""
    shown = [(name, amount.cents) for name, amount in parts if amount.cents > 0]
    if not shown:
        return ()
    found, start = [], 0
    for (name, _), size in zip(shown, split(length, [Decimal(cents) for _, cents in shown]), strict=True):
        found.append(Slice(name=name, colour=colours.index(name), start=start, size=size))
        start += size
    return tuple(found)


def deviation(off: Usd, longest: Usd) -> int:
    """The width of a bar beside its goal, negative when under; whoever is off at all has a bar."""
    if not off or not longest:
        return 0
    width = min(HALF, max(1, abs(off.cents) * HALF // abs(longest.cents)))
    return width if off.cents > 0 else -width
