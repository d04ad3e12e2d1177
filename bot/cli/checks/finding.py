"""What a look at one thing has found, and the command that mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from bot.ports import MarketCalendar


class State(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    WARN = "warn"  # a person should know
    FAIL = "fail"  # nothing works, or nothing is safe, before it is mended
    UNSEEN = "unseen"  # something else has to be mended before anybody can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it stands, in words, and the command that mends it."""

    check: str
    state: State
    message: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the doctor asks of this machine: the exchange's calendar, megabytes free, a unit's exposure."""

    calendar: MarketCalendar
    free_megabytes: Callable[[Path], int]
    exposure: Callable[[], Decimal | None]


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check=check, state=State.OK, message=message)


def warn(check: str, message: str, mend: str = "") -> Finding:
    """Something that a person should know."""
    return Finding(check=check, state=State.WARN, message=message, mend=mend)


def fail(check: str, message: str, mend: str = "") -> Finding:
    """Something that has to be mended."""
    return Finding(check=check, state=State.FAIL, message=message, mend=mend)


def unseen(check: str, first: str) -> Finding:
    """Nobody can tell before something else is mended."""
    return Finding(check=check, state=State.UNSEEN, message=f"not looked at: mend `{first}` first")
