"""Looks into the calendar and the due-date book and sets going what is due: each date once, at a legal hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from bot.domain.schedule import Due, DueKind, DueRecord, DueState
from bot.engine.due.calendar import due_at, foreseen
from bot.engine.due.sessions import Sessions
from bot.engine.due.sorting import floor, sort_out
from bot.ports import Pause
from bot.services.due_desk import Desk
from bot.services.due_work import Agenda, Tick
from bot.services.terms import new_york_date

_log = structlog.get_logger()


def tick(agenda: Agenda) -> Tick:
    """Serve what is due now. Called again at once it does nothing; whoever calls must keep other instances out.

    Raises:
        RebaloopError: whatever stopped a run; what it was for waits, and is tried again by a later call.
    """
    now = agenda.clock.now()
    today = new_york_date(now)
    begun_on = agenda.book.begun_on()
    sessions = agenda.calendar.session
    first = floor(begun_on or today, agenda.book.newest_on(today), today, agenda.schedule)
    records = {record.due: record for record in agenda.book.records(first)}
    dues = [*_dues(agenda, first, today, sessions), *(r.due for r in records.values() if not r.state.is_final)]
    paused = is_paused(agenda.pause, today)
    todo = sort_out(dict.fromkeys(dues), records, now, agenda.schedule, sessions, paused=paused)
    if not todo:
        return Tick()
    agenda.work.check_clocks()
    if begun_on is None:
        agenda.book.begin(today)
    desk = Desk(agenda=agenda, now=now, sessions=sessions, records=records)
    at_any_hour = [due for due in todo.ready if not due.kind.may_trade]
    trading = [due for due in todo.ready if due.kind.may_trade]
    if trading and not agenda.work.market_is_open():
        _log.info("agenda.market_shut", waiting=len(trading))
        trading = []
    given_up = desk.too_late(todo.too_late)
    result = Tick(given_up=given_up, superseded=desk.settle(todo.superseded, DueState.SUPERSEDED))
    for due in at_any_hour:
        result += desk.alone(due)
    return result + desk.trade(trading) if trading else result


def is_paused(pause: Pause, today: date) -> bool:
    """Whether trading rests on that day."""
    until = pause.until()
    return until is not None and today < until


def _dues(agenda: Agenda, first: date, today: date, sessions: Sessions) -> tuple[Due, ...]:
    """What was due since the first day, with an approved plan as a due date of its own."""
    known = foreseen(agenda.schedule, agenda.book.expected(), agenda.work.logins(), first, today, sessions)
    plan = agenda.work.to_send() if sessions(today) is not None else ""
    return (*known, Due(kind=DueKind.SEND, on=today, name=plan, why="it is approved")) if plan else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """Something that will be done: from when on, and, for what has begun already, where it stands."""

    due: Due
    at: datetime
    state: DueState | None = None
    note: str = ""


def upcoming(agenda: Agenda, days: int = 100) -> tuple[Upcoming, ...]:
    """What is due next of each kind and name, and everything that waits; the first one first."""
    now = agenda.clock.now()
    today = new_york_date(now)
    sessions = agenda.calendar.session
    waiting = [record for record in agenda.book.records(today) if not record.state.is_final]
    taken = {record.due for record in agenda.book.records(today)}
    dues = foreseen(
        agenda.schedule, agenda.book.expected(), agenda.work.logins(), today, today + timedelta(days=days), sessions
    )
    first: dict[object, Upcoming] = {}
    for due in dues:
        if due not in taken:
            first.setdefault(due.group, Upcoming(due=due, at=due_at(due, agenda.schedule, sessions)))
    found = [
        *(_waiting(record, due_at(record.due, agenda.schedule, sessions)) for record in waiting),
        *first.values(),
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.due)))


def _waiting(record: DueRecord, at: datetime) -> Upcoming:
    return Upcoming(due=record.due, at=record.again_at or at, state=record.state, note=record.note)
