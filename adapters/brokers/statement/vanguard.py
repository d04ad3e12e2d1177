"""Vanguard's `OfxDownload.csv`, as its download centre exports it for spreadsheets.

Layout after public descriptions and tests of exports: markliederbach/finna, rodonguyen/family-office, and notes on the
file's two tables: `Account Number,Investment Name,Symbol,Shares,Share Price,Total Value,` for all accounts, then
`Account Number,Trade Date,...` for transactions, which are not read. It has no day and no cost. Bonds have `null` for a
symbol. VMFXX is the settlement fund, out of which purchases are paid: cash.
"""

from __future__ import annotations

from decimal import Decimal

from adapters.brokers.statement.choosing import COLUMN, rows_of_one
from adapters.brokers.statement.draft import Draft
from adapters.brokers.statement.export import BY_HAND, Columns, Export
from adapters.brokers.statement.sheet import Row, Sheet, Table

COLUMNS = Columns(quantity="shares", price="share price", value="total value")
MARKS = frozenset({COLUMN, "symbol", "shares", "total value"})
SETTLEMENT_FUND = "VMFXX"


def vanguard_draft(sheet: Sheet, ends: str) -> Draft:
    """The chosen account; one without a settlement fund has no cash.

    Raises:
        FixTheFile: when columns are missing, or it is not clear which account is meant.
    """
    tables = _tables(sheet)
    export = Export.of(sheet, tables[0].header, COLUMNS, cash=Decimal(0))
    for table, row in rows_of_one(export.draft, tables, ends):
        if table.text(row, COLUMNS.symbol) == SETTLEMENT_FUND:
            export.take_cash(table, row)
        else:
            export.take_position(table, row)
    return export.finish()


def _tables(sheet: Sheet) -> list[Table]:
    """The tables of positions; a table ends where the next header begins."""
    positions = sheet.headers(MARKS)
    heads = [at for at, row in enumerate(sheet.rows) if row.names[0].endswith(COLUMN)]
    tables = []
    for at, end in zip(heads, [*heads[1:], len(sheet.rows)], strict=True):
        header = sheet.rows[at]
        if at in positions:
            below = [row for row in sheet.rows[at + 1 : end] if not row.is_prose]
            tables.append(Table.under(sheet, header, below, (COLUMN, *COLUMNS.needed)))
        elif not _is_of_trades(header):
            raise sheet.refusal(header, "positions of this table have no tickers", BY_HAND)
    return tables


def _is_of_trades(header: Row) -> bool:
    return "trade date" in header.names
