"""Which account of a file is meant, told by the last characters of its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from adapters.brokers.statement.draft import Draft
from adapters.brokers.statement.sheet import Row, Sheet, Table

ENOUGH = 3  # characters: some pages show no more of an account
COLUMN = "account number"
SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
NUMBER = re.compile(r"[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*")


def rows_of_one(draft: Draft, tables: Sequence[Table], ends: str) -> Iterator[tuple[Table, Row]]:
    """The rows of the chosen account where each row begins with a number; rows of nobody are faults of the draft.

    Raises:
        FixTheFile: unless it is exactly one account that is meant.
    """
    rows = [(table, row, table.text(row, COLUMN)) for table in tables for row in table.rows]
    numbers = (number for *_, number in rows if NUMBER.fullmatch(number))
    account = chosen(tables[0].sheet, tables[0].header, numbers, ends)
    for table, row, number in rows:
        if not NUMBER.fullmatch(number):
            draft.faults.append(table.cell(row, COLUMN, number).blame("this row is of no account", "bad_input"))
        elif number == account:
            yield table, row


def chosen(sheet: Sheet, at: Row, accounts: Iterable[str], ends: str) -> str:
    """The account whose number ends so; the only one, where nothing is said.

    Raises:
        FixTheFile: unless it is exactly one; no number is repeated.
    """
    known = tuple(dict.fromkeys(accounts))
    if not known:
        raise sheet.refusal(at, "there is no account in this file")
    meant = [account for account in known if not ends or same_end(account, ends)]
    if len(meant) == 1:
        return meant[0]
    hint = "say which one is meant with account_ends, the last 4 characters of its number"
    if not ends:
        raise sheet.refusal(at, f"this file holds {len(known)} accounts and none is chosen", hint)
    some = "none" if not meant else len(meant)
    raise sheet.refusal(at, f"{some} of the {len(known)} accounts of this file ends as account_ends says", hint)


def same_end(one: str, other: str) -> bool:
    """Whether two numbers, of which pages show more or less, end alike: `IRA ...123`, `XXXX-0123`, `Z56780123`."""
    left, right = (SEPARATOR.split(text)[-1].casefold() for text in (one, other))
    shared = min(len(left), len(right))
    return shared >= ENOUGH and left[-shared:] == right[-shared:]
