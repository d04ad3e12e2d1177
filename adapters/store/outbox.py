"""The outbox in SQLite: a letter is on the disk before anybody tries to send it, and stays until a server took it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.store.connection import PATIENCE_MS, open_ledger, writing
from adapters.store.rows import instant_text, storable
from adapters.store.trouble import explained
from bot.domain.post import Fate, Posted

_POSTED = (
    "SELECT number, subject, recipient, written_at, state, moved_at, attempts, refusals, answer FROM outbox WHERE "
)


class Outbox:
    """Letters on their way, in the ledger's file; used from the thread that opened it, closed when done.

    Every change is one immediate transaction, on the disk when the call returns. A locked, full or read-only disk is
    TryLater, and then nothing of the change is there.
    """

    def __init__(self, path: Path, *, patience_ms: int = PATIENCE_MS) -> None:
        self._path = path
        self._connection = open_ledger(path, patience_ms=patience_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        self._connection.close()

    def keep(
        self, *, message_id: str, subject: str, content: bytes, recipients: Sequence[str], written_at: datetime
    ) -> None:
        """A letter for each of its recipients, all of them or none; `content` is the message without its envelope."""
        at = instant_text(written_at)
        with explained(self._path), writing(self._connection):
            for recipient in recipients:
                self._connection.execute(
                    "INSERT INTO outbox (message_id, recipient, subject, content, written_at, state, attempts,"
                    " refusals, next_try_at, moved_at, answer) VALUES (?, ?, ?, ?, ?, 'waiting', 0, 0, ?, ?, '')",
                    (message_id, recipient, storable(subject), content, at, at, at),
                )

    def due(self, until: datetime, *, not_after: datetime) -> tuple[Posted, ...]:
        """The letters whose next try is due, least tried first.

        A try further away than `not_after` is due as well: nobody waits so long, somebody has set the clock back.
        """
        instants = (instant_text(until), instant_text(not_after))
        where = "state = 'waiting' AND (next_try_at <= ? OR next_try_at > ?) ORDER BY attempts, number"
        return tuple(_posted(row) for row in self._rows(_POSTED + where, instants))

    def claim(self, one: Posted, *, next_try_at: datetime) -> bool:
        """Count an attempt before it is made, and keep others away until the next; False where one was faster."""
        with explained(self._path), writing(self._connection):
            return self._attempt(one, next_try_at)

    def put_off(self, tries: Sequence[tuple[Posted, datetime, Fate]], *, at: datetime, answer: str) -> None:
        """Count an attempt of each letter at once, because nobody was there to take any of them."""
        with explained(self._path), writing(self._connection):
            for one, next_try_at, fate in tries:
                if self._attempt(one, next_try_at):
                    self._move(one, fate, at, answer, refused=False)

    def tried(self, one: Posted, *, fate: Fate, at: datetime, answer: str, refused: bool = False) -> None:
        """What became of a letter that was claimed; `refused` by a server, for good."""
        with explained(self._path), writing(self._connection):
            self._move(one, fate, at, answer, refused=refused)

    def letter(self, number: int) -> tuple[str, bytes]:
        """Message id and content of a letter that was not sent; KeyError for any other."""
        query = "SELECT message_id, content FROM outbox WHERE number = ? AND state <> 'sent'"
        for message_id, content in self._rows(query, (number,)):
            return str(message_id), bytes(content)
        raise KeyError(number)

    def posted(self) -> tuple[Posted, ...]:
        """Every letter, oldest first."""
        return tuple(_posted(row) for row in self._rows(_POSTED + "true ORDER BY number"))

    def forget(self, *, sent_before: datetime) -> None:
        """Take out what was sent long ago."""
        with explained(self._path), writing(self._connection):
            at = instant_text(sent_before)
            self._connection.execute("DELETE FROM outbox WHERE state = 'sent' AND moved_at < ?", (at,))

    def _attempt(self, one: Posted, next_try_at: datetime) -> bool:
        changed = self._connection.execute(
            "UPDATE outbox SET attempts = attempts + 1, next_try_at = ?"
            " WHERE number = ? AND state = 'waiting' AND attempts = ?",
            (instant_text(next_try_at), one.number, one.attempts),
        )
        return changed.rowcount == 1

    def _move(self, one: Posted, fate: Fate, at: datetime, answer: str, *, refused: bool) -> None:
        self._connection.execute(
            "UPDATE outbox SET state = :fate, moved_at = :at, answer = :answer, refusals = refusals + :refused,"
            " content = iif(:fate = 'sent', x'', content) WHERE number = :number AND state = 'waiting'",
            {
                "fate": fate.value,
                "at": instant_text(at),
                "answer": storable(answer),
                "refused": refused,
                "number": one.number,
            },
        )

    def _rows(self, query: str, values: tuple[str | int, ...] = ()) -> list[sqlite3.Row]:
        with explained(self._path):
            return self._connection.execute(query, values).fetchall()


def _posted(row: sqlite3.Row | tuple[str, ...]) -> Posted:
    return Posted(
        number=int(row[0]),
        subject=row[1],
        recipient=row[2],
        written_at=datetime.fromisoformat(row[3]),
        fate=Fate(row[4]),
        moved_at=datetime.fromisoformat(row[5]),
        attempts=int(row[6]),
        refusals=int(row[7]),
        answer=row[8],
    )
