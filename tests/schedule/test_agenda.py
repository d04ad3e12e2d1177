"""A household's days: money that is waited for, weeks without power, a clock that is wrong, two schedulers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from adapters.store.due_book import SqliteDueBook
from adapters.store.lock import single_instance
from bot.domain.errors import LogIn, TryLater
from bot.domain.money import Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import LAST, Due, DueKind, DueRecord, DueState, Monthly, Payday, Schedule
from bot.services.agenda import upcoming
from bot.services.due_work import Agenda
from tests.schedule import oracle
from tests.schedule.world import Died, Household, NoPause, VirtualClock, World

QUIET = Schedule(
    paydays=(Payday(name="self", account="joint", rhythm=Monthly(days=(15, LAST)), amount=Usd.of(3000)),),
    sweep=None,
    drift_sessions=0,
    digest_day=0,
    year_end=False,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=oracle.NEW_YORK)


def deposit(on: str, dollars: int = 3000) -> Activity:
    return Activity(
        activity_id=on, account="joint", kind=ActivityKind.DEPOSIT, on=date.fromisoformat(on), net=Usd.of(dollars)
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Monday 2026-03-09, five in the morning, one payday on the 15th and the last."""
    built = World(
        path=tmp_path / "ledger.sqlite3",
        random=Random(1),
        clock=VirtualClock(true=at("2026-03-09 05:00")),
        schedule=QUIET,
    )
    built.household.meanwhile = lambda: None
    built.ring()
    with SqliteDueBook(built.path) as book:
        book.begin(date(2026, 3, 9))
    yield built
    built.shut()


def rows(world: World) -> dict[tuple[DueKind, date], DueRecord]:
    with SqliteDueBook(world.path) as book:
        return {(one.due.kind, one.due.on): one for one in book.records(date.min)}


def paydays(world: World) -> dict[int, DueState]:
    return {on.day: row.state for (kind, on), row in rows(world).items() if kind is DueKind.PAYDAY}


def ring_at(world: World, *times: str) -> None:
    for text in times:
        world.clock.true = at(text)
        world.ring()


def runs(world: World) -> list[str]:
    return [f"{oracle.local(run.at):%m-%d %H:%M}" for run in world.household.runs]


def test_a_payday_whose_money_is_there_has_one_run(world: World) -> None:
    world.household.money = [deposit("2026-03-12")]

    ring_at(world, "2026-03-13 09:59", "2026-03-13 10:00", "2026-03-13 10:01", "2026-03-13 14:00", "2026-03-16 10:00")

    assert runs(world) == ["03-13 10:00"]
    assert paydays(world) == {13: DueState.DONE}


def test_money_that_is_late_is_asked_for_each_hour_and_then_served(world: World) -> None:
    ring_at(world, "2026-03-13 10:00")
    world.household.money = [deposit("2026-03-16")]

    ring_at(world, "2026-03-13 10:59", "2026-03-15 12:00", "2026-03-16 09:40", "2026-03-16 11:00")

    assert runs(world) == ["03-16 09:40"]


def test_money_that_never_comes_is_told_once_and_no_run_is_made(world: World) -> None:
    ring_at(world, *(f"2026-03-{day} {hour}:00" for day in (13, 16, 17, 18, 19, 20) for hour in (10, 12, 14)))

    assert runs(world) == []
    assert [due.on.day for due in world.household.missing] == [13]
    assert paydays(world) == {13: DueState.GIVEN_UP}


def test_after_weeks_without_power_missed_paydays_are_one_run(world: World) -> None:
    world.household.money = [
        deposit(day) for day in ("2026-03-13", "2026-03-31", "2026-04-15", "2026-04-30", "2026-05-15")
    ]

    ring_at(world, "2026-05-18 09:40", "2026-05-18 09:41", "2026-05-18 15:00")

    assert runs(world) == ["05-18 09:40"]
    assert [state for _, state in sorted(rows_of_paydays(world).items())] == [DueState.SUPERSEDED] * 4 + [DueState.DONE]


def rows_of_paydays(world: World) -> dict[date, DueState]:
    return {on: row.state for (kind, on), row in rows(world).items() if kind is DueKind.PAYDAY}


