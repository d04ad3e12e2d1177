"""A connection to the ledger whose promises have been checked."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from adapters.store.schema import bring_up_to_date, migrations
from adapters.store.trouble import damaged, explained
from bot.domain.errors import WrongUse

PATIENCE_MS = 5_000
PAUSE_MS = 10  # between two tries of what SQLite does not wait for

# PRAGMA, what we ask for, what it must then say of itself (sqlite.org/pragma.html).
_PROMISES: tuple[tuple[str, str, object], ...] = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("fullfsync", "ON", 1),  # where fsync alone does not reach the disk (macOS)
    ("foreign_keys", "ON", 1),
)


def open_ledger(path: Path, *, patience_ms: int = PATIENCE_MS) -> sqlite3.Connection:
    """Open the ledger at `path`, created (0600, in a folder of 0700) where it is missing, checked and up to date.

    Raises:
        TryLater: the disk is full, read-only or unreachable, or another process holds the file for too long.
        Reconcile: the file is damaged.
        WrongUse: it is not ours, is newer than we are, or lies where SQLite cannot keep its promises.
    """
    with explained(path):
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            make_promises(connection, path, patience_ms=patience_ms)
            _check(connection, path)
            bring_up_to_date(connection, path, migrations())
        except BaseException:
            connection.close()
            raise
    return connection


def make_promises(connection: sqlite3.Connection, path: Path, *, patience_ms: int) -> None:
    """Ask for durable commits, and believe them only when SQLite says the same; WrongUse otherwise."""
    for name, wish, answer in (("busy_timeout", str(patience_ms), patience_ms), *_PROMISES):
        _set(connection, name, wish, patience_ms)
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != answer:
            raise WrongUse(
                f"The file system under {path} cannot keep a ledger safe: {name} is {found} instead of {answer}.",
                next_step="put the ledger on a local disk",
            )


def _set(connection: sqlite3.Connection, name: str, wish: str, patience_ms: int) -> None:
    """Set one promise. Where two processes turn a new file to WAL at once SQLite fails at once: so we wait."""
    for _ in range(patience_ms // PAUSE_MS):
        try:
            connection.execute(f"PRAGMA {name} = {wish}")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(PAUSE_MS / 1000)
        else:
            return
    connection.execute(f"PRAGMA {name} = {wish}")


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: on the disk when it ends well, gone when it does not; part of one that is open already."""
    with nullcontext() if connection.in_transaction else _transaction(connection):
        yield


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has rolled back already (sqlite.org/lang_transaction.html, "Response To Errors").
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _check(connection: sqlite3.Connection, path: Path) -> None:
    verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok":
        raise damaged(path, verdict)
