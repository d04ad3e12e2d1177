"""The virtual clock: it stands still until somebody moves it, and never goes back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
TICK = timedelta(microseconds=1)


class VirtualClock:
    """The simulator's only source of time, as an aware UTC instant."""

    def __init__(self, start_at: datetime) -> None:
        """Start at an aware instant; a naive one is a `ValueError`."""
        if start_at.tzinfo is None:
            raise ValueError("the virtual clock needs an aware datetime")
        self._now_at = start_at.astimezone(UTC)
        self._stamped_at = self._now_at - TICK

    @property
    def now_at(self) -> datetime:
        """The present instant, UTC."""
        return self._now_at

    @property
    def today_on(self) -> date:
        """The present calendar date in New York."""
        return self._now_at.astimezone(NEW_YORK).date()

    def move_to(self, at: datetime) -> None:
        """Move forward to an instant; `ValueError` for the past."""
        if at < self._now_at:
            raise ValueError(f"the virtual clock cannot go back from {self._now_at} to {at}")
        self._now_at = at.astimezone(UTC)

    def stamp(self) -> datetime:
        """An instant for one event: now, or a microsecond after the last event, so that none coincide."""
        self._stamped_at = max(self._now_at, self._stamped_at + TICK)
        return self._stamped_at
