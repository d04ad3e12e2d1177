"""Tells by its header which form a statement has: our own, or what a broker's web page exports."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import PurePath

from adapters.brokers.statement.csv_form import FIRST_LINE, csv_draft
from adapters.brokers.statement.draft import Cell, Draft
from adapters.brokers.statement.fidelity import MARKS as FIDELITY, fidelity_draft
from adapters.brokers.statement.printed import printed_day
from adapters.brokers.statement.schwab import TITLE as SCHWAB, schwab_draft
from adapters.brokers.statement.sheet import Row, Sheet
from adapters.brokers.statement.vanguard import MARKS as VANGUARD, vanguard_draft
from adapters.brokers.statement.yaml_form import yaml_draft
from adapters.files.tree import lines_of

YAML_ENDINGS = frozenset({".yaml", ".yml"})
NAME_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])|(?<![A-Za-z])[A-Z][a-z]{2}-[0-9]{2}-[0-9]{4}")
LOOKED_AT = 10  # lines; exports begin with at most a title and a few blank ones


def draft_of(file: str, text: str, account_ends: str = "") -> Draft:
    """The statement as it was written, in whichever form.

    Raises:
        FixTheFile: when it cannot be taken apart, or does not tell which account is meant.
    """
    if PurePath(file).suffix in YAML_ENDINGS:
        return yaml_draft(file, text)
    form = _vendor_form(text)
    if form is None:
        return csv_draft(file, text)
    read, numbered = form
    draft = read(Sheet(file, text, numbered=numbered), account_ends)
    named = NAME_DAY.search(PurePath(file).name)
    if named and draft.as_of.is_blank:
        draft.as_of = Cell(printed_day(named[0]), draft.as_of.blame)
    return draft


def _vendor_form(text: str) -> tuple[Callable[[Sheet, str], Draft], bool] | None:
    """The reader of a broker's form, and whether its rows begin with numbers of accounts."""
    rows = first_rows(text)
    if rows and SCHWAB.fullmatch(rows[0].first):
        return schwab_draft, False
    for row in rows:
        if FIDELITY.issubset(row.names):
            return fidelity_draft, True
        if VANGUARD.issubset(row.names):
            return vanguard_draft, True
    return None


def first_rows(text: str) -> list[Row]:
    """The first rows of a CSV that are not blank, each taken alone; none where it is no CSV."""
    lines = lines_of(text)
    try:
        taken = [next(csv.reader([line]), [""]) for line in lines[:LOOKED_AT] if not FIRST_LINE.fullmatch(line)]
    except csv.Error:
        return []
    cells = [tuple(cell.strip() for cell in row) for row in taken]
    return [Row(0, row) for row in cells if any(row)]
