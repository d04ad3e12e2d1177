"""The lock beside the ledger: one rebaloop at a time moves money."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import TryLater


@contextmanager
def single_instance(ledger: Path) -> Iterator[None]:
    """Hold the lock of this ledger; the kernel lets go of it when the process dies, however it dies.

    The lock file stays behind: taking it away would let two processes lock two files of one name.

    Raises:
        TryLater: another process holds it, or the folder cannot be written.
    """
    try:
        lock = _opened(f"{ledger}.lock", ledger.parent)
    except OSError as problem:
        raise TryLater(f"The lock beside {ledger} cannot be opened: {problem.strerror}.") from problem
    try:
        _take(lock, ledger)
        yield
    finally:
        os.close(lock)


def _opened(lock: str, folder: Path) -> int:
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)


def _take(lock: int, ledger: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise TryLater(
            f"Another rebaloop is at work on {ledger}.", next_step="wait until it is done, then try again"
        ) from problem
    except OSError as problem:
        raise TryLater(f"The lock beside {ledger} cannot be taken: {problem.strerror}.") from problem
