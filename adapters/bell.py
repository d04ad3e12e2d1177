"""A bell that rings again and again, and nothing more: what is due is for the due-date book to say."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, timedelta
from types import TracebackType
from typing import Self

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from adapters.clock import SystemClock

_log = structlog.get_logger()


class Bell:
    """Calls `ring` at once and then every so often, one call at a time, until it is stopped.

    Its jobs live in memory and carry no meaning: a ring that is lost, late or doubled changes nothing, since each one
    asks anew what is due. Intervals in UTC know no clock change.
    """

    def __init__(self, ring: Callable[[], None], every: timedelta) -> None:
        self._ring = ring
        self._idle = threading.Event()
        self._idle.set()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # one job alone, for both: a job that ends with its only run can be missing when a stop comes right behind it
        seconds = max(1, every // timedelta(seconds=1))
        self._scheduler.add_job(self._once, "interval", seconds=seconds, next_run_time=SystemClock().now())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_ringing(self) -> bool:
        """Whether a call is under way."""
        return not self._idle.is_set()

    def start(self) -> None:
        """Ring from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more; returns when the call that is under way has ended. A second time does nothing."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _once(self) -> None:
        self._idle.clear()
        try:
            self._ring()
        except Exception as problem:  # noqa: BLE001 - one bad ring must not silence the bell; its text may hold anything
            _log.error("bell.ring_failed", kind=type(problem).__name__)
        finally:
            self._idle.set()
