"""Keeps the numbers of accounts out of complaints: all but their last four characters become stars."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHOWN = 4  # the end of a number, by which its owner knows an account
LONG = 5  # digits; with fewer, nothing is hidden
TOO_LONG = 8  # digits, as the numbers of brokerage accounts have; hidden wherever they stand
CONTRACT = re.compile(r"-?[A-Z]+[0-9]{6}[CP][0-9]+")  # an option's name, which its owner needs to see
TOKEN = re.compile(r"[A-Za-z0-9-]+")  # taken apart in one pass, however long a line is


def discreet(text: str, numbers: frozenset[str] | None = None) -> str:
    """The text, as long as before, without these numbers and what is as long; any long one where none are named."""
    return TOKEN.sub(lambda found: starred(found[0]) if _is_hidden(found[0], numbers) else found[0], text)


def starred(number: str) -> str:
    """Stars, and the last four characters."""
    return "*" * (len(number) - SHOWN) + number[-SHOWN:]


def leading_numbers(lines: Iterable[str]) -> frozenset[str]:
    """What stands in the first cell of lines and looks like the number of an account."""
    first = (line.partition(",")[0].strip(' "\t') for line in lines)
    return frozenset(cell for cell in first if TOKEN.fullmatch(cell) and _is_long(cell))


def _is_hidden(token: str, numbers: frozenset[str] | None) -> bool:
    if numbers is None:
        return _is_long(token)
    return token in numbers or (_digits(token) >= TOO_LONG and not CONTRACT.fullmatch(token))


def _is_long(token: str) -> bool:
    return _digits(token) >= LONG


def _digits(token: str) -> int:
    return sum(letter.isdigit() for letter in token)
