"""Copies a ledger while others use it, and puts a copy back in its place with the present one kept aside."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.store.condition import Condition, examine, reading
from adapters.store.trouble import explained
from bot.domain.errors import Reconcile, TryLater, WrongUse

BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a file that is in use (sqlite.org/wal.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What a copy does not have of the present books: facts, and orders that are unknown there or were less far."""

    facts: int
    orders: tuple[str, ...]
    same_story: bool


def back_up(ledger: Path, target: Path) -> Condition:
    """A whole copy of the ledger in one file (0600), as it stood at one instant; checked before it gets its name.

    A run that is under way is not disturbed, and nothing of it is half in the copy (sqlite.org/backup.html).

    Raises:
        WrongUse: there is no ledger, or something of the target's name is there already.
        Reconcile: the ledger is damaged; a copy of it would be no help.
        TryLater: the target cannot be written.
    """
    if os.path.lexists(target):
        raise WrongUse(f"{target} is there already. Nothing was written.", next_step="choose another name")
    before = sound(ledger)
    draft = target.with_name(f".{target.name}.draft")
    try:
        _copy(ledger, draft)
        after = sound(draft)
        if after.newest_seq < before.newest_seq or lost(ledger, draft, upto=before.newest_seq).facts:
            raise Reconcile(f"The copy of {ledger} does not have its newest facts: it was thrown away.")
        draft.replace(target)
        _make_durable(target.parent)
    finally:
        for name in (draft, *(Path(f"{draft}{end}") for end in (*BESIDE, "-journal"))):
            name.unlink(missing_ok=True)
    return after


def sound(path: Path) -> Condition:
    """The condition of a file with which all is well; Reconcile for any other."""
    found = examine(path)
    if not found.schema and not found.damage:
        raise Reconcile(f"{path} is empty: nothing was ever written into it.")
    if found.trouble:
        next_step = "rebaloop restore FILE --yes, with the newest backup"
        raise Reconcile(f"{path} is no sound ledger: {found.trouble}.", next_step=next_step)
    return found


def lost(present: Path, copy: Path, *, upto: int | None = None) -> Lost:
    """What would be missing with the copy in place of the present ledger, up to a fact where one is named."""
    with reading(present) as now, reading(copy) as then:
        newest = then.execute("SELECT coalesce(max(seq), 0) FROM fact").fetchone()[0]
        query = "SELECT body FROM fact WHERE seq = ?"
        facts = now.execute(
            "SELECT count(*) FROM fact WHERE seq > ? AND seq <= ?", (newest, 2**62 if upto is None else upto)
        ).fetchone()[0]
        same = now.execute(query, (newest,)).fetchone() == then.execute(query, (newest,)).fetchone()
        orders = "SELECT client_order_id, state, filled FROM intent"
        known = set(then.execute(orders).fetchall())
        missing = tuple(sorted(row[0] for row in now.execute(orders).fetchall() if row not in known))
    return Lost(facts=facts, orders=missing, same_story=same)


def put_back(ledger: Path, copy: Path, at: datetime) -> Path | None:
    """Put a copy in the ledger's place; where the present one was put aside, None where there was none.

    What is aside is whole, and what takes its place is on the disk before it does. A process that dies half way
    leaves the old ledger or the new one, never none.

    Raises:
        Reconcile: the copy is not sound; nothing was changed.
        TryLater: somebody has the ledger open, or there is no room.
    """
    sound(copy)
    draft = ledger.with_name(f".{ledger.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        _copy(copy, draft)
        sound(draft)
        aside = _put_aside(ledger, at) if ledger.exists() else None
        draft.replace(ledger)
        _make_durable(ledger.parent)
    except OSError as problem:
        raise TryLater(f"{ledger} could not be replaced: {problem.strerror}.") from problem
    finally:
        draft.unlink(missing_ok=True)
    return aside


def _copy(source: Path, target: Path) -> None:
    with explained(target):
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with reading(source) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # a copy is one file
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put_aside(ledger: Path, at: datetime) -> Path:
    """Give the present ledger a second name, with what lies beside it; what lies beside it has no other afterwards."""
    _close_the_log(ledger)
    aside = ledger.with_name(f"{ledger.name}.until-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    os.link(ledger, aside)
    for end in BESIDE:
        left = Path(f"{ledger}{end}")
        if left.exists():  # of a damaged file: SQLite could not carry its log over
            left.replace(f"{aside}{end}")
    return aside


def _close_the_log(ledger: Path) -> None:
    """Carry the write-ahead log over into the file, which only works while nobody else has it open."""
    try:
        with closing(sqlite3.connect(ledger, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            message = f"Somebody has {ledger} open: nothing was changed."
            raise TryLater(message, next_step="stop the service first: systemctl stop rebaloop") from None
        raise TryLater(f"{ledger} cannot be put aside: {problem}.") from problem
    except sqlite3.DatabaseError:
        return  # damaged: it is put aside as it is


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
