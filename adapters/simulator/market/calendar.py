"""The sessions of the New York Stock Exchange: holidays, 13:00 closes and next-day settlement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import holidays

from adapters.simulator.market.clock import NEW_YORK

OPEN = time(9, 30)
CLOSE = time(16, 0)
EARLY_CLOSE = time(13, 0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One trading day: its New York date and its two instants, UTC."""

    on: date
    opens_at: datetime
    closes_at: datetime


class ExchangeCalendar:
    """NYSE days by the `holidays` package; regular hours 09:30-16:00 New York time."""

    def __init__(self) -> None:
        self._closed = holidays.financial_holidays("NYSE")
        self._half = holidays.financial_holidays("NYSE", categories=("half_day",))
        self._sessions: dict[date, Session | None] = {}

    def session(self, on: date) -> Session | None:
        """The session of a date, or None when the exchange is shut all day."""
        if on not in self._sessions:
            self._sessions[on] = self._make(on)
        return self._sessions[on]

    def _make(self, on: date) -> Session | None:
        if on.weekday() >= 5 or on in self._closed:
            return None
        close = EARLY_CLOSE if on in self._half else CLOSE
        return Session(
            on=on,
            opens_at=datetime.combine(on, OPEN, NEW_YORK).astimezone(UTC),
            closes_at=datetime.combine(on, close, NEW_YORK).astimezone(UTC),
        )

    def sessions(self, first: date, last: date) -> Iterator[Session]:
        """All sessions from one date to another, both included."""
        for offset in range((last - first).days + 1):
            session = self.session(first + offset * DAY)
            if session is not None:
                yield session

    def next_session(self, after: date) -> Session:
        """The first session later than a date."""
        while True:
            after += DAY
            session = self.session(after)
            if session is not None:
                return session

    def previous_session(self, before: date) -> Session:
        """The last session earlier than a date."""
        while True:
            before -= DAY
            session = self.session(before)
            if session is not None:
                return session

    def settles_on(self, traded_on: date) -> date:
        """T+1 in session days (SEC Rule 15c6-1, since 2024-05-28)."""
        return self.next_session(traded_on).on

    def open_session(self, at: datetime) -> Session | None:
        """The session that is running at an instant; the close itself is outside."""
        session = self.session(at.astimezone(NEW_YORK).date())
        return session if session and session.opens_at <= at < session.closes_at else None

    def last_opened(self, at: datetime) -> Session:
        """The latest session that has opened by an instant."""
        today = self.session(at.astimezone(NEW_YORK).date())
        if today and today.opens_at <= at:
            return today
        return self.previous_session(at.astimezone(NEW_YORK).date())

    def next_open(self, at: datetime) -> datetime:
        """The first opening later than an instant."""
        return self.next_session(self.last_opened(at).on).opens_at

    def next_close(self, at: datetime) -> datetime:
        """The first closing later than an instant."""
        session = self.last_opened(at)
        return session.closes_at if at < session.closes_at else self.next_session(session.on).closes_at

    def session_for_order(self, at: datetime) -> Session:
        """The session in which an order sent at an instant can trade: the running one or the next."""
        return self.open_session(at) or self.next_session(self.last_opened(at).on)
