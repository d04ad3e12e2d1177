"""Everything that is due between two days, and from which instant on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.domain.readings import Login
from bot.domain.schedule import Due, DueKind, Monthly, PayDate, Roll, Schedule, Source
from bot.engine.due.rhythms import paydays
from bot.engine.due.sessions import (
    AFTERMATH,
    MORNING,
    NEW_YORK,
    Sessions,
    instant,
    new_york_date,
    rolled,
    sessions_between,
    trading_hours,
)

LOGIN_DAYS = (2, 1, 0)  # before its end
LAST_DAYS = 5  # sessions before the year's last: what must trade this year still can
SOURCES = {
    Source.BY_HAND: "set by hand",
    Source.ANNOUNCED: "announced",
    Source.LEARNED: "as it paid before",
    Source.ARRIVED: "it has come",
}


def foreseen(
    schedule: Schedule,
    pay_dates: Iterable[PayDate],
    logins: Iterable[Login],
    first: date,
    last: date,
    sessions: Sessions,
) -> tuple[Due, ...]:
    """Every due date from the first day to the last, both included, in order, each key once.

    `pay_dates` are those that were learned or announced; the schedule has those set by hand.
    """
    found = [
        *_paydays(schedule, first, last, sessions),
        *_pay_dates((*schedule.pay_dates, *(pay_dates if schedule.dividends else ())), first, last, sessions),
        *_looks(schedule, first, last, sessions),
        *_tokens(logins, first, last),
        *(
            Due(kind=DueKind.RECONCILE, on=session.on, why="what became of the day's orders")
            for session in sessions_between(first, last, sessions)
        ),
    ]
    if schedule.digest_day:
        days = paydays(Monthly(days=(schedule.digest_day,)), Roll.NEXT, first, last, sessions)
        found += [Due(kind=DueKind.DIGEST, on=on, why="the month in one letter") for on in days]
    return tuple(sorted(dict.fromkeys(found)))


def due_at(due: Due, schedule: Schedule, sessions: Sessions) -> datetime:
    """The instant from which something is due on its day, whenever it will then be taken up."""
    session = sessions(due.on)
    if due.kind is DueKind.RECONCILE and session is not None:
        return session.closes_at + AFTERMATH
    if not due.kind.may_trade or session is None:
        return instant(due.on, MORNING)
    opens, shuts = trading_hours(session)
    at = opens if due.kind is DueKind.SEND else instant(due.on, schedule.at)
    return min(max(at, opens), shuts)


def may_begin(due: Due, now: datetime, schedule: Schedule, sessions: Sessions) -> bool:
    """Whether a run for it may begin at that instant: its time has come, and the hour is a legal one for its kind."""
    if now < due_at(due, schedule, sessions):
        return False
    if not due.kind.may_trade:
        return now.astimezone(NEW_YORK).time() >= MORNING
    session = sessions(new_york_date(now))
    if session is None:
        return False
    opens, shuts = trading_hours(session)
    return opens <= now < shuts


def _paydays(schedule: Schedule, first: date, last: date, sessions: Sessions) -> Iterator[Due]:
    for payday in schedule.paydays:
        amount = f"about {payday.amount}" if payday.amount is not None else "a deposit"
        for on in paydays(payday.rhythm, payday.roll, first, last, sessions):
            yield Due(kind=DueKind.PAYDAY, on=on, name=payday.name, why=f"{amount} should be in {payday.account}")


def _pay_dates(known: Iterable[PayDate], first: date, last: date, sessions: Sessions) -> Iterator[Due]:
    for one in known:
        on = rolled(one.on, Roll.NEXT, sessions)
        if not first <= on <= last:
            continue
        if one.source is Source.ARRIVED:
            yield Due(kind=DueKind.CASH, on=on, name=one.account, why=f"money came into {one.account}")
        else:
            why = f"{one.symbol or 'a fund'} pays into {one.account} ({SOURCES[one.source]})"
            yield Due(kind=DueKind.DIVIDEND, on=on, name=f"{one.account}:{one.symbol}", why=why)


def _looks(schedule: Schedule, first: date, last: date, sessions: Sessions) -> Iterator[Due]:
    if schedule.sweep is not None:
        for on in paydays(schedule.sweep, Roll.NEXT, first, last, sessions):
            yield Due(kind=DueKind.SWEEP, on=on, why="the quarterly sweep")
    for year in range(first.year, last.year + 1):
        yield from (due for due in _looks_of(year, schedule, sessions) if first <= due.on <= last)


def _looks_of(year: int, schedule: Schedule, sessions: Sessions) -> Iterator[Due]:
    days = _sessions_of(year, sessions)
    if schedule.drift_sessions:
        why = f"a look at the drift, every {schedule.drift_sessions} sessions"
        for on in days[:: schedule.drift_sessions]:
            yield Due(kind=DueKind.DRIFT, on=on, why=why)
    if schedule.year_end:
        december = next(on for on in days if on.month == 12)
        yield Due(kind=DueKind.YEAR_END, on=december, name="december", why="what the year still asks for")
        yield Due(kind=DueKind.YEAR_END, on=days[-LAST_DAYS], name="last days", why="the year's last days to trade")


@lru_cache(maxsize=16)
def _sessions_of(year: int, sessions: Sessions) -> tuple[date, ...]:
    """The sessions of a year; asked for at each look at the agenda, and never another answer."""
    return tuple(session.on for session in sessions_between(date(year, 1, 1), date(year, 12, 31), sessions))


def _tokens(logins: Iterable[Login], first: date, last: date) -> Iterator[Due]:
    for login in logins:
        ends = new_york_date(login.expires_at)
        for days in LOGIN_DAYS:
            on = ends - timedelta(days=days)
            if first <= on <= last:
                yield Due(kind=DueKind.TOKEN, on=on, name=login.name, why=f"the login {login.name} ends on {ends}")
