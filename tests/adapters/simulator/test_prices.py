"""Price paths: exact, reproducible, true to the real months."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from adapters.simulator.market.calendar import ExchangeCalendar
from adapters.simulator.market.monthly import Column, monthly_path, price_return, start_month_for_seed
from adapters.simulator.market.prices import PricePath, bid_and_ask


@pytest.mark.parametrize("column", list(Column))
def test_each_month_ends_at_the_real_months_return(column: Column) -> None:
    path = monthly_path(column, "2008-09", "100", date(2026, 1, 1), 3)
    level = Decimal(100)
    for real, last_session in (
        ("2008-09", date(2026, 1, 30)),
        ("2008-10", date(2026, 2, 27)),
        ("2008-11", date(2026, 3, 31)),
    ):
        level *= 1 + price_return(column, real)
        assert path.on(last_session) == level.quantize(Decimal("0.0001"))


def test_a_month_is_climbed_in_equal_ratios() -> None:
    path = monthly_path(Column.STOCK, "2008-10", "100", date(2026, 1, 1), 1)
    days = [s.on for s in ExchangeCalendar().sessions(date(2026, 1, 1), date(2026, 1, 31))]
    prices = [path.on(day) for day in days]
    ratios = [after / before for before, after in pairwise(prices)]
    assert max(ratios) - min(ratios) < Decimal("0.00001")
    assert max(ratios) < 1


def test_a_stock_price_leaves_out_the_dividend() -> None:
    assert price_return(Column.STOCK, "1926-01") == Decimal("0.015310")
    assert price_return(Column.BOND, "1926-01") == Decimal("0.001650")


def test_a_seed_picks_the_same_month_everywhere_and_leaves_room() -> None:
    assert start_month_for_seed(7, 24) == start_month_for_seed(7, 24)
    assert len({start_month_for_seed(seed, 24) for seed in range(20)}) > 10
    assert start_month_for_seed(7, 1170) == "1926-01"


def test_the_first_price_holds_before_the_first_day() -> None:
    path = monthly_path(Column.BOND, "1981-01", "72.50", date(2026, 3, 16), 1)
    assert path.on(date(2026, 3, 13)) == Decimal("72.50")
    assert path.on(date(2026, 3, 16)) != Decimal("72.50")


@pytest.mark.parametrize("month", ["2023-07", "1925-12", "1987", "soon"])
def test_a_month_outside_the_series_is_refused(month: str) -> None:
    with pytest.raises(ValueError, match="no real month"):
        monthly_path(Column.STOCK, month, "100", date(2026, 1, 1), 1)


@pytest.mark.parametrize("price", ["0.01", "9.999", "70", "100.0049", "300", "312.3456", "4321.9"])
def test_a_quote_encloses_its_price_in_whole_cents(price: str) -> None:
    bid, ask = bid_and_ask(Decimal(price))
    assert bid <= Decimal(price) <= ask
    assert bid == bid.quantize(Decimal("0.01"))
    assert Decimal("0.01") <= ask - bid <= max(Decimal("0.01"), Decimal(price) / 5000)


def test_a_path_needs_rising_dates_and_takes_no_float() -> None:
    with pytest.raises(ValueError, match="rising order"):
        PricePath.scripted([(date(2026, 1, 2), "1"), (date(2026, 1, 1), "1")])
    with pytest.raises(TypeError, match="exact number"):
        PricePath.flat(1.5)  # type: ignore[arg-type]  # the mistake under test
