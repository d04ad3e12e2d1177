"""Reads the tax lots that an account's book begins with: a list kept by hand, or a broker's export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.brokers.statement.forms import YAML_ENDINGS, first_rows
from adapters.brokers.statement.lots_draft import LotDraft, seed_of
from adapters.brokers.statement.lots_form import csv_lots, yaml_lots
from adapters.brokers.statement.schwab_lots import TITLE, schwab_lots
from adapters.brokers.statement.sheet import Sheet
from adapters.files.opening import read_text
from adapters.files.tree import printable
from bot.domain.seeds import Seed


def read_lots(path: Path, *, account: str, today: date, account_ends: str = "") -> Seed:
    """All lots of a file, or none of them; `today` is a New York day, `account_ends` the end of the account's number.

    Raises:
        FixTheFile: with every mistake in it, each with its line.
    """
    text = read_text(path)
    return seed_of(_draft(printable(str(path), 400), text, path.suffix, account_ends), account, today)


def _draft(file: str, text: str, ending: str, ends: str) -> LotDraft:
    if ending in YAML_ENDINGS:
        return yaml_lots(file, text)
    rows = first_rows(text)
    if rows and TITLE.fullmatch(rows[0].first):
        return schwab_lots(Sheet(file, text, numbered=False), ends)
    return csv_lots(file, text)
