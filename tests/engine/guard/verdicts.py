"""Rows of the guard's tables: a case, and which rules alone must speak against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.engine.guard.case import Case
from bot.engine.guard.check import check
from tests.engine.guard.cases import HOUSEHOLD

ACCOUNTS = {one.id for one in HOUSEHOLD.accounts} | {"gone"}
ODDITIES = ("None", "Decimal", "Usd(", "Shares(", "E+", "E-", "  ", "..", "Side.", "{", "}")

Build = Callable[..., Case]  # of nothing; a loop binds its variable by a default


def row(codes: str, name: str, build: Build, says: str = "") -> Any:  # noqa: ANN401 - pytest names no public type for it
    """One case: the rules that refuse it, divided by blanks, none where it may leave; and a part of the sentence."""
    return pytest.param(codes, build, says, id=f"{codes or 'passes'}: {name}")


def judge(codes: str, build: Build, says: str) -> None:
    """Exactly these rules speak, and say so."""
    found = check(build())

    assert " ".join(one.code for one in found) == codes, [f"{one.code}: {one.message}" for one in found]
    assert says in " ".join(one.message for one in found)
    for one in found:
        assert _reads_like_a_sentence(one.message), one.message


def _reads_like_a_sentence(text: str) -> bool:
    begins = text[0].isupper() or text.split(maxsplit=1)[0] in ACCOUNTS
    return begins and text.endswith(".") and not any(odd in text for odd in ODDITIES)
