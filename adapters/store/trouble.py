"""What SQLite complains of, as what the operator does next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import RebaloopError, Reconcile, TryLater

_PRIMARY = 0xFF  # an extended result code keeps its primary one in the low byte (sqlite.org/rescode.html)
_PASSES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
    }
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Run something on the ledger at `path`, and raise our own errors for those of SQLite and of the disk.

    Raises:
        TryLater: locked, full, read-only or unreachable; nothing of the change is in the books.
        Reconcile: a change that the books refuse, or a damaged file.
    """
    try:
        yield
    except sqlite3.Error as problem:
        known = _as_ours(problem, path)
        if known is None:
            raise
        raise known from problem
    except OSError as problem:
        raise TryLater(f"The ledger {path} cannot be opened: {problem.strerror}.") from problem


def damaged(path: Path, detail: str) -> Reconcile:
    """The refusal to go on with a damaged ledger."""
    return Reconcile(
        f"The ledger {path} is damaged or is no ledger at all ({detail}): nothing was sent.",
        next_step="restore the newest backup of the ledger, then run `rebaloop reconcile`",
    )


def _as_ours(problem: sqlite3.Error, path: Path) -> RebaloopError | None:
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_OK) & _PRIMARY
    if code in _PASSES:
        return TryLater(
            f"The ledger {path} could not be read or written ({problem}): nothing was sent, nothing was recorded.",
            next_step="make room on the disk or wait for the other rebaloop, then try again",
        )
    if code in _DAMAGED:
        return damaged(path, str(problem))
    if code == sqlite3.SQLITE_CONSTRAINT:
        return Reconcile(f"The ledger refuses the change: {problem}.")
    return None
