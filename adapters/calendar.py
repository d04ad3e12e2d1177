"""The trading days of the New York Stock Exchange, with early closes and the day on which trades settle."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.readings import Session

NEW_YORK = ZoneInfo("America/New_York")
OPENS, CLOSES, CLOSES_EARLY = time(9, 30), time(16), time(13)  # NYSE Rule 7.2
DAY = timedelta(days=1)
SATURDAY = 5


class ExchangeCalendar:
    """NYSE sessions by the `holidays` package, which is loaded with the first question."""

    def __init__(self) -> None:
        self._known: dict[date, Session | None] = {}

    def session(self, on: date) -> Session | None:
        """The session of that New York day; None when the exchange stays shut."""
        if on not in self._known:
            self._known[on] = self._found(on)
        return self._known[on]

    def _found(self, on: date) -> Session | None:
        if not self._is_open(on):
            return None
        closes = CLOSES_EARLY if on in self._early else CLOSES
        return Session(
            on=on,
            opens_at=_instant(on, OPENS),
            closes_at=_instant(on, closes),
            settles_on=self._settles_on(on),
        )

    def next_session(self, after: date) -> Session:
        """The first session on a later day."""
        session = None
        while session is None:
            after += DAY
            session = self.session(after)
        return session

    def _is_open(self, on: date) -> bool:
        return on.weekday() < SATURDAY and on not in self._shut

    def _settles_on(self, traded_on: date) -> date:
        """The next business day on which banks work too (T+1, SEC Rule 15c6-1, since 2024-05-28).

        The exchange trades on Columbus Day and Veterans Day, but nothing settles (FINRA Notices 99-83 and 88-82).
        """
        on = traded_on + DAY
        while not self._is_open(on) or _banks_rest(on):
            on += DAY
        return on

    @cached_property
    def _shut(self) -> Container[date]:
        import holidays  # noqa: PLC0415 - heavy, and most commands need no calendar

        return holidays.financial_holidays("NYSE")

    @cached_property
    def _early(self) -> Container[date]:
        import holidays  # noqa: PLC0415 - same

        return holidays.financial_holidays("NYSE", categories=("half_day",))


def _instant(on: date, at: time) -> datetime:
    return datetime.combine(on, at, NEW_YORK).astimezone(UTC)


def _banks_rest(on: date) -> bool:
    """Columbus Day (second Monday of October), or Veterans Day, moved from a Sunday to Monday (5 USC 6103)."""
    columbus = on.month == 10 and on.weekday() == 0 and 8 <= on.day <= 14
    veterans = on.month == 11 and (on.day == 11 or (on.day == 12 and on.weekday() == 0))
    return columbus or veterans
