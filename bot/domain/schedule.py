"""When something is due: paydays, pay dates and the other days of a household's year, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import Usd

LAST = 31  # as a day of the month: whatever day ends it
EVERY_MONTH = tuple(range(1, 13))
QUARTERS = (1, 4, 7, 10)


class DueKind(StrEnum):
    """What a day is for."""

    PAYDAY = "payday"
    DIVIDEND = "dividend"
    CASH = "cash"  # money that nobody had expected has come
    SWEEP = "sweep"
    DRIFT = "drift"
    YEAR_END = "year_end"
    SEND = "send"  # an approved plan
    RECONCILE = "reconcile"  # an hour after the close: what became of the day's orders
    TOKEN = "token"  # noqa: S105 - a word of the settings, not a secret
    DIGEST = "digest"

    @property
    def may_trade(self) -> bool:
        """Whether its run may send orders, and so belongs into a session."""
        return self not in {DueKind.RECONCILE, DueKind.TOKEN, DueKind.DIGEST}

    @property
    def wants_money(self) -> bool:
        """Whether its broker is asked first if the money has come."""
        return self in {DueKind.PAYDAY, DueKind.DIVIDEND}


class DueState(StrEnum):
    """What became of a due date; the last three are final."""

    CLAIMED = "claimed"  # a run has begun for it
    WAITING = "waiting"  # for the money, or for whatever kept its run from ending well
    DONE = "done"
    SUPERSEDED = "superseded"  # a later one of its kind was served in its place
    GIVEN_UP = "given_up"

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self not in {DueState.CLAIMED, DueState.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Due:
    """One due date: kind, name among those of its kind, and New York day are its key; `why` is for people."""

    kind: DueKind
    on: date
    name: str = ""
    why: str = field(default="", compare=False)

    @property
    def group(self) -> tuple[DueKind, str]:
        """What a later due date may take the place of."""
        return self.kind, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRecord:
    """What the due-date book says of one due date; `tries` counts how often a run was begun for it.

    A waiting one is asked for again from `again_at` on.
    """

    due: Due
    state: DueState
    moved_at: datetime
    tries: int = 0
    again_at: datetime | None = None
    note: str = ""


class Roll(StrEnum):
    """Where a day goes on which the exchange is shut."""

    PREVIOUS = "previous"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """Days of the month, such as 15 and LAST; a day that a month does not have is its last one."""

    days: tuple[int, ...]
    months: tuple[int, ...] = EVERY_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class NthWeekday:
    """The n-th Monday (0) to Friday (4) of a month; -1 is the last one."""

    nth: int
    weekday: int
    months: tuple[int, ...] = EVERY_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryTwoWeeks:
    """Every fourteenth day, in both directions from one that is known."""

    anchor_on: date


Rhythm = Monthly | NthWeekday | EveryTwoWeeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Payday:
    """Money that comes into an account again and again: how much, give or take `tolerance`, and when.

    `early_days` and `late_days` are calendar days between the due day and the day on which it may truly come. Without
    an amount any deposit will do.
    """

    name: str
    account: str
    rhythm: Rhythm
    roll: Roll = Roll.PREVIOUS
    amount: Usd | None = None
    tolerance: Usd = Usd()
    early_days: int = 3
    late_days: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What payroll puts into an account that no program can reach; `funds` are percents of the amount, 100 together."""

    account: str
    amount: Usd
    rhythm: Rhythm
    funds: tuple[tuple[str, Decimal], ...]
    roll: Roll = Roll.NEXT


class Source(StrEnum):
    """How a pay date is known."""

    BY_HAND = "by_hand"
    ANNOUNCED = "announced"
    LEARNED = "learned"
    ARRIVED = "arrived"  # nobody expected it, and it is there


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PayDate:
    """A day on which money should come into an account: a dividend, or (without a symbol) what simply arrived."""

    on: date
    account: str
    symbol: str = ""
    source: Source = Source.LEARNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A household's due dates.

    `dividends`: whether pay dates are learned and announced ones are heeded, beside those set by hand (`pay_dates`).
    `drift_sessions`: a look on every so many sessions, counted from the year's first; 0 for none. `digest_day`: the day
    of the month of a letter; 0 for none. `at`: the New York time from which runs that may trade begin. `wait_sessions`:
    how long money is waited for after its day. `catch_up_days`: how old a missed due date may be and still be served.
    """

    paydays: tuple[Payday, ...] = ()
    pay_dates: tuple[PayDate, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    dividends: bool = True
    sweep: Rhythm | None = NthWeekday(nth=2, weekday=1, months=QUARTERS)
    drift_sessions: int = 10
    digest_day: int = 1
    year_end: bool = True
    at: time = time(10)
    wait_sessions: int = 3
    catch_up_days: int = 20
