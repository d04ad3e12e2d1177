"""The exchange's days, against an independent calendar and against a list of closures."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.calendar import ExchangeCalendar

CLOSURES = Path(__file__).parent / "data" / "nyse_closures_2001_2027.csv"


@pytest.fixture(scope="module")
def calendar() -> ExchangeCalendar:
    return ExchangeCalendar()


def weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def test_every_closure_and_early_close_of_27_years_is_known(calendar: ExchangeCalendar) -> None:
    with CLOSURES.open(newline="") as file:
        expected = {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}
    found = {}
    for day in weekdays(date(2001, 1, 2), max(expected)):
        session = calendar.session(day)
        if session is None:
            found[day] = "closed"
        elif session.closes_at - session.opens_at < timedelta(hours=6):
            found[day] = "early_close"

    assert found == expected


@pytest.mark.filterwarnings("ignore:Series.values")  # pandas about itself
def test_opening_and_closing_agree_with_an_independent_calendar(calendar: ExchangeCalendar) -> None:
    import exchange_calendars  # noqa: PLC0415 - pandas loads for this test alone

    oracle = exchange_calendars.get_calendar("XNYS", start="2001-01-02", end="2027-10-29").schedule
    expected = [(row.Index.date(), row.open.to_pydatetime(), row.close.to_pydatetime()) for row in oracle.itertuples()]
    sessions = [calendar.session(day) for day in weekdays(date(2001, 1, 2), date(2027, 10, 29))]

    assert [(one.on, one.opens_at, one.closes_at) for one in sessions if one] == expected


@pytest.mark.filterwarnings("ignore:Series.values")  # pandas about itself
def test_the_sessions_of_38_years_agree_with_an_independent_calendar(calendar: ExchangeCalendar) -> None:
    import exchange_calendars  # noqa: PLC0415 - pandas loads for this test alone

    oracle = exchange_calendars.get_calendar("XNYS", start="1990-01-02", end="2027-10-29").schedule
    expected = [row.Index.date() for row in oracle.itertuples()]

    assert [day for day in weekdays(date(1990, 1, 2), date(2027, 10, 29)) if calendar.session(day)] == expected


def test_the_exchange_is_shut_at_weekends(calendar: ExchangeCalendar) -> None:
    assert calendar.session(date(2026, 3, 7)) is None
    assert calendar.session(date(2026, 3, 8)) is None


def test_the_clock_change_moves_the_opening_in_utc(calendar: ExchangeCalendar) -> None:
    before, after = calendar.session(date(2026, 3, 6)), calendar.next_session(date(2026, 3, 6))

    assert before is not None
    assert before.opens_at == datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
    assert after.opens_at == datetime(2026, 3, 9, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("traded", "settled"),
    [
        ("2026-03-02", "2026-03-03"),
        ("2026-03-06", "2026-03-09"),  # over a weekend
        ("2026-07-02", "2026-07-06"),  # Independence Day, observed on Friday
        ("2026-10-09", "2026-10-13"),  # Columbus Day: the exchange is open, the banks are not
        ("2026-10-12", "2026-10-13"),
        ("2026-11-10", "2026-11-12"),  # Veterans Day, likewise
        ("2029-11-09", "2029-11-13"),  # Veterans Day on a Sunday
    ],
)
def test_a_trade_settles_on_the_next_business_day(calendar: ExchangeCalendar, traded: str, settled: str) -> None:
    session = calendar.session(date.fromisoformat(traded))

    assert session is not None
    assert session.settles_on == date.fromisoformat(settled)


def test_the_next_session_is_on_a_later_day(calendar: ExchangeCalendar) -> None:
    assert calendar.next_session(date(2025, 1, 8)).on == date(2025, 1, 10)  # a day of mourning between them
