"""Three years of a calendar in virtual time, with reboots and clock jumps: `python -m tests.schedule.years 1000`."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

import structlog

from adapters.store.due_book import SqliteDueBook
from bot.domain.schedule import Due, DueKind, DueRecord, DueState
from tests.schedule import oracle
from tests.schedule.world import SKEW, VirtualClock, World, expected

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
JUMPS = tuple(timedelta(hours=hours) for hours in (-720, -49, -24, -3, -1, 1, 2, 5, 26, 73, 800))


@dataclass
class Story:
    """What happened in some years, and everything that was not as promised."""

    complaints: list[str]
    states: Counter[DueState]
    deaths: int
    jumps: int
    ticks: int
    refused: int
    again: int


def live(path: Path, first: date, last: date, disruptions: int, seed: int) -> Story:
    """Live from the first day to the last; about so many reboots and clock jumps, spread evenly by chance."""
    random = Random(seed)
    world = World(path=path, random=random, clock=VirtualClock(true=oracle.at(first, time(0))))
    never = world.pay(first - timedelta(days=5), last)
    days = (last - first).days + 1
    per_day = disruptions / days
    asleep_until, jumps = world.clock.true, 0
    for on in oracle.days(first, last):
        for moment in _moments(on, random):
            world.clock.true = moment
            if world.clock.wrong and random.random() < 0.3:
                world.clock.wrong = timedelta()
            if random.random() < per_day / 40:
                world.clock.wrong = random.choice(JUMPS)
                jumps += 1
            if random.random() < 0.002:
                world.clock.wrong = random.choice((-1, 1)) * SKEW / 2
            if moment < asleep_until:
                continue
            if random.random() < 0.02:
                world.household.plan = f"P-{on}"
            world.chance = per_day / 40
            if random.random() < per_day / 40 or not world.ring_or_die():
                world.deaths["reboot"] += 1
                world.shut()
                asleep_until = moment + _downtime(random)
    _rest(world, last)
    world.shut()
    return judge(world, path, first, last, never, jumps)


def _moments(on: date, random: Random) -> list[datetime]:
    """When three schedulers ring on a day: one every hour, a timer at a quarter to ten, a cron line at four."""
    hourly = [oracle.at(on, time(0)) + timedelta(minutes=60 * n + random.randrange(60)) for n in range(24)]
    timer = oracle.at(on, time(9, 45)) + timedelta(minutes=random.randrange(10))
    return sorted([*hourly, timer, oracle.at(on, time(16, 5))])


def _downtime(random: Random) -> timedelta:
    """Minutes mostly, hours often, a week now and then, a month once in a while."""
    kind = random.random()
    if kind < 0.6:
        return timedelta(minutes=random.randrange(1, 90))
    if kind < 0.95:
        return timedelta(hours=random.randrange(2, 60))
    return timedelta(days=random.randrange(4, 12) if kind < 0.99 else random.randrange(22, 40))


def _rest(world: World, last: date) -> None:
    """A fortnight without trouble, so that whatever waits comes to its end."""
    world.chance, world.clock.wrong, world.household.plan = 0.0, timedelta(), ""
    for on in oracle.days(last + oracle.DAY, last + timedelta(days=21)):
        for hour in (5, 10, 12, 15, 20):
            world.clock.true = oracle.at(on, time(hour, 5))
            world.ring()


def judge(world: World, path: Path, first: date, last: date, never: set[tuple[str, date]], jumps: int) -> Story:
    """Every due date once, at a legal hour, and told where it was not served."""
    with SqliteDueBook(path) as book:
        begun_on = book.begun_on()
        assert begun_on is not None
        rows = {_key(one): one for one in book.records(date.min)}
    wanted = {key for key in expected(first, last) if key[2] >= begun_on}
    mine = {key: row for key, row in rows.items() if key[2] <= last and key[0] is not DueKind.SEND}
    complaints = [f"never written down: {key}" for key in sorted(wanted - mine.keys())]
    complaints += [f"was never due: {key}" for key in sorted(mine.keys() - wanted)]
    complaints += [f"not over: {row}" for row in mine.values() if not row.state.is_final]
    complaints += _times(world)
    complaints += _counts(world, mine, never)
    complaints += [
        f"{row.due} gave way to nothing"
        for row in mine.values()
        if row.state is DueState.SUPERSEDED and not _has_a_later(row.due, rows)
    ]
    again = sum(world.household.died_in.values())
    return Story(
        complaints=complaints,
        states=Counter(row.state for row in rows.values()),
        deaths=sum(world.deaths.values()),
        jumps=jumps,
        ticks=world.ticks,
        refused=world.refused,
        again=again,
    )


def _key(record: DueRecord) -> tuple[DueKind, str, date]:
    return record.due.kind, record.due.name, record.due.on


def _times(world: World) -> list[str]:
    """What ran at an hour at which it must not."""
    found = []
    for run in world.household.runs:
        on = oracle.local(run.at).date()
        opens, shuts = oracle.hours(on)
        if not oracle.trades(on) or not opens - SKEW <= run.at < shuts + SKEW:
            found.append(f"a run at {oracle.local(run.at)}")
        found += [f"{due} ran at {run.at}" for due in run.dues if not _ripe(due, run.at, opens)]
    for other in world.household.others:
        (due,) = other.dues
        ripe = (
            oracle.close(due.on) + timedelta(hours=1) if due.kind is DueKind.RECONCILE else oracle.at(due.on, time(4))
        )
        if other.at < ripe - SKEW or (oracle.local(other.at) + SKEW).time() < time(4):
            found.append(f"{due} at {oracle.local(other.at)}")
    return found


def _ripe(due: Due, at: datetime, opens: datetime) -> bool:
    early = due.kind is DueKind.SEND or oracle.local(at).date() > due.on
    begins = opens if early else min(oracle.at(due.on, time(10)), oracle.hours(due.on)[1])
    return oracle.local(at).date() >= due.on and at >= begins - SKEW


def _counts(world: World, rows: dict[tuple[DueKind, str, date], DueRecord], never: set[tuple[str, date]]) -> list[str]:
    """What was done more or less than once, and money that was not told of."""
    household = world.household
    done = Counter(due for one in (*household.runs, *household.others) for due in one.dues)
    missing, late = Counter(household.missing), set(household.late)
    found = []
    for row in rows.values():
        due, state = row.due, row.state
        allowed = household.died_in[due]
        times = done[due]
        if state is DueState.DONE and times != 1 + allowed:
            found.append(f"{due} was done {times} times, and the machine died in it {allowed} times")
        if state is not DueState.DONE and times > allowed:
            found.append(f"{due} is {state} and was done {times} times")
        if state is DueState.GIVEN_UP and due not in missing and due not in late:
            found.append(f"nobody was told of {due}")
        if state is DueState.DONE and due.kind.wants_money and (due.name, due.on) in never:
            found.append(f"{due} was served without its money")
    return found


def _has_a_later(due: Due, rows: dict[tuple[DueKind, str, date], DueRecord]) -> bool:
    return any(row.due.group == due.group and row.due.on > due.on for row in rows.values())


def main(disruptions: int, seeds: range) -> int:
    """Three years for each seed; how many went wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wrong = 0
    for seed in seeds:
        begun = perf_counter()
        with tempfile.TemporaryDirectory(dir=_fast()) as folder:
            story = live(Path(folder) / "ledger.sqlite3", FIRST, LAST, disruptions, seed)
        states = ", ".join(f"{state.value} {count}" for state, count in sorted(story.states.items()))
        print(  # noqa: T201 - this is a command
            f"seed {seed}: {story.ticks} rings, {story.deaths} reboots, {story.jumps} clock jumps, "
            f"{story.refused} kept out, {story.again} again after a death; {states}; "
            f"{len(story.complaints)} complaints, {perf_counter() - begun:.0f} s"
        )
        for complaint in story.complaints[:20]:
            print("  ", complaint)  # noqa: T201 - same
        wrong += bool(story.complaints)
    return wrong


def _fast() -> str | None:
    """A folder in memory, where there is one: the promises about disks are shown elsewhere."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own inside it


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first_seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    last_seed = int(sys.argv[3]) if len(sys.argv) > 3 else first_seed
    sys.exit(1 if main(count, range(first_seed, last_seed + 1)) else 0)
