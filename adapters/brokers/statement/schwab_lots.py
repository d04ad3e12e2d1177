"""Schwab's export of the tax lots of one security: `SCHB Lot Details for XXXX-1234 as of 02:45 AM ET, 10/25/2020`.

Layout after the public importer jbms/beancount-import (pull requests 103 and 139) and tests of others: a title, a
header, a row for each lot, a total. Lots with a disallowed loss bring more columns; `Cost Basis` is adjusted for it.
How shares came to Schwab is not told: every lot is read as bought.
"""

from __future__ import annotations

import re
from decimal import Decimal

from adapters.brokers.statement.choosing import chosen
from adapters.brokers.statement.draft import Cell
from adapters.brokers.statement.lots_draft import COLUMNS, LotDraft
from adapters.brokers.statement.lots_form import lot_line
from adapters.brokers.statement.printed import NOTHING, printed_day
from adapters.brokers.statement.schwab import title_day
from adapters.brokers.statement.sheet import Row, Sheet, Table

TITLE = re.compile(r"(?P<symbol>[^\s].*?) Lot Details(?: for (?P<account>.*?) as of (?P<when>.+))?")
OPENED, QUANTITY, COST = "open date", "quantity", "cost basis"
TOTAL = "total"
ROUNDED = Decimal("0.00005")  # quantities are shown to four decimals, so each may be wrong by half of the last


def schwab_lots(sheet: Sheet, ends: str) -> LotDraft:
    """The lots of one security in one account.

    Raises:
        FixTheFile: when columns or the total are missing, or the file is of another account.
    """
    title, title_row = sheet.title(TITLE), sheet.rows[0]
    if title["account"]:
        chosen(sheet, title_row, (title["account"],), ends)
    as_of = title_day(sheet, title_row, title["when"]) if title["when"] else sheet.written_day
    draft = LotDraft(file=sheet.file, as_of=as_of or Cell(None, sheet.blame(title_row, 0, "as_of")))
    if len(sheet.rows) < len(("title", "header", "total")):
        raise sheet.refusal(sheet.rows[-1], "there are no lots in this file", "is it the whole file?")
    table = Table.under(sheet, sheet.rows[1], sheet.rows[2:], (OPENED, QUANTITY, COST))
    lots = [row for row in table.rows[:-1] if not row.is_prose]
    symbol = Cell(title["symbol"], sheet.blame(title_row, 0, "symbol"))
    for row in lots:
        _take(draft, table, row, symbol)
    _check_total(draft, table, lots)
    return draft


def _take(draft: LotDraft, table: Table, row: Row, symbol: Cell) -> None:
    if not table.fits(row):
        message = "this row has not as many cells as the header"
        draft.faults.append(table.cell(row, OPENED, row.first).blame(message, "bad_input"))
        return
    written = {name: table.cell(row, name, None) for name in COLUMNS}
    opened = table.text(row, OPENED)
    day = None if opened.casefold() in NOTHING else printed_day(opened.split()[0])
    written |= {
        "symbol": symbol,
        "quantity": table.number(row, QUANTITY),
        "cost": table.number(row, COST),
        "acquired_on": table.cell(row, OPENED, day),
        "note": table.cell(row, "disallowed loss", _note(table, row)),
    }
    draft.lines.append(lot_line(written, f"{draft.file}:{row.line}"))


def _note(table: Table, row: Row) -> str:
    loss = table.text(row, "disallowed loss")
    return "" if loss.casefold() in NOTHING else f"disallowed loss {loss}"


def _check_total(draft: LotDraft, table: Table, lots: list[Row]) -> None:
    """Without a total, or with another one, lots are missing."""
    last = table.rows[-1]
    if last.first.casefold() != TOTAL:
        raise table.sheet.refusal(last, "the lots end without their total", "is it the whole file?")
    total = table.number(last, QUANTITY)
    counts = [table.number(row, QUANTITY).value for row in lots]
    known = [count for count in counts if isinstance(count, Decimal)]
    if not isinstance(total.value, Decimal):
        draft.faults.append(total.blame("the total of the lots cannot be read", "bad_input"))
    elif len(known) == len(counts) and abs(sum(known) - total.value) > ROUNDED * (len(known) + 1):
        draft.faults.append(total.blame(f"the lots add up to {sum(known)}, not to {total.value}", "bad_input"))