def test_a_payday_that_was_missed_for_too_long_is_told_and_not_run(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    world.schedule = replace(QUIET, paydays=(replace(QUIET.paydays[0], rhythm=Monthly(days=(15,))),))

    ring_at(world, "2026-04-14 10:00", "2026-04-14 11:00")

    assert rows_of_paydays(world) == {date(2026, 3, 13): DueState.GIVEN_UP}
    assert ([due.on.day for due in world.household.late], runs(world)) == ([13], [])


def test_a_payday_at_the_weekend_is_the_session_before_it_once(world: World) -> None:
    world.household.money = [deposit("2026-05-29")]

    ring_at(world, "2026-05-29 10:00", "2026-05-30 10:00", "2026-05-31 10:00", "2026-06-01 10:00")

    assert runs(world) == ["05-29 10:00"]


def test_the_clock_set_back_does_not_bring_a_payday_twice(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]

    ring_at(world, "2026-03-13 10:00", "2026-03-13 09:50", "2026-03-13 10:00", "2026-03-12 10:00", "2026-03-13 10:30")

    assert runs(world) == ["03-13 10:00"]


def test_with_a_clock_that_is_wrong_nothing_is_taken_up(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    world.clock.true, world.clock.wrong = at("2026-03-12 10:00"), timedelta(days=1)

    with pytest.raises(TryLater, match="clocks"):
        world.ring()

    assert paydays(world) == {}


def test_a_session_that_the_broker_does_not_open_takes_no_run(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    shut = replace_market(world.household, is_open=False)
    ring_at(world, "2026-03-13 10:00")
    shut()
    ring_at(world, "2026-03-13 12:00")

    assert runs(world) == ["03-13 12:00"]


def replace_market(household: Household, *, is_open: bool) -> Callable[[], None]:
    """The broker says something else than the calendar, until the answer is called."""
    usual = household.market_is_open
    household.market_is_open = lambda: is_open  # type: ignore[method-assign]  # a broker of its own mind

    def again() -> None:
        household.market_is_open = usual  # type: ignore[method-assign]  # same

    return again


def test_a_run_that_fails_is_tried_again_a_quarter_of_an_hour_later(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    usual = world.household.trade

    def fails(_: object) -> tuple[Due, ...]:
        raise LogIn("the login has ended")

    world.household.trade = fails  # type: ignore[method-assign, assignment]  # a broker that wants its owner
    with pytest.raises(LogIn):
        ring_at(world, "2026-03-13 10:00")
    world.household.trade = usual  # type: ignore[method-assign]  # the owner was there
    ring_at(world, "2026-03-13 10:14", "2026-03-13 10:15")

    assert runs(world) == ["03-13 10:15"]
    assert rows(world)[DueKind.PAYDAY, date(2026, 3, 13)].tries == 2


def test_a_machine_that_dies_in_a_run_takes_it_up_again(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    ring_at(world, "2026-03-13 05:00")
    world.clock.true = at("2026-03-13 10:00")

    def dies(where: str) -> None:
        if where == "before it is written down":
            raise Died(where)

    world.shut()
    world.die = dies  # type: ignore[method-assign]  # this death and no other
    assert not world.ring_or_die()
    world.die = lambda where: None  # type: ignore[method-assign]  # and now it lives
    ring_at(world, "2026-03-13 10:01", "2026-03-13 10:02")

    assert runs(world) == ["03-13 10:00", "03-13 10:01"]
    assert paydays(world) == {13: DueState.DONE}


def test_an_approved_plan_is_a_due_date_of_its_own(world: World) -> None:
    ring_at(world, "2026-03-10 20:00")
    world.household.plan = "P-2026-03-10-A"

    ring_at(world, "2026-03-10 21:00", "2026-03-11 09:34", "2026-03-11 09:35", "2026-03-11 09:36")

    assert runs(world) == ["03-11 09:35"]
    assert [due.name for due in world.household.runs[0].dues] == ["P-2026-03-10-A"]


def test_each_evening_the_day_is_looked_at_once_an_hour_after_the_close(world: World) -> None:
    ring_at(world, "2026-03-09 16:59", "2026-03-09 17:00", "2026-03-09 17:01", "2026-03-10 03:00", "2026-03-10 05:00")

    looks = [f"{oracle.local(one.at):%m-%d %H:%M}" for one in world.household.others]
    assert looks == ["03-09 17:00"]


def test_two_at_once_do_no_harm(world: World) -> None:
    world.household.money = [deposit("2026-03-13")]
    kept_out: list[str] = []

    def another() -> None:
        try:
            world.ring()
        except TryLater as problem:
            kept_out.append(problem.message)

    ring_at(world, "2026-03-13 05:00")
    world.household.meanwhile = another
    ring_at(world, "2026-03-13 10:00")

    assert (runs(world), len(kept_out)) == (["03-13 10:00"], 1)
    with single_instance(world.path):
        pass


def test_a_payday_that_was_taken_out_of_the_settings_is_given_up(world: World) -> None:
    ring_at(world, "2026-03-13 10:00")
    world.schedule = replace(QUIET, paydays=())

    ring_at(world, "2026-03-13 12:00")

    row = rows(world)[DueKind.PAYDAY, date(2026, 3, 13)]
    assert (row.state, row.note) == (DueState.GIVEN_UP, "the settings do not know it any more")


def test_what_comes_next_is_told_with_what_waits(world: World) -> None:
    ring_at(world, "2026-03-13 10:00")
    with SqliteDueBook(world.path) as book:
        found = upcoming(
            Agenda(
                schedule=QUIET,
                calendar=world.calendar,
                clock=world.clock,
                book=book,
                pause=NoPause(),
                work=world.household,
            )
        )

    told = [(one.due.kind, one.due.on, one.state) for one in found]
    assert told == [
        (DueKind.PAYDAY, date(2026, 3, 13), DueState.WAITING),
        (DueKind.RECONCILE, date(2026, 3, 13), None),
        (DueKind.PAYDAY, date(2026, 3, 31), None),
    ]
    assert oracle.local(found[0].at) == at("2026-03-13 11:00")
