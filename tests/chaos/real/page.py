"""A page of memory that all processes of one story share: what time it is, and who is at work."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
_TIME, _WORKER = 0, 8


class Page:
    """A `bot.ports.Clock` that shows the simulated broker's time without asking it.

    `worker` is the id of the process that is at work, for whoever ends it in the middle of a request.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 16)

    def set(self, at: datetime) -> None:
        """It is that late now."""
        self._write(_TIME, (at - EPOCH) // TICK)

    def now(self) -> datetime:
        return EPOCH + self._read(_TIME) * TICK

    def wait(self, seconds: int) -> None:
        """Time passes when the broker's does."""

    def steady(self) -> timedelta:
        return self.now() - EPOCH

    @property
    def worker(self) -> int:
        return self._read(_WORKER)

    @worker.setter
    def worker(self, process: int) -> None:
        self._write(_WORKER, process)

    def _read(self, at: int) -> int:
        number: int = struct.unpack_from("q", self._memory, at)[0]
        return number

    def _write(self, at: int, number: int) -> None:
        struct.pack_into("q", self._memory, at, number)
