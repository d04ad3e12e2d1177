"""`rebaloop serve`: stay, look at the agenda twice a minute, and open the page where the settings ask for one."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings.settings import Settings

EVERY = timedelta(seconds=30)
LATER = timedelta(minutes=1)  # where another one is at work, or a broker is down
REST = timedelta(minutes=5)  # after trouble that does not pass by itself
LONGEST_RING = timedelta(minutes=20)  # forty orders, each followed for half a minute
DATES_SHOWN = 8


@click.command()
@options.settings
def serve(settings: Path | None) -> None:
    """Run everything that is due, and the page, until it is told to stop; a run that is under way ends first."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=False)
    stop = threading.Event()
    with _signals(stop):
        stay(settings_from(settings), stop)


def stay(settings: Settings, stop: threading.Event, every: timedelta = EVERY) -> None:
    """Serve a household until `stop` is set.

    Raises:
        TryLater: where the page's address is taken.
    """
    from adapters.bell import Bell  # noqa: PLC0415 - keeps --help fast
    from adapters.clock import SystemClock  # noqa: PLC0415 - same
    from adapters.service_manager import ALIVE, READY, STOPPING, notify, watchdog_period  # noqa: PLC0415 - same

    ringer = Ringer(settings)
    stopwatch = SystemClock()
    with ExitStack() as opened:
        if settings.page is not None:
            from bot.page.serving import PageServer  # noqa: PLC0415 - only a household with a page loads it

            opened.enter_context(PageServer(settings, dates=ringer.dates))
        bell = opened.enter_context(Bell(ringer.ring, every))
        notify(READY)
        pause = min(watchdog_period() or every, every)
        quiet_since = stopwatch.steady()
        while not stop.wait(pause / timedelta(seconds=1)):
            if not bell.is_ringing:
                quiet_since = stopwatch.steady()
            if stopwatch.steady() - quiet_since < LONGEST_RING:
                notify(ALIVE)
        notify(STOPPING)


class Ringer:
    """What a ring does, and for how long nothing after trouble."""

    def __init__(self, settings: Settings) -> None:
        from adapters.clock import SystemClock  # noqa: PLC0415 - keeps --help fast
        from bot.cli.pinging import Beat  # noqa: PLC0415 - same

        self._settings = settings
        self._beat = Beat(settings)
        self._stopwatch = SystemClock()
        self._rest_until = self._stopwatch.steady()

    def ring(self) -> None:
        """One look at the agenda; trouble is logged, and told by letter where a person is needed."""
        import structlog  # noqa: PLC0415 - keeps --help fast

        from bot.cli.due import serve_due  # noqa: PLC0415 - same
        from bot.domain.errors import RebaloopError, TryLater  # noqa: PLC0415 - same

        if self._stopwatch.steady() < self._rest_until:
            return
        try:
            serve_due(self._settings)
            self._beat.well(self._stopwatch.steady())
        except TryLater as problem:
            structlog.get_logger().info("serve.later", why=problem.message)
            self._rest_until = self._stopwatch.steady() + LATER
        except RebaloopError as problem:
            structlog.get_logger().error("serve.trouble", why=problem.message, next_step=problem.next_step)
            self._beat.failed(problem)
            self._rest_until = self._stopwatch.steady() + REST

    def dates(self) -> list[tuple[date, str]]:
        """What is due next, for the page; nothing where the books cannot be read just now."""
        from bot.domain.errors import RebaloopError  # noqa: PLC0415 - keeps --help fast
        from bot.services.agenda import upcoming  # noqa: PLC0415 - same
        from bot.wiring import open_agenda  # noqa: PLC0415 - same

        try:
            with open_agenda(self._settings) as (agenda, _):
                return [(one.due.on, one.due.why) for one in upcoming(agenda)][:DATES_SHOWN]
        except RebaloopError:
            return []


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop`, as long as this lasts."""
    kept = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, before in kept.items():
            signal.signal(one, before)
