"""The page of one household, open from start to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Self

import structlog

from adapters.clock import SystemClock
from bot.domain.errors import WrongUse
from bot.page.app import create_app
from bot.page.listening import Serving, listen, origins
from bot.page.rooms import Room
from bot.ports import Clock
from bot.settings.settings import Settings
from bot.wiring import brake_of, open_gate, outbox_state, time_of

_log = structlog.get_logger()


NextDates = Callable[[], Sequence[tuple[date, str]]]  # days to come with what is due on them, the first one first


class WiredRooms:
    """`bot.page.rooms.Rooms` over a household's settings; every room has books of its own, so threads share nothing."""

    def __init__(self, settings: Settings, *, clock: Clock, dates: NextDates = tuple) -> None:
        self._settings = settings
        self._clock = clock
        self._dates = dates

    @contextmanager
    def open(self) -> Iterator[Room]:
        """A room of its own; TryLater where the books cannot be opened."""
        with open_gate(self._settings) as (ledger, gate):
            yield Room(
                household=self._settings.household,
                policy=self._settings.policy,
                environment=self._settings.mode,
                ledger=ledger,
                gate=gate,
                brake=brake_of(self._settings),
                clock=self._clock,
                letters=lambda: outbox_state(self._settings).sentences,
                dates=self._dates,
            )


class PageServer:
    """The page of one household; from `start` to `stop` it can be reached at `address`."""

    def __init__(self, settings: Settings, *, dates: NextDates = tuple) -> None:
        if settings.page is None:
            raise WrongUse("The settings ask for no page.", next_step="write `page: {}` into the settings")
        self._settings = settings
        self._page = settings.page
        self._dates = dates
        self._serving: Serving | None = None
        self.address = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and answer from now on.

        Raises:
            TryLater: when the address is taken, or is none of this machine.
        """
        listening = listen(self._page)
        address = replace(self._page, port=listening.getsockname()[1])
        app = create_app(
            WiredRooms(self._settings, clock=time_of(self._settings), dates=self._dates),
            origins=origins(address),
            stopwatch=SystemClock(),
            behind_proxy=address.behind_tls_proxy,
        )
        self._serving = Serving(app, listening)
        self._serving.start()
        self.address = address.local_url
        _log.info("page.opened", address=self.address)

    def stop(self) -> None:
        """Let what is under way end; a second time does nothing."""
        if self._serving is not None:
            self._serving.stop()
            self._serving = None
            _log.info("page.closed", address=self.address)
