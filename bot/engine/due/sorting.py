"""Sorts what is due by what the book says of it: what a run takes up now, what it stands in for, what came too late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.schedule import Due, DueKind, DueRecord, Schedule
from bot.engine.due.calendar import may_begin
from bot.engine.due.sessions import DAY, Sessions, later_session, new_york_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """`ready` may begin now; each of `superseded` has a later one of its kind among them; `too_late` nobody serves."""

    ready: tuple[Due, ...] = ()
    superseded: tuple[Due, ...] = ()
    too_late: tuple[Due, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ready or self.superseded or self.too_late)


def sort_out(
    dues: Iterable[Due],
    records: Mapping[Due, DueRecord],
    now: datetime,
    schedule: Schedule,
    sessions: Sessions,
    *,
    paused: bool = False,
) -> Sorted:
    """What to do at an instant. While it is paused whatever may trade is left alone.

    What a run took up and never ended is ready again: its process has died. Of the same kind and name only the latest
    is served; those that want money are all looked at, because each is asked for by itself.
    """
    groups: dict[tuple[DueKind, str], list[Due]] = {}
    for due in sorted(dues, key=lambda due: due.on):
        held = paused and due.kind.may_trade
        if not held and may_begin(due, now, schedule, sessions):
            groups.setdefault(due.group, []).append(due)
    oldest = new_york_date(now) - timedelta(days=schedule.catch_up_days)
    parts = [_sorted(group, records, now, oldest) for group in groups.values()]
    return Sorted(
        ready=tuple(due for part in parts for due in part.ready),
        superseded=tuple(due for part in parts for due in part.superseded),
        too_late=tuple(due for part in parts for due in part.too_late),
    )


def _sorted(group: Sequence[Due], records: Mapping[Due, DueRecord], now: datetime, oldest: date) -> Sorted:
    """The same for the due dates of one kind and name whose time has come, the oldest first."""
    unsettled = [due for due in group if due not in records or not records[due].state.is_final]
    latest = group[-1]
    before = [due for due in unsettled if due is not latest]
    if latest.kind.wants_money:
        in_time = [due for due in unsettled if due.on >= oldest]
        late = [due for due in unsettled if due.on < oldest]
        ready = tuple(due for due in in_time if not _is_put_off(due, records, now))
        return Sorted(ready=ready, superseded=tuple(late)) if in_time else Sorted(too_late=tuple(late))
    if latest not in unsettled or _is_put_off(latest, records, now):
        return Sorted(superseded=tuple(before))
    if latest.on < oldest:
        return Sorted(too_late=(latest,), superseded=tuple(before))
    return Sorted(ready=(latest,), superseded=tuple(before))


def _is_put_off(due: Due, records: Mapping[Due, DueRecord], now: datetime) -> bool:
    """Whether it waits, and its time to be asked for again has not come."""
    record = records.get(due)
    return record is not None and record.again_at is not None and now < record.again_at


def waited_enough(due: Due, now: datetime, schedule: Schedule, sessions: Sessions) -> bool:
    """Whether money that has not come is not waited for any longer: the sessions for it are over."""
    return new_york_date(now) > later_session(due.on, schedule.wait_sessions, sessions)


def floor(begun_on: date, newest_on: date | None, today: date, schedule: Schedule) -> date:
    """The first day that has to be looked at: nothing before the book began, nothing that was long settled."""
    newest = begun_on if newest_on is None else min(newest_on, today)
    return max(begun_on, newest - timedelta(days=schedule.catch_up_days) - 25 * DAY)
