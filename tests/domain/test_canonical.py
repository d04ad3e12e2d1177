"""Equal nouns have equal text, and a snapshot's fingerprint does not depend on any order of lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.canonical import canonical_json, fingerprint
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Holding, OpenOrder, Side, Snapshot, Trade

everyday = settings(deadline=None, derandomize=True, max_examples=100)
LOTS = tuple(TaxLot(quantity=Shares.of(n), cost_per_share=Decimal(n)) for n in (3, 1, 2))
SNAPSHOT = Snapshot(
    as_of_on=date(2026, 3, 2),
    holdings=tuple(
        Holding(
            account=name,
            cash_settled=Usd(5),
            positions=(Position(symbol="VTI", lots=LOTS), Position(symbol="BND", lots=LOTS)),
            open_orders=tuple(OpenOrder(side=side, symbol="VTI", quantity=Shares.of(1)) for side in Side),
        )
        for name in ("b", "a")
    ),
    prices=(("VTI", Decimal(100)), ("BND", None)),
    history=tuple(
        Trade(on=date(2026, 2, day), account="a", owner="self", side=Side.BUY, symbol="VTI", quantity=Shares.of("0.10"))
        for day in (9, 3)
    ),
)


def test_the_text_of_a_noun_is_sorted_plain_and_without_blanks() -> None:
    thing = {"b": [Usd(1250), Shares.of("2.50")], "a": date(2026, 3, 2), "c": Side.BUY, "d": None, "é": True}

    text = '{"a":"2026-03-02","b":["12.50","2.5"],"c":"buy","d":null,"\\u00e9":true}'
    assert canonical_json(thing) == text


def test_equal_counts_have_equal_text_however_they_are_written() -> None:
    assert canonical_json(Decimal("1.50")) == canonical_json(Decimal("1.5")) == canonical_json(Shares.of("1.500"))
    assert canonical_json(Decimal("1E+2")) == canonical_json(Decimal(100))


def test_an_instant_is_written_in_utc() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert canonical_json(noon) == canonical_json(noon.astimezone(timezone(timedelta(hours=-5))))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="without a zone"):
        fingerprint(datetime(2026, 3, 2))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("thing", [0.5, {1, 2}, b"x", object(), [1.0], TaxLot])
def test_what_is_no_noun_is_refused(thing: object) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        fingerprint(thing)


@everyday
@given(st.integers(0, 10**9))
def test_a_snapshot_s_fingerprint_does_not_depend_on_the_order_of_its_lists(seed: int) -> None:
    assert _mixed(SNAPSHOT, Random(seed)).fingerprint == SNAPSHOT.fingerprint


def _mixed(snapshot: Snapshot, rng: Random) -> Snapshot:
    holdings = [
        replace(
            holding,
            positions=tuple(
                replace(p, lots=tuple(rng.sample(p.lots, len(p.lots)))) for p in rng.sample(holding.positions, 2)
            ),
            open_orders=tuple(rng.sample(holding.open_orders, 2)),
        )
        for holding in snapshot.holdings
    ]
    return replace(
        snapshot,
        holdings=tuple(rng.sample(holdings, 2)),
        prices=tuple(rng.sample(snapshot.prices, 2)),
        history=tuple(rng.sample(snapshot.history, 2)),
    )


def test_the_moment_of_taking_does_not_change_a_snapshot_s_fingerprint() -> None:
    later = replace(SNAPSHOT, taken_at=datetime(2026, 3, 2, 15, tzinfo=UTC))

    assert later.fingerprint == SNAPSHOT.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(SNAPSHOT, as_of_on=date(2026, 3, 3)),
        replace(SNAPSHOT, prices=(("VTI", Decimal("100.01")), ("BND", None))),
        replace(SNAPSHOT, history=SNAPSHOT.history[:1]),
        replace(SNAPSHOT, holdings=(replace(SNAPSHOT.holdings[0], cash_settled=Usd(6)), SNAPSHOT.holdings[1])),
        replace(SNAPSHOT, holdings=(replace(SNAPSHOT.holdings[0], open_orders=()), SNAPSHOT.holdings[1])),
    ],
)
def test_anything_else_changes_it(other: Snapshot) -> None:
    assert other.fingerprint != SNAPSHOT.fingerprint
