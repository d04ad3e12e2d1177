"""A household in virtual time whose machine dies, sleeps and mistakes the hour, and which notes all it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from adapters.calendar import ExchangeCalendar
from adapters.store.due_book import SqliteDueBook
from adapters.store.lock import single_instance
from bot.domain.errors import TryLater
from bot.domain.money import Usd
from bot.domain.readings import Activity, ActivityKind, Login
from bot.domain.schedule import (
    LAST,
    Due,
    DueKind,
    DueRecord,
    EveryTwoWeeks,
    Monthly,
    NthWeekday,
    PayDate,
    Payday,
    Roll,
    Schedule,
    Source,
)
from bot.engine.due.money import Wanted
from bot.services.agenda import tick
from bot.services.due_work import Agenda, Tick
from tests.schedule import oracle

ANCHOR = date(2024, 1, 5)
NEVER = 0.03  # how often money does not come at all
SKEW = timedelta(minutes=2)
SCHEDULERS = 3
SCHEDULE = Schedule(
    paydays=(
        Payday(
            name="self", account="brokerage", rhythm=Monthly(days=(15, LAST)), amount=Usd.of(3000), tolerance=Usd.of(50)
        ),
        Payday(
            name="spouse",
            account="joint",
            rhythm=EveryTwoWeeks(anchor_on=ANCHOR),
            roll=Roll.NEXT,
            amount=Usd.of(2100),
            tolerance=Usd.of(10),
        ),
        Payday(name="rent", account="brokerage", rhythm=NthWeekday(nth=-1, weekday=4), amount=Usd.of(800)),
    ),
    pay_dates=tuple(
        PayDate(on=date(year, month, 26), account="joint", symbol="VTI", source=Source.BY_HAND)
        for year in (2024, 2025, 2026)
        for month in (3, 6, 9, 12)
    ),
)


class Died(BaseException):
    """The machine is gone."""


@dataclass
class VirtualClock:
    """The machine's clock: true time, and by how much it is wrong."""

    true: datetime
    wrong: timedelta = timedelta()

    def now(self) -> datetime:
        return self.true + self.wrong

    def wait(self, seconds: int) -> None:
        self.true += timedelta(seconds=seconds)

    def steady(self) -> timedelta:
        return timedelta()


class NoPause:
    """Nobody has paused anything."""

    def until(self) -> date | None:
        return None

    def begin(self, until: date, why: str) -> None:
        raise AssertionError

    def end(self) -> bool:
        return False


@dataclass(frozen=True)
class Done:
    """One thing that was asked of the household: when in truth, and for which due dates."""

    at: datetime
    dues: tuple[Due, ...]


@dataclass
class Household:
    """What a `Work` promises, on a broker that keeps true time; `die` is asked wherever a machine may die."""

    clock: VirtualClock
    random: Random
    die: Callable[[str], None]
    money: list[Activity] = field(default_factory=list)
    plan: str = ""
    runs: list[Done] = field(default_factory=list)
    others: list[Done] = field(default_factory=list)
    missing: list[Due] = field(default_factory=list)
    late: list[Due] = field(default_factory=list)
    died_in: Counter[Due] = field(default_factory=Counter)
    in_flight: set[Due] = field(default_factory=set)
    meanwhile: Callable[[], None] = lambda: None

    def logins(self) -> Sequence[Login]:
        return ()

    def to_send(self) -> str:
        return self.plan

    def check_clocks(self) -> None:
        if abs(self.clock.wrong) > SKEW:
            raise TryLater("the clocks do not agree")

    def market_is_open(self) -> bool:
        now = self.clock.true
        on = oracle.local(now).date()
        return oracle.trades(on) and oracle.at(on, time(9, 30)) <= now < oracle.close(on)

    def activities(self, accounts: Sequence[str], since: date) -> tuple[Activity, ...]:
        today = oracle.local(self.clock.true).date()
        return tuple(one for one in self.money if one.account in accounts and since <= one.on <= today)

    def trade(self, dues: Sequence[Due]) -> tuple[Due, ...]:
        self.die("before the run")
        self.runs.append(Done(self.clock.true, tuple(dues)))
        self.in_flight.update(dues)
        self.meanwhile()
        if any(due.kind is DueKind.SEND for due in dues):
            self.plan = ""
        self.die("after the run")
        return ()

    def alone(self, due: Due) -> None:
        self.die("before it")
        self.others.append(Done(self.clock.true, (due,)))
        self.in_flight.add(due)
        self.meanwhile()
        self.die("after it")

    def tell_missing(self, missing: Wanted, found: Sequence[Activity]) -> None:
        self.missing.append(missing.due)

    def tell_too_late(self, dues: Sequence[Due]) -> None:
        self.late.extend(dues)

    def died(self) -> None:
        """What was done and not written down yet will be done again."""
        self.died_in.update(self.in_flight)
        self.in_flight.clear()


