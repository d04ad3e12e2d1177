"""Walks over the exchange's sessions, and says in which hours of one a run may send orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.readings import Session
from bot.domain.schedule import Roll

Sessions = Callable[[date], Session | None]

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
LONGEST_CLOSURE = 14  # days; the longest since 1915 is the seven of September 2001
AFTER_OPEN, BEFORE_CLOSE = timedelta(minutes=5), timedelta(minutes=30)
AFTERMATH = timedelta(hours=1)  # then a day order can neither arrive nor be open any more
MORNING = time(4)  # no clock change comes near it, and the night's maintenance of brokers is over


def instant(on: date, at: time) -> datetime:
    """A New York time of day as an instant in UTC."""
    return datetime.combine(on, at, NEW_YORK).astimezone(UTC)


def new_york_date(at: datetime) -> date:
    """The date in New York at an instant."""
    return at.astimezone(NEW_YORK).date()


def sessions_between(first: date, last: date, sessions: Sessions) -> Iterator[Session]:
    """Every session from the first day to the last, both included."""
    for n in range((last - first).days + 1):
        session = sessions(first + n * DAY)
        if session is not None:
            yield session


def rolled(on: date, roll: Roll, sessions: Sessions) -> date:
    """The day itself where the exchange trades, otherwise the session before or after it.

    Raises:
        ValueError: where there is none within a fortnight, which is no exchange any more.
    """
    step = DAY if roll is Roll.NEXT else -DAY
    for n in range(LONGEST_CLOSURE + 1):
        if sessions(on + n * step) is not None:
            return on + n * step
    raise ValueError(f"no session within a fortnight of {on}")


def later_session(on: date, count: int, sessions: Sessions) -> date:
    """The day of the n-th session after a day."""
    for _ in range(count):
        on = rolled(on + DAY, Roll.NEXT, sessions)
    return on


def trading_hours(session: Session) -> tuple[datetime, datetime]:
    """From when until when a run may send orders: 09:35 to 15:30 New York, to 12:30 where the close is at 13:00."""
    return session.opens_at + AFTER_OPEN, session.closes_at - BEFORE_CLOSE
