"""Money and shares are exact: floats are refused, no cent is lost, nothing is overspent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.money import LARGEST, SHARE_STEP, Shares, Usd, exact, split

everyday = settings(deadline=None, derandomize=True, max_examples=200)
cents = st.integers(-(10**13), 10**13)
prices = st.decimals("0.0001", "750000", places=4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,234.5",
        "1e3",
        "1e400",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "0x10",
        "1_000",
        " 1",
        "1 ",
        "--1",
        "1.2.3",
    ],
)
def test_text_that_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        exact(text)


@pytest.mark.parametrize("text", ["+1", "٣", "½", "1٣"])
def test_text_in_other_writing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal number"):
        exact(text)


@pytest.mark.parametrize("thing", [1.5, 0.1, True, False, None, b"1", [1], float("nan")])
def test_what_is_no_exact_number_is_refused(thing: object) -> None:
    with pytest.raises(ValueError, match="not an exact number"):
        exact(thing)


@pytest.mark.parametrize("number", [Decimal("1e400"), Decimal("-1e400"), LARGEST + 1, -LARGEST - 1, 10**400])
def test_a_number_beyond_any_household_is_refused(number: Decimal | int) -> None:
    with pytest.raises(ValueError, match="larger than any household needs"):
        exact(number)


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_a_decimal_that_is_not_finite_is_refused(number: Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        exact(number)


def test_more_digits_than_are_kept_are_refused() -> None:
    with pytest.raises(ValueError, match="28 digits"):
        exact("0." + "1" * 29)


@pytest.mark.parametrize("text", ["0", "-0", "12.5", "-12.50", ".5", "5.", "007", str(LARGEST)])
def test_a_plain_decimal_is_read_exactly(text: str) -> None:
    assert exact(text) == Decimal(text)


def test_usd_takes_whole_cents_only() -> None:
    with pytest.raises(TypeError):
        Usd(1.0)  # type: ignore[arg-type]  # as a caller without a type checker might
    with pytest.raises(TypeError):
        Usd(True)  # noqa: FBT003 - the point of the test
    with pytest.raises(ValueError, match="finer than a cent"):
        Usd.of("0.001")


def test_money_and_shares_do_not_mix() -> None:
    with pytest.raises(TypeError):
        Usd(1) + Shares.of(1)  # type: ignore[operator]  # as a caller without a type checker might
    with pytest.raises(TypeError):
        Usd(1) * 1.5  # type: ignore[operator]  # as a caller without a type checker might
    with pytest.raises(TypeError):
        Shares(1)  # type: ignore[arg-type]  # as a caller without a type checker might


@pytest.mark.parametrize(
    ("dollars", "nearest"),
    [("0.005", 0), ("0.015", 2), ("0.025", 2), ("-0.005", 0), ("-0.015", -2), ("0.0050001", 1), ("1.994", 199)],
)
def test_halves_are_rounded_to_the_even_cent(dollars: str, nearest: int) -> None:
    assert Usd.nearest(Decimal(dollars)).cents == nearest


@everyday
@given(cents, cents)
def test_sums_of_money_are_exact(one: int, other: int) -> None:
    assert (Usd(one) + Usd(other)).cents == one + other
    assert Usd(one) - Usd(other) + Usd(other) == Usd(one)
    assert Usd.total([Usd(one), Usd(other), -Usd(one)]) == Usd(other)


@everyday
@given(cents)
def test_plain_text_can_be_read_back(amount: int) -> None:
    assert Usd.of(Usd(amount).plain) == Usd(amount)


def test_money_is_written_for_people_and_for_machines() -> None:
    assert str(Usd(-123456789)) == "-$1,234,567.89"
    assert Usd(-5).plain == "-0.05"
    assert Shares.of("12.500").plain == "12.5"
    assert Shares(Decimal("1E+2")).plain == "100"
    assert Shares().plain == "0"


@everyday
@given(cents, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_a_split_loses_no_cent(total: int, weights: list[int]) -> None:
    parts = split(total, weights)

    assert sum(parts) == total
    assert all(
        abs(part - Decimal(total) * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True)
    )
    assert all(not part for part, weight in zip(parts, weights, strict=True) if not weight)


@everyday
@given(st.integers(0, 10**13), st.lists(st.decimals("0", "100", places=3), min_size=1, max_size=9).filter(any))
def test_a_negative_total_is_split_as_its_opposite(total: int, weights: list[Decimal]) -> None:
    assert split(-total, weights) == [-part for part in split(total, weights)]


def test_the_largest_remainders_get_the_rest_and_ties_go_to_the_earlier() -> None:
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(100, [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")]) == [33, 33, 34]


@everyday
@given(st.integers(1, 10**13), prices, st.booleans())
def test_what_is_affordable_never_costs_more(money: int, price: Decimal, whole: bool) -> None:
    shares, step = Shares.affordable(Usd(money), price, whole=whole), Decimal(1) if whole else SHARE_STEP

    assert shares.count * price * 100 <= money
    assert (shares.count + step) * price * 100 > money
    assert not whole or shares.is_whole


@pytest.mark.parametrize("money", [0, -100])
def test_nothing_is_affordable_without_money(money: int) -> None:
    assert not Shares.affordable(Usd(money), Decimal(10), whole=False)


def test_percent_is_rounded_to_the_cent() -> None:
    assert Usd(1001).percent(Decimal(15)) == Usd(150)
    assert Usd(-1030).percent(Decimal(15)) == Usd(-154)
