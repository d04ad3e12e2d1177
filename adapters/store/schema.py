"""The numbered migrations, and which of them a ledger still needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.domain.errors import WrongUse

MIGRATIONS = Path(__file__).with_name("migrations")
APPLICATION_ID = int.from_bytes(b"rlgr", "big")


def migrations(folder: Path = MIGRATIONS) -> tuple[str, ...]:
    """The SQL of every migration, in order; the first brings an empty file to version 1."""
    files = sorted(folder.glob("*.sql"))
    numbers = [int(file.name.partition("_")[0]) for file in files]
    assert numbers == list(range(1, len(files) + 1)), "migrations are numbered from 1 without gaps"
    return tuple(file.read_text(encoding="utf-8") for file in files)


def bring_up_to_date(connection: sqlite3.Connection, path: Path, scripts: tuple[str, ...]) -> None:
    """Apply what is missing, all of it in one transaction or none.

    Raises:
        WrongUse: the file is another program's database, or was written by a newer rebaloop.
    """
    if _version(connection, path, len(scripts)) == len(scripts):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again inside the transaction: another process may have been faster.
        for script in scripts[_version(connection, path, len(scripts)) :]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(scripts)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    used = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    if used and owner != APPLICATION_ID:
        raise WrongUse(f"{path} is the database of another program, not a ledger.")
    if version > known:
        raise WrongUse(
            f"The ledger {path} was written by a newer rebaloop (schema {version}, this one knows {known}).",
            next_step="update rebaloop",
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """One statement after the other: `executescript` would commit before it starts."""
    waiting = ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            yield waiting
            waiting = ""
    assert not waiting.strip(), "a migration ends with a whole statement"
