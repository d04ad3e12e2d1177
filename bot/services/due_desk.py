"""Takes up what is due at one instant: claims it, asks for its money, has it run, and writes down what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.domain.errors import RebaloopError
from bot.domain.readings import Activity
from bot.domain.schedule import Due, DueKind, DueRecord, DueState
from bot.engine.due.money import Wanted, arrived, wanted
from bot.engine.due.sessions import Sessions
from bot.engine.due.sorting import waited_enough
from bot.services.due_work import Agenda, Tick

ASK_AGAIN = timedelta(hours=1)  # for money that has not come
TRY_AGAIN = timedelta(minutes=15)  # after a run that failed, or that left something to send

Result = TypeVar("Result")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One look at the agenda: its instant, and what the book said then."""

    agenda: Agenda
    now: datetime
    sessions: Sessions
    records: Mapping[Due, DueRecord]

    def settle(self, dues: Iterable[Due], state: DueState, note: str = "") -> tuple[Due, ...]:
        """Write down at once what needs no run; those that were not over yet."""
        rows = [self._row(due, state, note) for due in dues]
        return self.agenda.book.claim(rows) if rows else ()

    def too_late(self, dues: Sequence[Due]) -> tuple[Due, ...]:
        """Told first, written down after: a crash in between means the same letter twice, never none."""
        if dues:
            self.agenda.work.tell_too_late(dues)
        return self.settle(dues, DueState.GIVEN_UP, "nothing ran in time")

    def alone(self, due: Due) -> Tick:
        """What may be done at any hour."""
        claimed = self._row(due, DueState.CLAIMED)
        if not self.agenda.book.claim([claimed]):
            return Tick()
        self._held_to([claimed], lambda: self.agenda.work.alone(due))
        self._end([self._row(due, DueState.DONE)])
        return Tick(served=(due,))

    def trade(self, dues: Sequence[Due]) -> Tick:
        """One run for everything that may begin now and whose money, if it waits for some, has come."""
        asked = [one for due in dues if due.kind.wants_money and (one := wanted(due, self.agenda.schedule)) is not None]
        history = self._history(asked)
        come = arrived(asked, history)
        awaited = {one.due for one in asked}
        able = [due for due in dues if not due.kind.wants_money or due in come]
        latest = {due.group: due for due in able}
        rows = [
            *(self._row(due, DueState.CLAIMED) for due in latest.values()),
            *(self._row(due, DueState.SUPERSEDED) for due in able if due is not latest[due.group]),
            *(self._missing(one, history) for one in asked if one.due not in come),
            *(
                self._row(due, DueState.GIVEN_UP, "the settings do not know it any more")
                for due in dues
                if due.kind.wants_money and due not in awaited
            ),
        ]
        ours = frozenset(self.agenda.book.claim(rows))
        by_state = {state: [row for row in rows if row.due in ours and row.state is state] for state in DueState}
        claimed = by_state[DueState.CLAIMED]
        served = self._run(claimed) if claimed else ()
        waiting = [row.due for row in (*by_state[DueState.WAITING], *claimed) if row.due not in served]
        return Tick(
            served=served,
            superseded=tuple(row.due for row in by_state[DueState.SUPERSEDED]),
            waiting=tuple(waiting),
            given_up=tuple(row.due for row in by_state[DueState.GIVEN_UP]),
        )

    def _history(self, asked: Sequence[Wanted]) -> tuple[Activity, ...]:
        if not asked:
            return ()
        accounts = sorted({one.account for one in asked})
        return self.agenda.work.activities(accounts, min(one.first_on for one in asked))

    def _missing(self, one: Wanted, history: Sequence[Activity]) -> DueRecord:
        """It is asked for again, or, when it was waited for long enough, its owner is told."""
        if not waited_enough(one.due, self.now, self.agenda.schedule, self.sessions):
            return self._row(one.due, DueState.WAITING, "the money has not come", ASK_AGAIN)
        self.agenda.work.tell_missing(one, history)
        return self._row(one.due, DueState.GIVEN_UP, "the money did not come")

    def _run(self, claimed: Sequence[DueRecord]) -> tuple[Due, ...]:
        """The run; those that it served. What it could not serve yet waits for a later one."""
        dues = [row.due for row in claimed]
        left = self._held_to(claimed, lambda: self.agenda.work.trade(dues))
        served = tuple(due for due in dues if due not in left)
        self._end([*(self._row(due, DueState.DONE) for due in served), *(self._left(due) for due in left)])
        return served

    def _left(self, due: Due) -> DueRecord:
        """What a run could not serve yet: the money is there, and goes with the next plan that can be drawn."""
        if due.kind is not DueKind.SEND and waited_enough(due, self.now, self.agenda.schedule, self.sessions):
            return self._row(due, DueState.DONE, "the next plan takes it up")
        wait = TRY_AGAIN if due.kind is DueKind.SEND else ASK_AGAIN
        return self._row(due, DueState.WAITING, "something that was begun comes first", wait)

    def _held_to(self, claimed: Sequence[DueRecord], work: Callable[[], Result]) -> Result:
        """Do it; where it fails, what it was for is tried again a little later."""
        try:
            return work()
        except Exception as problem:
            note = problem.message if isinstance(problem, RebaloopError) else type(problem).__name__
            self.agenda.book.move([self._row(row.due, DueState.WAITING, note, TRY_AGAIN) for row in claimed])
            raise

    def _end(self, rows: Sequence[DueRecord]) -> None:
        """All of it at once: a run that served several due dates served them all, or none of them."""
        self.agenda.book.move(rows)
        for row in rows:
            due = row.due
            _log.info("agenda.moved", kind=due.kind.value, name=due.name, on=due.on.isoformat(), state=row.state.value)

    def _row(self, due: Due, state: DueState, note: str = "", wait: timedelta | None = None) -> DueRecord:
        """What the book should say of it next."""
        tries = self.records[due].tries if due in self.records else 0
        return DueRecord(
            due=due,
            state=state,
            moved_at=self.now,
            tries=tries + 1 if state is DueState.CLAIMED else tries,
            again_at=None if wait is None else self.now + wait,
            note=note,
        )
