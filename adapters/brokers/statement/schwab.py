"""Schwab's export of positions: `Individual-Positions-2026-02-27-120000.csv`, of one account or of all.

Layout after the public importers jbms/beancount-import (several accounts), vroonhof/opensteuerauszug (names of columns
of 2025), and exports quoted in public tests: a title with the day, for several accounts a line with the end of each
number, a header, positions, `Cash & Cash Investments` (cash and the sweep), a total. Money funds that were bought are
positions of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from adapters.brokers.statement.choosing import chosen
from adapters.brokers.statement.draft import Cell, Draft
from adapters.brokers.statement.export import Columns, Export
from adapters.brokers.statement.printed import printed_day
from adapters.brokers.statement.sheet import Row, Sheet, Table

TITLE = re.compile(r"Positions for (?:account )?(?P<name>.*?) as of (?P<when>.+)", re.IGNORECASE)
COLUMNS = Columns(quantity="quantity", price="price", value="market value", cost="cost basis")
CASH = "cash & cash investments"
TOTALS = frozenset({"account total", "positions total"})


@dataclass(slots=True)
class Section:
    """One account's part of the file."""

    name: str
    header: Row
    rows: list[Row] = field(default_factory=list)
    is_whole: bool = False


def schwab_draft(sheet: Sheet, ends: str) -> Draft:
    """The chosen account.

    Raises:
        FixTheFile: when columns or the total are missing, or it is not clear which account is meant.
    """
    title = sheet.title(TITLE)
    sections = _sections(sheet, title["name"])
    names = [section.name for section in sections]
    section = sections[names.index(chosen(sheet, sheet.rows[0], names, ends))]
    if not section.is_whole:
        raise sheet.refusal(section.header, "the positions end without their total", "is it the whole file?")
    if names.count(section.name) > 1:
        raise sheet.refusal(section.header, "two accounts of this file have the same name")
    table = Table.under(sheet, section.header, section.rows, COLUMNS.needed)
    export = Export.of(sheet, section.header, COLUMNS, cash=None)
    export.draft.take_day(title_day(sheet, sheet.rows[0], title["when"]))
    for row in table.rows:
        if row.first.casefold() == CASH:
            export.take_cash(table, row)
        else:
            export.take_position(table, row)
    return export.finish()


def title_day(sheet: Sheet, row: Row, when: str) -> Cell:
    """The day at the end of a title such as `06:04 PM ET, 11/15/2020`."""
    return Cell(printed_day(when.rpartition(",")[2].strip()), sheet.blame(row, 0, "as_of"))


def _sections(sheet: Sheet, name: str) -> list[Section]:
    sections: list[Section] = []
    open_section: Section | None = None
    for row in sheet.rows[1:]:
        if row.names[0] == COLUMNS.symbol:
            open_section = Section(name, row)
            sections.append(open_section)
        elif open_section is not None:
            open_section.is_whole = row.first.casefold() in TOTALS
            if not open_section.is_whole:
                open_section.rows.append(row)
            else:
                open_section = None
        elif row.is_lonely:
            name = row.first
        elif not row.is_prose:
            raise sheet.refusal(row, "this row is of no account")
    return sections
