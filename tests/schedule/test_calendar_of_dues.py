"""What is due on which day, from which hour on, and at which hours a run may begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from adapters.calendar import ExchangeCalendar
from bot.domain.readings import Login
from bot.domain.schedule import Due, DueKind, PayDate, Schedule, Source
from bot.engine.due.calendar import due_at, foreseen, may_begin
from tests.schedule import oracle
from tests.schedule.world import SCHEDULE, expected

FIRST, END = date(2024, 1, 1), date(2026, 12, 31)
SESSIONS = ExchangeCalendar().session
THANKSGIVING_FRIDAY = date(2026, 11, 27)


def keys(dues: tuple[Due, ...]) -> set[tuple[DueKind, str, date]]:
    return {(due.kind, due.name, due.on) for due in dues}


def test_three_years_of_due_dates_are_those_of_a_walk_from_day_to_day() -> None:
    found = foreseen(SCHEDULE, (), (), FIRST, END, SESSIONS)

    assert keys(found) == expected(FIRST, END)
    assert len(found) == len(keys(found))


def test_any_two_days_ask_for_the_same_due_dates_as_the_whole() -> None:
    whole = foreseen(SCHEDULE, (), (), FIRST, END, SESSIONS)
    for month in range(36):
        first = date(2024 + month // 12, 1 + month % 12, 7)
        last = first + timedelta(days=45)

        part = foreseen(SCHEDULE, (), (), first, min(last, END), SESSIONS)
        assert part == tuple(due for due in whole if first <= due.on <= min(last, END))


@pytest.mark.parametrize(
    ("kind", "on", "at"),
    [
        (DueKind.PAYDAY, date(2026, 3, 6), datetime(2026, 3, 6, 15, tzinfo=UTC)),
        (DueKind.PAYDAY, date(2026, 3, 9), datetime(2026, 3, 9, 14, tzinfo=UTC)),  # the clocks have changed
        (DueKind.PAYDAY, date(2026, 11, 2), datetime(2026, 11, 2, 15, tzinfo=UTC)),  # and back
        (DueKind.SEND, date(2026, 3, 6), datetime(2026, 3, 6, 14, 35, tzinfo=UTC)),
        (DueKind.RECONCILE, date(2026, 3, 6), datetime(2026, 3, 6, 22, tzinfo=UTC)),
        (DueKind.RECONCILE, THANKSGIVING_FRIDAY, datetime(2026, 11, 27, 19, tzinfo=UTC)),
        (DueKind.DIGEST, date(2026, 3, 9), datetime(2026, 3, 9, 8, tzinfo=UTC)),
        (DueKind.TOKEN, date(2026, 3, 8), datetime(2026, 3, 8, 8, tzinfo=UTC)),  # a Sunday, the clocks change
    ],
)
def test_each_kind_is_due_from_its_hour_on(kind: DueKind, on: date, at: datetime) -> None:
    assert due_at(Due(kind=kind, on=on), Schedule(), SESSIONS) == at


def test_a_late_hour_comes_earlier_on_a_half_day() -> None:
    due, late = Due(kind=DueKind.PAYDAY, on=THANKSGIVING_FRIDAY), Schedule(at=time(15))

    assert due_at(due, late, SESSIONS) == datetime(2026, 11, 27, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-09 09:34:59", False),
        ("2026-03-09 09:35:00", True),
        ("2026-03-09 15:29:59", True),
        ("2026-03-09 15:30:00", False),
        ("2026-03-08 11:00:00", False),  # Sunday
        ("2026-04-03 11:00:00", False),  # Good Friday
        ("2026-11-27 12:29:59", True),  # closes at one
        ("2026-11-27 12:30:00", False),
        ("2025-01-09 11:00:00", False),  # a day of mourning
    ],
)
def test_a_run_that_may_send_orders_begins_in_a_session_alone(at: str, allowed: bool) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=oracle.NEW_YORK)
    due = Due(kind=DueKind.DRIFT, on=date(2025, 1, 2))

    assert may_begin(due, now, Schedule(), SESSIONS) == allowed


@pytest.mark.parametrize(
    ("at", "allowed"),
    [("2026-03-08 01:30", False), ("2026-03-08 03:59", False), ("2026-03-08 04:00", True), ("2026-03-08 23:59", True)],
)
def test_what_sends_nothing_may_begin_at_any_hour_after_four(at: str, allowed: bool) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=oracle.NEW_YORK)
    due = Due(kind=DueKind.RECONCILE, on=date(2026, 3, 6))

    assert may_begin(due, now, Schedule(), SESSIONS) == allowed


def test_nothing_begins_before_its_own_hour() -> None:
    now = datetime(2026, 3, 9, 9, 50, tzinfo=oracle.NEW_YORK)

    assert not may_begin(Due(kind=DueKind.SWEEP, on=date(2026, 3, 9)), now, Schedule(), SESSIONS)
    assert may_begin(Due(kind=DueKind.SWEEP, on=date(2026, 3, 6)), now, Schedule(), SESSIONS)


def test_a_login_is_spoken_of_on_its_last_days() -> None:
    ends = datetime(2026, 3, 11, 15, tzinfo=UTC)
    login = Login(name="ann", logged_in_at=ends - timedelta(days=7), expires_at=ends)

    found = foreseen(Schedule(), (), (login,), date(2026, 3, 1), date(2026, 3, 31), SESSIONS)

    days = [due.on.day for due in found if due.kind is DueKind.TOKEN]
    assert days == [9, 10, 11]


def test_a_pay_date_on_a_holiday_is_looked_at_on_the_next_session() -> None:
    good_friday = PayDate(on=date(2026, 4, 3), account="joint", symbol="VTI", source=Source.ANNOUNCED)

    found = foreseen(Schedule(), (good_friday,), (), date(2026, 4, 1), date(2026, 4, 30), SESSIONS)

    assert [due.on for due in found if due.kind is DueKind.DIVIDEND] == [date(2026, 4, 6)]


def test_without_dividends_only_those_set_by_hand_are_due() -> None:
    guess = PayDate(on=date(2026, 4, 7), account="joint", symbol="VTI")
    by_hand = PayDate(on=date(2026, 4, 8), account="joint", symbol="BND", source=Source.BY_HAND)
    schedule = Schedule(dividends=False, pay_dates=(by_hand,))

    found = foreseen(schedule, (guess,), (), date(2026, 4, 1), date(2026, 4, 30), SESSIONS)

    assert [due.name for due in found if due.kind is DueKind.DIVIDEND] == ["joint:BND"]


def test_money_that_nobody_expected_is_a_due_date_of_its_account() -> None:
    came = PayDate(on=date(2026, 4, 8), account="joint", source=Source.ARRIVED)

    found = foreseen(Schedule(), (came,), (), date(2026, 4, 1), date(2026, 4, 30), SESSIONS)

    assert [(due.name, due.on) for due in found if due.kind is DueKind.CASH] == [("joint", date(2026, 4, 8))]


def test_what_is_switched_off_is_never_due() -> None:
    nothing = Schedule(sweep=None, drift_sessions=0, digest_day=0, year_end=False)

    found = foreseen(nothing, (), (), date(2026, 1, 1), date(2026, 12, 31), SESSIONS)

    assert {due.kind for due in found} == {DueKind.RECONCILE}
