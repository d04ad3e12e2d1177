"""A statement as CSV: `symbol,quantity,price,cost_basis`, a CASH row, and the day in the first line or a column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from adapters.brokers.statement.discreet import discreet
from adapters.brokers.statement.draft import Blame, Cell, Draft, Line
from adapters.files.tree import broken, excerpt, lines_of, shown
from bot.domain.errors import Fault

FIRST_LINE = re.compile(r"#\s*as_of:\s*(.*?)\s*")
NEEDED = ("symbol", "quantity")
KNOWN = (*NEEDED, "price", "cost_basis", "as_of")
CASH = "CASH"
HINT = "write the day of the statement into the first line: # as_of: 2026-11-20"


def csv_draft(file: str, text: str) -> Draft:
    """The statement as it was written.

    Raises:
        FixTheFile: when it is no CSV, or its columns cannot be told apart.
    """
    lines = lines_of(text)
    first = FIRST_LINE.fullmatch(lines[0])
    pointer = Pointer(lines)
    table = csv_rows(file, lines, 1 if first else 0)
    at, header = next(table, (1, []))
    wrong = list(wrong_columns(header, KNOWN, has_day=first is not None))
    if wrong:
        message = discreet("; ".join(wrong))
        raise broken(file, tuple(map(discreet, lines)), (at, 1), message, f"the columns are {','.join(KNOWN[:4])}")
    as_of = Cell(first[1] if first else None, pointer.at(1, "as_of", hint=HINT))
    draft = Draft(file=file, as_of=as_of, cash=Cell(None, pointer.at(at, CASH, hint="write a row such as CASH,0,,")))
    for line, cells in table:
        _take(draft, pointer, line, dict(zip(header, cells, strict=False)), fits=len(cells) == len(header))
    return draft


class Pointer:
    """Makes complaints about the cells of a text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = tuple(lines)

    def at(self, line: int, name: str, cell: str = "", hint: str = "") -> Blame:
        """The way to complain about one cell."""
        shown_line = excerpt(self._lines, line)
        column = max(shown_line.find(cell), 0) + 1

        def blame(message: str, code: str) -> Fault:
            return Fault(
                message=message, code=code, place=name, line=line, column=column, excerpt=shown_line, hint=hint
            )

        return blame


def csv_rows(file: str, lines: Sequence[str], skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and trimmed cells of the rows that are not blank, after some lines are skipped.

    Raises:
        FixTheFile: when it is no CSV; long numbers, which may be those of an account, are not repeated.
    """
    reader = csv.reader(lines[skipped:], strict=True)
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                yield reader.line_num + skipped, trimmed
    except csv.Error as problem:
        at = (reader.line_num + skipped, 1)
        raise broken(file, tuple(map(discreet, lines)), at, f"this is no CSV: {problem}") from None


def wrong_columns(header: Sequence[str], known: Sequence[str], *, has_day: bool) -> Iterator[str]:
    """What is wrong with the columns of a form of our own."""
    for name in NEEDED:
        if name not in header:
            yield f"there is no column {name}"
    for name in dict.fromkeys(header):
        if name not in known:
            yield f"there is no such column as {shown(name)}"
        elif header.count(name) > 1:
            yield f"there are two columns {name}"
    if has_day and "as_of" in header:
        yield "the day stands in the first line and in a column"


def _take(draft: Draft, pointer: Pointer, line: int, row: dict[str, str], *, fits: bool) -> None:
    cells = {name: Cell(row.get(name, ""), pointer.at(line, name, row.get(name, ""))) for name in KNOWN}
    if not fits:
        draft.faults.append(pointer.at(line, "")("this row has not as many cells as the header", "bad_input"))
        return
    if "as_of" in row:
        draft.take_day(cells["as_of"])
    if row["symbol"] != CASH:
        draft.lines.append(Line(**{name: cells[name] for name in KNOWN[:4]}))
        return
    if not draft.cash.is_blank:
        draft.faults.append(cells["symbol"].blame("CASH stands here twice", "bad_input"))
    for name in ("price", "cost_basis"):
        if not cells[name].is_blank:
            draft.faults.append(cells[name].blame(f"cash has no {name}", "bad_input"))
    draft.cash = cells["quantity"]
