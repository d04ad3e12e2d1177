"""A broker's CSV as it comes from a web page: rows with their lines, tables under headers, and blame for each cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from adapters.brokers.statement.csv_form import FIRST_LINE, csv_rows
from adapters.brokers.statement.discreet import discreet, leading_numbers
from adapters.brokers.statement.draft import Blame, Cell
from adapters.brokers.statement.printed import printed_number
from adapters.files.tree import excerpt, lines_of, shown
from bot.domain.errors import Fault, FixTheFile

PROSE = 5  # words; no cell of a position begins a row with so many


@dataclass(frozen=True, slots=True)
class Row:
    """The trimmed cells of one row, and the line on which it ends."""

    line: int
    cells: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first cell."""
        return self.cells[0]

    @property
    def is_prose(self) -> bool:
        """Whether it is legal text and no row of a table."""
        return len(self.first.split()) >= PROSE

    @property
    def is_lonely(self) -> bool:
        """Whether nothing stands in it but its first cell."""
        return not any(self.cells[1:])

    @property
    def names(self) -> tuple[str, ...]:
        """Its cells as names of columns: `Qty (Quantity)` is `quantity`."""
        return tuple(cell.rstrip(")").rpartition(" (")[2].casefold() for cell in self.cells)


class Sheet:
    """A whole file; its owner may have written the day into a first line of his own, `# as_of: 2026-11-20`."""

    def __init__(self, file: str, text: str, *, numbered: bool) -> None:
        """`numbered` when rows begin with the number of an account, which no complaint may repeat.

        Raises:
            FixTheFile: when it is no CSV.
        """
        lines = lines_of(text)
        first = FIRST_LINE.fullmatch(lines[0])
        self.file = file
        self.rows = tuple(Row(line, tuple(cells)) for line, cells in csv_rows(file, lines, 1 if first else 0))
        self._numbers = leading_numbers(lines) if numbered else frozenset()
        self._lines = lines
        self.written_day = Cell(first[1], self.blame(Row(1, ("",)), 0, "as_of")) if first else None

    def blame(self, row: Row, index: int, name: str, hint: str = "") -> Blame:
        """The way to complain about one cell."""

        def blame(message: str, code: str) -> Fault:
            line = self._lines[row.line - 1]
            return Fault(
                message=discreet(message, self._numbers),
                code=code,
                place=name,
                line=row.line,
                column=column_of(line, index),
                excerpt=excerpt((discreet(line, self._numbers),), 1),
                hint=hint,
            )

        return blame

    def title(self, form: re.Pattern[str]) -> re.Match[str]:
        """What the first row says.

        Raises:
            FixTheFile: when it says something else.
        """
        found = form.fullmatch(self.rows[0].first)
        if found is None:
            raise self.refusal(self.rows[0], "the title of this export cannot be read")
        return found

    def headers(self, marks: frozenset[str]) -> tuple[int, ...]:
        """Which rows have these names of columns, at least one.

        Raises:
            FixTheFile: when there is none.
        """
        found = tuple(at for at, row in enumerate(self.rows) if marks.issubset(row.names))
        if not found:
            raise self.refusal(self.rows[0], "the header of this export cannot be read")
        return found

    def refusal(self, row: Row, message: str, hint: str = "") -> FixTheFile:
        """The refusal of the whole file, at one row."""
        return FixTheFile(self.file, (self.blame(row, 0, "", hint)(message, "bad_input"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under one header."""

    sheet: Sheet
    header: Row
    rows: tuple[Row, ...]
    columns: Mapping[str, int]

    @classmethod
    def under(cls, sheet: Sheet, header: Row, rows: Sequence[Row], needed: Collection[str]) -> Table:
        """The table of a header and the rows below it.

        Raises:
            FixTheFile: when a needed column is not there, or is there twice.
        """
        names = header.names
        for name in needed:
            if name not in names:
                raise sheet.refusal(header, f"there is no column {shown(name)}", "export it with all its columns")
            if names.count(name) > 1:
                raise sheet.refusal(header, f"there are two columns {shown(name)}")
        return cls(sheet=sheet, header=header, rows=tuple(rows), columns={name: at for at, name in enumerate(names)})

    def text(self, row: Row, name: str) -> str:
        """What stands in a column; nothing where the row or the table has no such cell."""
        at = self.columns.get(name, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    def cell(self, row: Row, name: str, value: object, hint: str = "") -> Cell:
        """A value that was read from a column."""
        return Cell(value, self.sheet.blame(row, self.columns.get(name, 0), name, hint))

    def number(self, row: Row, name: str) -> Cell:
        """The number that is printed in a column."""
        return self.cell(row, name, printed_number(self.text(row, name)))

    def fits(self, row: Row) -> bool:
        """Whether a row is whole: as many cells as the header, not counting blank ones at its end."""
        width = len(self.header.cells)
        while not self.header.cells[width - 1]:
            width -= 1
        return len(row.cells) >= width and not any(row.cells[len(self.header.cells) :])


def column_of(line: str, index: int) -> int:
    """Where the cell of this index begins in a line of CSV, from 1."""
    quoted = False
    for at, letter in enumerate(line):
        if index <= 0 and letter not in ' "':
            return at + 1
        quoted ^= letter == '"'
        index -= letter == "," and not quoted
    return 1
