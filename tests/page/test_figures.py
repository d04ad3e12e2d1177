"""Numbers and pictures of the page: rounded for the eye, and no slice lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.money import Usd
from bot.page.charts import HALF, ROUND, deviation, slices
from bot.page.figures import age, points, short, whole

AMOUNTS = st.integers(-(10**12), 10**12).map(Usd)


@pytest.mark.parametrize(
    ("dollars", "told"),
    [
        ("0", "$0"),
        ("980.49", "$980"),
        ("1499.50", "$2k"),
        ("452133", "$452k"),
        ("999499", "$999k"),
        ("999500", "$1.00m"),
        ("1007461", "$1.01m"),
        ("-12345678", "-$12.35m"),
    ],
)
def test_a_total_in_three_digits_or_so(dollars: str, told: str) -> None:
    assert short(Usd.of(dollars)) == told


def test_whole_dollars_but_for_the_smallest_amounts() -> None:
    assert [whole(Usd(cents)) for cents in (0, 99, 150, -250, 123_456_750)] == [
        "$0",
        "$0.99",
        "$2",
        "-$3",
        "$1,234,568",
    ]


def test_a_distance_in_points() -> None:
    hundred = Usd.of(100)

    assert [points(Usd.of(off), hundred) for off in ("8.7", "-9.25", "0.04", "0")] == [
        "+8.7 pt",
        "-9.3 pt",
        "0.0 pt",
        "0.0 pt",
    ]
    assert points(Usd.of(1), Usd()) == "0.0 pt"


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "just now"), (2, "2 minutes ago"), (120, "2 hours ago"), (2879, "47 hours ago"), (2880, "2 days ago")],
)
def test_an_age_in_words(minutes: int, told: str) -> None:
    assert age(timedelta(minutes=minutes)) == told


@given(st.dictionaries(st.sampled_from("abcdefgh"), AMOUNTS))
def test_the_slices_of_a_ring_fill_it(parts: dict[str, Usd]) -> None:
    found = slices(list(parts.items()), "abcdefgh")

    positive = [name for name, amount in parts.items() if amount.cents > 0]
    assert [one.name for one in found] == positive
    assert sum(one.size for one in found) == (ROUND if positive else 0)
    assert all(one.start == sum(other.size for other in found[:at]) for at, one in enumerate(found))
    assert all(1 <= one.drawn <= max(1, one.size) for one in found)


@given(AMOUNTS, AMOUNTS)
def test_a_bar_points_where_its_class_has_strayed(off: Usd, longest: Usd) -> None:
    width = deviation(off, longest)

    assert -HALF <= width <= HALF
    assert (width > 0) == (off.cents > 0 and bool(longest))
    assert (width < 0) == (off.cents < 0 and bool(longest))
