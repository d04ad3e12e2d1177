"""Looks into a ledger's file without changing it: is it whole, is it ours, and do its own rules still stand in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.store.codec import decode_fact
from adapters.store.schema import APPLICATION_ID, bring_up_to_date, migrations
from adapters.store.trouble import explained
from bot.domain.errors import WrongUse

NEWEST = 50  # facts that are read back
OVER = "('filled', 'canceled', 'rejected', 'expired', 'not_placed', 'human')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is to be said of a ledger's file.

    `damage` is what SQLite finds, or the fact that cannot be read; empty for a sound file. `broken_rules` are the
    tables and triggers that are missing, or not as they were made. `newest_seq` and `newest_at` are those of its last
    fact, 0 and None where it has none; `open_orders` those that are not over.
    """

    path: Path
    is_ours: bool
    schema: int
    known_schema: int
    damage: str = ""
    broken_rules: tuple[str, ...] = ()
    facts: int = 0
    newest_seq: int = 0
    newest_at: datetime | None = None
    plans: int = 0
    open_orders: int = 0

    @property
    def trouble(self) -> str:
        """Why nobody may go on with this file; empty where all is well."""
        if not self.is_ours:
            return "it is the database of another program, not a ledger"
        if self.damage:
            return f"it is damaged ({self.damage})"
        if self.schema > self.known_schema:
            return f"a newer rebaloop wrote it (schema {self.schema}, this one knows {self.known_schema})"
        if self.broken_rules:
            return f"rules of its own are missing or were changed: {', '.join(self.broken_rules)}"
        return ""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot change the file; raises like `explained`, and WrongUse where there is no file."""
    if not path.is_file():
        raise WrongUse(f"There is no file {path}.")
    with explained(path), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA busy_timeout = 5000")
        yield connection


def examine(path: Path) -> Condition:
    """The condition of a file.

    Raises:
        WrongUse: there is no such file.
        TryLater: it cannot be read now.
    """
    known = len(migrations())
    try:
        with reading(path) as connection:
            return _examine(connection, path, known)
    except Exception as problem:
        if isinstance(problem.__cause__, sqlite3.DatabaseError) and _is_damage(problem.__cause__):
            return Condition(path=path, is_ours=True, schema=0, known_schema=known, damage=str(problem.__cause__))
        raise


def _is_damage(problem: sqlite3.DatabaseError) -> bool:
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _examine(connection: sqlite3.Connection, path: Path, known: int) -> Condition:
    schema, owner = _one(connection, "PRAGMA user_version"), _one(connection, "PRAGMA application_id")
    # A file whose first run found no room has nothing in it yet.
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    base = Condition(path=path, is_ours=empty or owner == APPLICATION_ID, schema=schema, known_schema=known)
    if empty or not base.is_ours or schema > known:
        return base
    damage = _damage(connection)
    if damage:
        return Condition(path=path, is_ours=True, schema=schema, known_schema=known, damage=damage)
    newest = connection.execute("SELECT seq, at FROM fact ORDER BY seq DESC LIMIT 1").fetchone()
    return Condition(
        path=path,
        is_ours=True,
        schema=schema,
        known_schema=known,
        broken_rules=_broken_rules(connection, schema),
        facts=_one(connection, "SELECT count(*) FROM fact"),
        newest_seq=newest[0] if newest else 0,
        newest_at=datetime.fromisoformat(newest[1]) if newest else None,
        plans=_one(connection, "SELECT count(*) FROM proposal"),
        open_orders=_one(connection, f"SELECT count(*) FROM intent WHERE state NOT IN {OVER}"),  # noqa: S608 - a constant
    )


def _damage(connection: sqlite3.Connection) -> str:
    """What SQLite, the links between the tables or the newest facts give away; empty where all is well."""
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        return verdict
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        return "a row names another one that is not there"
    for seq, kind, body in connection.execute("SELECT seq, kind, body FROM fact ORDER BY seq DESC LIMIT ?", (NEWEST,)):
        try:
            decode_fact(kind, body)
        except ValueError:
            return f"fact {seq} cannot be read"
    return ""


def _broken_rules(connection: sqlite3.Connection, schema: int) -> tuple[str, ...]:
    """Names of what an untouched ledger of this schema has and this one has not, or has otherwise."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        bring_up_to_date(fresh, Path(":memory:"), migrations()[:schema])
        wanted = _objects(fresh)
    found = _objects(connection)
    return tuple(sorted(name for name, sql in wanted.items() if found.get(name) != sql))


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return dict(rows.fetchall())


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