class Perishable(SqliteDueBook):
    """The real book, on a machine that may die before and after anything is written."""

    die: Callable[[str], None]
    in_flight: set[Due]

    def claim(self, records: Iterable[DueRecord]) -> tuple[Due, ...]:
        rows = list(records)
        self.die("before a claim")
        ours = super().claim(rows)
        self.die("after a claim")
        return ours

    def move(self, records: Iterable[DueRecord]) -> None:
        rows = list(records)
        self.die("before it is written down")
        super().move(rows)
        self.in_flight.difference_update(row.due for row in rows)
        self.die("after it was written down")


@dataclass
class World:
    """Three schedulers over one book, and everything that can happen to the machine they run on."""

    path: Path
    random: Random
    clock: VirtualClock
    schedule: Schedule = SCHEDULE
    chance: float = 0.0
    deaths: Counter[str] = field(default_factory=Counter)
    ticks: int = 0
    refused: int = 0
    calendar: ExchangeCalendar = field(default_factory=ExchangeCalendar)
    books: dict[int, Perishable] = field(default_factory=dict)
    household: Household = field(init=False)

    def __post_init__(self) -> None:
        self.household = Household(clock=self.clock, random=self.random, die=self.die)
        self.household.meanwhile = self.meanwhile

    def die(self, where: str) -> None:
        if self.random.random() < self.chance:
            self.deaths[where] += 1
            raise Died(where)

    def meanwhile(self) -> None:
        """Another scheduler rings while one is at work: it must be kept out."""
        try:
            self.ring()
        except TryLater:
            self.refused += 1

    def ring(self) -> Tick:
        """One scheduler rings: its own lock, its own connection."""
        self.ticks += 1
        with single_instance(self.path):
            book = self.books.get(self.ticks % SCHEDULERS) or self.open()
            self.books[self.ticks % SCHEDULERS] = book
            return tick(
                Agenda(
                    schedule=self.schedule,
                    calendar=self.calendar,
                    clock=self.clock,
                    book=book,
                    pause=NoPause(),
                    work=self.household,
                )
            )

    def open(self) -> Perishable:
        """A scheduler's own connection, which lasts as long as its machine."""
        book = Perishable(self.path)
        book.die, book.in_flight = self.die, self.household.in_flight
        return book

    def shut(self) -> None:
        """All connections are gone."""
        for book in self.books.values():
            book.close()
        self.books.clear()

    def ring_or_die(self) -> bool:
        """Whether the machine lived through a ring."""
        try:
            self.ring()
        except Died:
            self.household.died()
            self.shut()
            return False
        except TryLater:
            return True
        return True

    def pay(self, first: date, last: date) -> set[tuple[str, date]]:
        """Money on its way for all paydays and pay dates, early, late or never; those that never come."""
        never = set()
        for name, account, amount, kind, symbol, on in incomes(first, last):
            if self.random.random() < NEVER:
                never.add((name, on))
                continue
            lag = self.random.choice((-1, 0, 0, 0, 0, 1, 1, 2, 3))
            self.household.money.append(
                Activity(
                    activity_id=f"{name}-{on}",
                    account=account,
                    kind=kind,
                    on=on + timedelta(days=lag),
                    net=Usd.of(Decimal(amount)),
                    symbol=symbol,
                )
            )
        return never


def incomes(first: date, last: date) -> Iterator[tuple[str, str, int, ActivityKind, str, date]]:
    """(name, account, dollars, kind, symbol, day) of everything that is paid, by the oracle."""
    for on in oracle.semi_monthly(first, last):
        yield "self", "brokerage", 3020, ActivityKind.DEPOSIT, "", on
    for on in oracle.fortnightly(ANCHOR, first, last):
        yield "spouse", "joint", 2100, ActivityKind.DEPOSIT, "", on
    for on in oracle.last_fridays(first, last):
        yield "rent", "brokerage", 800, ActivityKind.DEPOSIT, "", on
    for one in SCHEDULE.pay_dates:
        if first <= one.on <= last:
            yield "joint:VTI", "joint", 55, ActivityKind.DIVIDEND, "VTI", oracle.after(one.on)


def expected(first: date, last: date) -> set[tuple[DueKind, str, date]]:
    """Every due date of the schedule between two days, by the oracle."""
    december, ending = oracle.year_ends(first, last)
    return {
        *(
            (DueKind.PAYDAY, name, on)
            for name, _, _, kind, _, on in incomes(first, last)
            if kind is ActivityKind.DEPOSIT
        ),
        *(
            (DueKind.DIVIDEND, name, on)
            for name, _, _, kind, _, on in incomes(first, last)
            if kind is ActivityKind.DIVIDEND
        ),
        *((DueKind.SWEEP, "", on) for on in oracle.second_tuesdays(first, last)),
        *((DueKind.DRIFT, "", on) for on in oracle.every_tenth_session(first, last)),
        *((DueKind.YEAR_END, "december", on) for on in december),
        *((DueKind.YEAR_END, "last days", on) for on in ending),
        *((DueKind.RECONCILE, "", on) for on in oracle.sessions(first, last)),
        *((DueKind.DIGEST, "", on) for on in oracle.first_of_month(first, last)),
    }
