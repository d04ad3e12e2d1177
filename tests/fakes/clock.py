"""A clock that only moves when somebody waits."""

from datetime import datetime, timedelta


class FakeClock:
    """Starts at an instant; `wait` lets virtual seconds pass, and `pass_by` any span."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: int) -> None:
        self._now += timedelta(seconds=seconds)

    def pass_by(self, span: timedelta) -> None:
        """Let a span of time pass."""
        self._now += span
