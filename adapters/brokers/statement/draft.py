"""A statement as it was written, before anybody believes it: cells, and how to complain about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.errors import Fault

Blame = Callable[[str, str], Fault]  # (message, code) -> the fault at the place of the cell


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it was written (text, an exact number, nothing), and the way to point at it."""

    value: object
    blame: Blame

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written there."""
        return self.value is None or self.value == ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One position as it was written."""

    symbol: Cell
    quantity: Cell
    price: Cell
    cost_basis: Cell


@dataclass(slots=True, kw_only=True)
class Draft:
    """A whole statement as it was written, with the mistakes that were met on the way.

    `unsettled` is cash that has not settled, None where the form does not tell it apart.
    """

    file: str
    as_of: Cell
    cash: Cell
    unsettled: Cell | None = None
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take_day(self, cell: Cell) -> None:
        """One more place that tells the day of the statement; all of them tell the same."""
        if self.as_of.is_blank:
            self.as_of = cell
        elif self.as_of.value != cell.value:
            self.faults.append(cell.blame("one statement is of one day", "bad_input"))
