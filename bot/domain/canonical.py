"""One way to write any noun as text, so that equal things have equal fingerprints."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

from bot.domain.money import Shares, Usd

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"] | None


def plain(thing: object) -> Plain:  # noqa: C901, PLR0911 - one case for each kind of value, nothing nested
    """A noun as JSON values: money and counts as decimal strings, dates as ISO text, instants in UTC.

    Raises:
        TypeError: for a float, a naive instant, or anything that is no noun.
    """
    match thing:
        case None | bool() | int():
            return thing
        case Enum():
            return str(thing.value)
        case str():
            return thing
        case Usd() | Shares():
            return thing.plain
        case Decimal():
            return Shares(thing).plain
        case datetime():
            if thing.tzinfo is None:
                raise TypeError("an instant without a zone has no fingerprint")
            return thing.astimezone(UTC).isoformat()
        case date():
            return thing.isoformat()
        case tuple() | list():
            return [plain(item) for item in thing]
        case dict():
            return {str(key): plain(value) for key, value in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: plain(getattr(thing, f.name)) for f in fields(thing)}
    raise TypeError(f"no canonical form for {type(thing).__name__}")


def canonical_json(thing: object) -> str:
    """The one JSON text of a noun: keys sorted, no blanks, ASCII only."""
    return json.dumps(plain(thing), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def fingerprint(thing: object) -> str:
    """The SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(thing).encode("ascii")).hexdigest()
