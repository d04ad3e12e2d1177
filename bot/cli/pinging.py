"""Tells of a run while it lasts: that it began, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import RebaloopError, TryLater
from bot.plugs import pinger_of

if TYPE_CHECKING:
    from adapters.ping import Pinger
    from bot.settings.settings import Settings

EVERY = timedelta(minutes=15)

_log = structlog.get_logger()


@contextmanager
def pinged(settings: Settings) -> Iterator[None]:
    """Ping the start, and then success or failure; what passes by itself (TryLater) is neither."""
    pinger = _pinger(settings)
    if pinger is None:
        yield
        return
    pinger.start()
    try:
        yield
    except TryLater:
        raise
    except Exception as problem:
        pinger.failure(_words(problem))
        raise
    pinger.success()


class Beat:
    """The same for a service that rings twice a minute: a success now and then, and every failure."""

    def __init__(self, settings: Settings) -> None:
        self._pinger = _pinger(settings)
        self._last: timedelta | None = None

    def well(self, now: timedelta) -> None:
        """A ring has ended well, by a stopwatch that nobody sets."""
        if self._pinger is not None and (self._last is None or now - self._last >= EVERY):
            self._pinger.success()
            self._last = now

    def failed(self, problem: Exception) -> None:
        """A ring has failed; the next good one is told at once."""
        if self._pinger is not None:
            self._pinger.failure(_words(problem))
            self._last = None


def _pinger(settings: Settings) -> Pinger | None:
    """An address that cannot be read is a warning: a run is worth more than its ping."""
    try:
        return pinger_of(settings)
    except RebaloopError as problem:
        _log.warning("ping.refused", why=problem.message)
        return None


def _words(problem: Exception) -> str:
    """The kind of the trouble and its exit code: a message may hold what nobody else should read."""
    code = problem.exit_code if isinstance(problem, RebaloopError) else 1
    return f"{type(problem).__name__}, exit code {code}"
