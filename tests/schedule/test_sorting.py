"""What a look at the book makes of what is due: the latest of each kind is served, the others are not forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from adapters.calendar import ExchangeCalendar
from bot.domain.schedule import Due, DueKind, DueRecord, DueState, Schedule
from bot.engine.due.sorting import Sorted, floor, sort_out, waited_enough
from tests.schedule import oracle

SESSIONS = ExchangeCalendar().session
NOW = datetime(2026, 3, 12, 11, tzinfo=oracle.NEW_YORK)  # a Thursday


def drift(day: int, month: int = 3) -> Due:
    return Due(kind=DueKind.DRIFT, on=date(2026, month, day))


def payday(day: int, month: int = 3) -> Due:
    return Due(kind=DueKind.PAYDAY, on=date(2026, month, day), name="self")


def row(due: Due, state: DueState, again_at: datetime | None = None) -> DueRecord:
    return DueRecord(due=due, state=state, moved_at=NOW, again_at=again_at)


def sort(*dues: Due, rows: tuple[DueRecord, ...] = (), now: datetime = NOW, paused: bool = False) -> Sorted:
    return sort_out(dues, {one.due: one for one in rows}, now, Schedule(), SESSIONS, paused=paused)


def test_of_several_of_one_kind_the_latest_is_served() -> None:
    assert sort(drift(10), drift(11), drift(12)) == Sorted(ready=(drift(12),), superseded=(drift(10), drift(11)))


def test_what_is_over_is_left_alone() -> None:
    assert not sort(drift(12), rows=(row(drift(12), DueState.DONE),))


def test_an_older_one_gives_way_to_one_that_was_served() -> None:
    assert sort(drift(11), drift(12), rows=(row(drift(12), DueState.DONE),)) == Sorted(superseded=(drift(11),))


def test_what_a_dead_process_took_up_is_ready_again() -> None:
    assert sort(drift(12), rows=(row(drift(12), DueState.CLAIMED),)).ready == (drift(12),)


def test_what_waits_is_asked_for_when_its_time_comes() -> None:
    later = row(drift(12), DueState.WAITING, NOW + timedelta(minutes=1))

    assert not sort(drift(12), rows=(later,))
    assert sort(drift(12), rows=(later,), now=NOW + timedelta(minutes=1)).ready == (drift(12),)


def test_every_payday_is_looked_at_by_itself() -> None:
    assert sort(payday(10), payday(12)).ready == (payday(10), payday(12))


def test_a_payday_of_long_ago_gives_way_to_a_later_one() -> None:
    found = sort(payday(30, 1), payday(12))

    assert (found.ready, found.superseded) == ((payday(12),), (payday(30, 1),))


def test_what_nobody_served_for_weeks_is_too_late_and_told() -> None:
    assert sort(drift(10, 2)).too_late == (drift(10, 2),)
    assert sort(payday(30, 1)).too_late == (payday(30, 1),)


def test_while_it_is_paused_only_what_sends_nothing_goes_on() -> None:
    reconcile = Due(kind=DueKind.RECONCILE, on=date(2026, 3, 11))

    assert sort(drift(12), payday(12), reconcile, paused=True) == Sorted(ready=(reconcile,))


def test_money_is_waited_for_until_the_sessions_for_it_are_over() -> None:
    friday = payday(6)

    assert not waited_enough(friday, datetime(2026, 3, 11, 15, tzinfo=oracle.NEW_YORK), Schedule(), SESSIONS)
    assert waited_enough(friday, datetime(2026, 3, 12, 10, tzinfo=oracle.NEW_YORK), Schedule(), SESSIONS)


def test_nothing_from_before_the_book_is_looked_at_and_nothing_open_is_missed() -> None:
    begun, today = date(2026, 3, 2), date(2026, 8, 20)

    assert floor(begun, None, begun, Schedule()) == begun
    assert floor(begun, date(2026, 6, 1), today, Schedule()) == date(2026, 4, 17)
