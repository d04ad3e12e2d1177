"""A fact comes back from its text as the very same noun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings, strategies as st

from adapters.store.codec import KINDS, decode, decode_fact, encode_fact
from bot.domain.canonical import canonical_json, fingerprint
from bot.domain.facts import Fact, LegTicked, PlanProposed, SnapshotTaken
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent
from bot.domain.snapshot import Snapshot
from tests.adapters.store.examples import NOON, intent, proposal

DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=9)
ZONES = st.integers(min_value=-14, max_value=14).map(lambda hours: timezone(timedelta(hours=hours)))
LEAVES: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(alphabet=st.characters(), max_size=12),  # half characters too
    int: st.integers(min_value=0, max_value=10**6),
    bool: st.booleans(),
    Decimal: DECIMALS,
    Usd: st.integers(min_value=-(10**15), max_value=10**15).map(Usd),
    Shares: DECIMALS.map(Shares),
    date: st.dates(),
    datetime: st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=ZONES),  # noqa: DTZ001 - hypothesis wants naive bounds
}


def things(hint: object) -> st.SearchStrategy[Any]:
    """Any value of a type hint of our nouns."""
    arguments = get_args(hint)
    if hint in LEAVES:
        return LEAVES[hint]
    if get_origin(hint) is UnionType:
        return st.one_of(*(st.none() if kind is NoneType else things(kind) for kind in arguments))
    if get_origin(hint) is tuple and arguments[1:] == (...,):
        return st.lists(things(arguments[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*(things(kind) for kind in arguments))
    assert isinstance(hint, type)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    assert is_dataclass(hint)
    build: Callable[..., object] = hint
    hints = get_type_hints(hint)
    return st.builds(build, **{field.name: things(hints[field.name]) for field in fields(hint)})


FACTS: st.SearchStrategy[Fact] = st.one_of(*(things(kind) for kind in KINDS.values()))


@settings(deadline=None)
@given(FACTS)
def test_every_fact_comes_back_as_it_was(fact: Fact) -> None:
    kind, body = encode_fact(fact)

    assert decode_fact(kind, body) == fact


@settings(deadline=None)
@given(FACTS)
def test_every_fact_keeps_its_fingerprint(fact: Fact) -> None:
    assert fingerprint(decode_fact(*encode_fact(fact))) == fingerprint(fact)


def test_every_fact_has_its_own_kind() -> None:
    assert set(KINDS.values()) == set(get_args(Fact))


def test_a_field_that_came_later_takes_its_default() -> None:
    body = '{"at":"2026-03-02T17:00:00+00:00","snapshot":{"as_of_on":"2026-03-02","holdings":[],"prices":[]}}'

    assert decode_fact("SnapshotTaken", body) == SnapshotTaken(
        at=NOON, snapshot=Snapshot(as_of_on=date(2026, 3, 2), holdings=(), prices=())
    )


@pytest.mark.parametrize(
    "body",
    [
        '{"at":"2026-03-02T17:00:00+00:00","plan":"p"}',
        '{"at":"2026-03-02T17:00:00+00:00","plan":"p","line":1,"more":1}',
        '{"at":"2026-03-02T17:00:00+00:00","plan":"p","line":"1"}',
        '{"at":"2026-03-02T17:00:00+00:00","plan":"p","line":true}',
        '{"at":"2026-03-02T17:00:00+00:00","plan":7,"line":1}',
        '{"at":"2026-03-02T17:00:00","plan":"p","line":1}',
        "[]",
        "",
    ],
)
def test_a_text_that_does_not_fit_is_refused(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json, dates and our own checks each have their words
        decode_fact("LegTicked", body)


@pytest.mark.parametrize("number", ["1e5", "NaN", "1,5", "", "Infinity"])
def test_a_number_that_we_would_not_have_written_is_refused(number: str) -> None:
    body = canonical_json(intent(proposal())).replace("2.5", number)

    with pytest.raises(ValueError, match="not a"):
        decode(Intent, body)


def test_an_unknown_kind_of_fact_is_refused() -> None:
    with pytest.raises(ValueError, match="no such kind of fact: Dream"):
        decode_fact("Dream", "{}")


def test_a_fact_that_would_change_on_its_way_is_not_written() -> None:
    strange = LegTicked(at=NOON, plan="p", line=["not", "a", "number"])  # type: ignore[arg-type]  # the point of it

    with pytest.raises(ValueError, match="not a whole number"):
        encode_fact(strange)


def test_an_instant_is_read_back_in_utc() -> None:
    fact = PlanProposed(at=NOON.astimezone(timezone(timedelta(hours=-5))), proposal=proposal())

    assert decode_fact(*encode_fact(fact)).at.tzinfo is UTC
