"""Paydays fall where a calendar on the wall has them, rolled to a session."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from adapters.calendar import ExchangeCalendar
from bot.domain.schedule import LAST, QUARTERS, EveryTwoWeeks, Monthly, NthWeekday, Rhythm, Roll
from bot.engine.due.rhythms import calendar_days, paydays
from bot.engine.due.sessions import rolled
from tests.schedule import oracle

FIRST, END = date(2024, 1, 1), date(2026, 12, 31)
SESSIONS = ExchangeCalendar().session
ANCHOR = date(2024, 1, 5)


@pytest.mark.parametrize(
    ("rhythm", "roll", "expected"),
    [
        (Monthly(days=(15, LAST)), Roll.PREVIOUS, oracle.semi_monthly(FIRST, END)),
        (EveryTwoWeeks(anchor_on=ANCHOR), Roll.NEXT, oracle.fortnightly(ANCHOR, FIRST, END)),
        (NthWeekday(nth=-1, weekday=4), Roll.PREVIOUS, oracle.last_fridays(FIRST, END)),
        (NthWeekday(nth=2, weekday=1, months=QUARTERS), Roll.NEXT, oracle.second_tuesdays(FIRST, END)),
    ],
    ids=["semi-monthly", "fortnightly", "last Friday", "second Tuesday of a quarter"],
)
def test_three_years_of_a_rhythm_fall_where_a_walk_from_day_to_day_finds_them(
    rhythm: Rhythm, roll: Roll, expected: set[date]
) -> None:
    assert set(paydays(rhythm, roll, FIRST, END, SESSIONS)) == expected


def test_the_last_of_the_month_in_2027_is_the_session_before_a_sunday() -> None:
    found = paydays(Monthly(days=(15, LAST)), Roll.PREVIOUS, date(2027, 1, 1), date(2027, 3, 15), SESSIONS)

    days = [(1, 15), (1, 29), (2, 12), (2, 26), (3, 15)]
    assert found == tuple(date(2027, month, day) for month, day in days)


def test_a_leap_day_is_the_last_of_its_month() -> None:
    assert date(2024, 2, 29) in paydays(Monthly(days=(LAST,)), Roll.PREVIOUS, FIRST, END, SESSIONS)


def test_a_day_that_a_month_does_not_have_is_its_last_one() -> None:
    assert list(calendar_days(Monthly(days=(30,)), date(2025, 2, 1), date(2025, 2, 28))) == [date(2025, 2, 28)]


def test_the_fortnight_counts_in_both_directions_from_its_anchor() -> None:
    before = list(calendar_days(EveryTwoWeeks(anchor_on=ANCHOR), date(2023, 12, 1), ANCHOR))

    assert before == [date(2023, 12, 8), date(2023, 12, 22), ANCHOR]


def test_two_days_that_roll_to_one_session_are_one_payday() -> None:
    weekend = paydays(Monthly(days=(14, 15)), Roll.NEXT, date(2026, 3, 1), date(2026, 3, 31), SESSIONS)

    assert weekend == (date(2026, 3, 16),)


def test_a_day_is_found_whatever_the_ends_of_the_question_are() -> None:
    random, rhythm = Random(1), Monthly(days=(1, 15, LAST))
    everything = paydays(rhythm, Roll.NEXT, FIRST, END, SESSIONS)
    for _ in range(200):
        first = FIRST + timedelta(days=random.randrange(1000))
        last = first + timedelta(days=random.randrange(60))

        assert paydays(rhythm, Roll.NEXT, first, last, SESSIONS) == tuple(
            on for on in everything if first <= on <= last
        )


@pytest.mark.parametrize(("roll", "day"), [(Roll.PREVIOUS, 10), (Roll.NEXT, 17)])
def test_the_longest_closure_since_the_great_war_is_rolled_over(roll: Roll, day: int) -> None:
    assert rolled(date(2001, 9, 12), roll, SESSIONS) == date(2001, 9, day)


def test_an_exchange_that_never_opens_is_no_exchange() -> None:
    with pytest.raises(ValueError, match="no session within a fortnight"):
        rolled(FIRST, Roll.NEXT, lambda _: None)
