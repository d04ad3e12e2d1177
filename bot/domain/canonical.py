"""One way to write any noun as text, so that equal things have equal fingerprints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any

from bot.domain.money import Shares, Usd

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"] | None
Form = Callable[[Any], Plain]


class Fingerprinted:
    """A noun that works its fingerprint out once: nothing of it ever changes."""

    __slots__ = ("_worked_out",)
    _worked_out: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its canonical JSON, in hex."""
        try:
            return self._worked_out
        except AttributeError:
            object.__setattr__(self, "_worked_out", fingerprint(self._bound()))
            return self._worked_out

    def was_written_as(self, text: str) -> None:
        """Its fingerprint is that of this canonical JSON: a noun may have gained fields since it was written down."""
        object.__setattr__(self, "_worked_out", hashlib.sha256(text.encode("ascii")).hexdigest())

    def _bound(self) -> object:
        """What the fingerprint is taken of."""
        return self


def plain(thing: object) -> Plain:
    """A noun as JSON values: money and counts as decimal strings, dates as ISO text, instants in UTC.

    Raises:
        TypeError: for a float, a naive instant, or anything that is no noun.
    """
    return (_LEARNT.get(type(thing)) or _learn(type(thing)))(thing)


_LEARNT: dict[type, Form] = {}  # how things of a type are written; found once for each type


def _learn(kind: type) -> Form:
    form = next((form for parent, form in _FORMS if issubclass(kind, parent)), None) or _form_of_noun(kind)
    return _LEARNT.setdefault(kind, form)


def _form_of_noun(kind: type) -> Form:
    if not is_dataclass(kind):
        raise TypeError(f"no canonical form for {kind.__name__}")
    names = [field.name for field in fields(kind)]
    return lambda noun: {name: plain(getattr(noun, name)) for name in names}


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError("an instant without a zone has no fingerprint")
    return at.astimezone(UTC).isoformat()


_FORMS: tuple[tuple[type, Form], ...] = (  # the first that fits
    (NoneType, lambda none: none),
    (int, lambda number: number),
    (Enum, lambda word: str(word.value)),
    (str, lambda text: text),
    (Usd, lambda amount: amount.plain),
    (Shares, lambda count: count.plain),
    (Decimal, lambda number: Shares(number).plain),
    (datetime, _instant),
    (date, lambda day: day.isoformat()),
    (tuple, lambda row: [plain(item) for item in row]),
    (list, lambda row: [plain(item) for item in row]),
    (dict, lambda table: {str(key): plain(value) for key, value in table.items()}),
)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical_json(thing: object) -> str:
    """The one JSON text of a noun: keys sorted, no blanks, ASCII only."""
    return _WRITER.encode(plain(thing))


def fingerprint(thing: object) -> str:
    """The SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(thing).encode("ascii")).hexdigest()
