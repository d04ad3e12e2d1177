"""A clock that only moves when somebody waits."""

from datetime import datetime, timedelta


class FakeClock:
    """Starts at an instant; `wait` lets virtual seconds pass, `pass_by` any span; `jump` moves the wall clock alone."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._steady = timedelta()

    def now(self) -> datetime:
        return self._now

    def wait(self, seconds: int) -> None:
        self.pass_by(timedelta(seconds=seconds))

    def steady(self) -> timedelta:
        return self._steady

    def pass_by(self, span: timedelta) -> None:
        """Let a span of time pass."""
        self._now += span
        self._steady += span

    def jump(self, span: timedelta) -> None:
        """Somebody sets the wall clock."""
        self._now += span
