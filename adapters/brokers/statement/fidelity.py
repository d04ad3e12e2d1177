"""Fidelity's `Portfolio_Positions_*.csv`, as its positions page exports it.

Layout after the public importers open-portfolio/FINporterFido (columns, core positions marked `**`) and
CIInc/robinhood-options-mobile, and exports quoted in public tests of 2025 and 2026: one header, rows of all accounts,
legal text, `Date downloaded Aug-15-2026 6:00 p.m ET`. Rows may end in one comma more than the header. Trades that have
not settled are in the positions already, and their money stands in `Pending activity`: under `Last Price Change` until
early 2025, under `Current Value` since.
"""

from __future__ import annotations

import re
from decimal import Decimal

from adapters.brokers.statement.choosing import COLUMN, rows_of_one
from adapters.brokers.statement.draft import Cell, Draft, Line
from adapters.brokers.statement.export import Columns, Export
from adapters.brokers.statement.printed import printed_day
from adapters.brokers.statement.sheet import Row, Sheet, Table

COLUMNS = Columns(quantity="quantity", price="last price", value="current value", cost="cost basis total")
MARKS = frozenset({COLUMN, "symbol", "quantity", "current value"})
DOWNLOADED = re.compile(r"date downloaded:?\s+(\S+).*", re.IGNORECASE)
KINDS = {"cash", "margin"}  # one symbol may be held in two rows, one of each type


def fidelity_draft(sheet: Sheet, ends: str) -> Draft:
    """The chosen account; a plan at work has no core position, and so no cash.

    Raises:
        FixTheFile: when columns are missing, or it is not clear which account is meant.
    """
    at = sheet.headers(MARKS)[0]
    header = sheet.rows[at]
    below = [row for row in sheet.rows[at + 1 :] if not _is_footer(row)]
    table = Table.under(sheet, header, below, (COLUMN, *COLUMNS.needed))
    export = Export.of(sheet, header, COLUMNS, cash=Decimal(0))
    _take_days(sheet, export.draft)
    kinds: list[str] = []
    for _, row in rows_of_one(export.draft, (table,), ends):
        _take(export, table, row)
        kinds += [table.text(row, "type").casefold()] * (len(export.draft.lines) - len(kinds))
    export.draft.lines = _merged(export.draft.lines, kinds)
    return export.finish()


def _is_footer(row: Row) -> bool:
    return row.is_prose or DOWNLOADED.fullmatch(row.first) is not None


def _take_days(sheet: Sheet, draft: Draft) -> None:
    for row in sheet.rows:
        found = DOWNLOADED.fullmatch(row.first)
        if found:
            draft.take_day(Cell(printed_day(found[1]), sheet.blame(row, 0, "as_of")))


def _take(export: Export, table: Table, row: Row) -> None:
    symbol = table.text(row, "symbol")
    if symbol.casefold() == "pending activity":
        _take_pending(export, table, row)
    elif symbol.endswith("**") or table.text(row, "description").casefold().startswith("held in "):
        export.take_cash(table, row)
    else:
        export.take_position(table, row)


def _take_pending(export: Export, table: Table, row: Row) -> None:
    """The one number of the row, in either column; nothing means that nothing is pending."""
    names = [name for name in ("last price change", COLUMNS.value) if table.text(row, name)]
    cell = table.number(row, names[0]) if names else table.cell(row, COLUMNS.value, None)
    others = [text for text in row.cells[table.columns["symbol"] + 1 :] if text]
    if len(others) > len(names) or len(names) > 1 or not isinstance(cell.value, Decimal | None):
        export.draft.faults.append(cell.blame("what is pending cannot be read", "bad_input"))
    else:
        export.take_once(table, row)
        export.pending.append(Cell(cell.value or Decimal(0), cell.blame))


def _merged(lines: list[Line], kinds: list[str]) -> list[Line]:
    merged: list[Line] = []
    met: dict[object, tuple[int, str]] = {}
    for line, kind in zip(lines, kinds, strict=True):
        at, other = met.setdefault(line.symbol.value, (len(merged), kind))
        if {kind, other} == KINDS and merged[at].price.value == line.price.value:
            merged[at] = _sum(merged[at], line)
        else:
            merged.append(line)
    return merged


def _sum(one: Line, other: Line) -> Line:
    cost = _added(one.cost_basis, other.cost_basis)
    return Line(symbol=one.symbol, quantity=_added(one.quantity, other.quantity), price=one.price, cost_basis=cost)


def _added(one: Cell, other: Cell) -> Cell:
    """The sum of what both say; what is wrong, where either says nothing or less than something."""
    left, right = one.value, other.value
    if isinstance(left, Decimal) and isinstance(right, Decimal) and min(left, right) > 0:
        return Cell(left + right, one.blame)
    return other if isinstance(left, Decimal) and left > 0 else one
