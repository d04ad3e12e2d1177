"""When a lot is short-term, locked, or a loss."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd


def lot(*, cost: str | None = None, since: date | None = None, until: date | None = None) -> TaxLot:
    """Ten shares."""
    return TaxLot(
        quantity=Shares.of(10),
        cost_per_share=None if cost is None else Decimal(cost),
        acquired_on=since,
        locked_until_on=until,
    )


@pytest.mark.parametrize(
    ("since", "last_short_day"),
    [
        (date(2025, 3, 2), date(2026, 3, 2)),
        (date(2024, 12, 31), date(2025, 12, 31)),
        (date(2023, 3, 1), date(2024, 3, 1)),  # a leap day lies between
        (date(2024, 2, 29), date(2025, 2, 28)),  # bought on a leap day (Rev. Rul. 66-7)
        (date(2023, 2, 28), date(2024, 2, 28)),
    ],
)
def test_a_lot_is_short_up_to_its_anniversary(since: date, last_short_day: date) -> None:
    assert lot(since=since).is_short_term(last_short_day)
    assert not lot(since=since).is_short_term(last_short_day + timedelta(days=1))


def test_a_lot_of_long_ago_is_long() -> None:
    assert not lot().is_short_term(date(1990, 1, 1))
    assert lot().held_for(date(2026, 3, 2)) is None


def test_a_lot_is_locked_until_its_day() -> None:
    locked = lot(until=date(2026, 3, 3))

    assert locked.is_locked(date(2026, 3, 2))
    assert not locked.is_locked(date(2026, 3, 3))
    assert not lot().is_locked(date(2026, 3, 2))


def test_a_loss_needs_a_known_cost_above_the_price() -> None:
    assert lot(cost="100.0001").is_loss(Decimal(100))
    assert not lot(cost="100").is_loss(Decimal(100))
    assert not lot().is_loss(Decimal(1))


def test_an_unknown_cost_counts_as_zero_in_a_gain() -> None:
    assert lot().gain(Shares.of(2), Decimal(50)) == Usd.of(100)
    assert lot(cost="60").gain(Shares.of(2), Decimal(50)) == Usd.of(-20)


def test_a_position_is_the_sum_of_its_lots() -> None:
    assert Position(symbol="VTI", lots=(lot(), lot())).quantity == Shares.of(20)
    assert not Position(symbol="VTI", lots=()).quantity
