"""Facts as canonical JSON, and back to the very same nouns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

from bot.domain.canonical import canonical_json
from bot.domain.facts import Fact, PlanProposed
from bot.domain.money import Shares, Usd, exact

Noun = TypeVar("Noun")
Reader = Callable[[object], object]

_JSON = json.JSONDecoder(parse_float=Decimal)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)  # as canonical JSON is written
KINDS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(Fact)}


def encode_fact(fact: Fact) -> tuple[str, str]:
    """A fact's kind and canonical JSON.

    Raises:
        TypeError, ValueError: for a fact that could not be read back as it is; it must never reach the books.
    """
    kind, body = type(fact).__name__, canonical_json(fact)
    if decode_fact(kind, body) != fact:
        raise ValueError(f"{kind} would not be read back as it was written")
    return kind, body


@lru_cache(maxsize=256)  # a run reads the same few facts again and again, and nouns never change
def decode_fact(kind: str, body: str) -> Fact:
    """The fact of this kind in this JSON; ValueError for a kind or a shape that we do not know."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of fact: {kind}")
    fact = decode(KINDS[kind], body)
    if isinstance(fact, PlanProposed):
        fact.proposal.was_written_as(_WRITER.encode(_JSON.decode(body)["proposal"]))
    return fact


def decode(kind: type[Noun], text: str) -> Noun:
    """A noun from its canonical JSON, driven by the noun's own type hints.

    A field that came later may be missing where it has a default. ValueError for anything else that does not fit.
    """
    hint: object = kind
    noun = _reader(hint)(_JSON.decode(text))
    if not isinstance(noun, kind):
        raise ValueError(f"not a {kind.__name__}")
    return noun


@cache
def _reader(hint: object) -> Reader:
    """How to read a value of this type; built once, because the books are read from end to end."""
    arguments = get_args(hint)
    if get_origin(hint) is UnionType and len(arguments) == 2 and NoneType in arguments:
        return _maybe(_reader(next(kind for kind in arguments if kind is not NoneType)))
    if get_origin(hint) is tuple and arguments[1:] == (...,):
        return _row_of(_reader(arguments[0]))
    if get_origin(hint) is tuple:
        return _pair_of(tuple(_reader(kind) for kind in arguments))
    if isinstance(hint, type):
        return _reader_of_class(hint)
    raise TypeError(f"no way to read {hint}")


def _reader_of_class(kind: type) -> Reader:
    if kind in _LEAVES:
        return _LEAVES[kind]
    if issubclass(kind, StrEnum):
        return lambda value: kind(_text(value))
    if is_dataclass(kind):
        return _noun(kind)
    raise TypeError(f"no way to read {kind.__name__}")


def _noun(kind: type) -> Reader:
    hints = get_type_hints(kind)
    members = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}

    def read(value: object) -> object:
        if not isinstance(value, dict) or not needed <= value.keys() <= members.keys():
            raise ValueError(f"not the fields of a {kind.__name__}")
        return kind(**{name: members[name](inner) for name, inner in value.items()})

    return read


def _maybe(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _row_of(read: Reader) -> Reader:
    return lambda value: tuple(read(item) for item in _list(value))


def _pair_of(readers: tuple[Reader, ...]) -> Reader:
    def read(value: object) -> object:
        return tuple(reader(item) for reader, item in zip(readers, _list(value), strict=True))

    return read


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at


_LEAVES: dict[type, Reader] = {
    str: _text,
    int: _whole,
    bool: _truth,
    Decimal: lambda value: exact(_text(value)),
    Usd: lambda value: Usd.of(_text(value)),
    Shares: lambda value: Shares.of(_text(value)),
    datetime: _instant,
    date: lambda value: date.fromisoformat(_text(value)),
}
