"""The due-date book in the ledger's file: whoever writes a due date into it first has it, and nobody has it twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.store.connection import PATIENCE_MS, open_ledger, writing
from adapters.store.rows import instant_text
from adapters.store.trouble import explained
from bot.domain.errors import Reconcile
from bot.domain.schedule import Due, DueKind, DueRecord, DueState, PayDate, Source

_SELECT = "SELECT kind, name, due_on, why, state, tries, moved_at, again_at, note FROM due "
_INSERT = (
    "INSERT INTO due (kind, name, due_on, why, state, tries, claimed_at, moved_at, again_at, note)"
    " SELECT :kind, :name, :on, :why, :state, :tries, :at, :at, :again, :note"
    " WHERE NOT EXISTS (SELECT 1 FROM due WHERE kind = :kind AND name = :name AND due_on = :on)"
)
_MOVE = (
    "UPDATE due SET state = :state, tries = tries + :tries, moved_at = :at, again_at = :again, note = :note"
    " WHERE kind = :kind AND name = :name AND due_on = :on AND state IN ('claimed', 'waiting')"
)


class SqliteDueBook:
    """A `bot.ports.DueBook` on the ledger's file, with a connection of its own; closed when done."""

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

    def begun_on(self) -> date | None:
        """The day from which the book counts; None for one that was never begun."""
        rows = self._rows("SELECT begun_on FROM due_book")
        return date.fromisoformat(rows[0][0]) if rows else None

    def begin(self, on: date) -> date:
        """Count from this day; the day that holds, where somebody was faster."""
        with explained(self._path), writing(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO due_book (only, begun_on) VALUES (1, ?)", (on.isoformat(),))
        begun = self.begun_on()
        assert begun is not None
        return begun

    def newest_on(self, upto: date) -> date | None:
        """The latest day up to that one of which the book has a row."""
        rows = self._rows("SELECT max(due_on) FROM due WHERE due_on <= ?", (upto.isoformat(),))
        return date.fromisoformat(rows[0][0]) if rows[0][0] is not None else None

    def records(self, since: date) -> Sequence[DueRecord]:
        """The rows from that day on, and every older one that is not over."""
        rows = self._rows(
            _SELECT + "WHERE due_on >= ? OR state IN ('claimed', 'waiting') ORDER BY due_on, kind, name",
            (since.isoformat(),),
        )
        return tuple(_record(row) for row in rows)

    def claim(self, records: Iterable[DueRecord]) -> tuple[Due, ...]:
        """Write all of these down in one transaction, new or moved on; the ones that are ours because of it.

        A new row belongs to whoever writes it. One that is there moves on where it still has as many tries as before,
        so that of two who saw it alike one alone has it, and never where it is over.
        """
        with explained(self._path), writing(self._connection):
            return tuple(record.due for record in records if self._claim(record))

    def move(self, records: Iterable[DueRecord]) -> None:
        """Say what became of all of these, which were claimed; Reconcile where one is over, or was never claimed."""
        with explained(self._path), writing(self._connection):
            for record in records:
                moved = self._connection.execute(_MOVE, {**_row(record), "tries": 0})
                if moved.rowcount != 1:
                    raise Reconcile(f"{record.due.kind.value} of {record.due.on} is over, or was never begun.")

    def expect(self, pay_dates: Iterable[PayDate]) -> None:
        """From now on these pay dates are expected, and no others."""
        rows = [(one.on.isoformat(), one.account, one.symbol, one.source.value) for one in pay_dates]
        with explained(self._path), writing(self._connection):
            self._connection.execute("DELETE FROM pay_date")
            self._connection.executemany("INSERT OR IGNORE INTO pay_date VALUES (?, ?, ?, ?)", rows)

    def expected(self) -> tuple[PayDate, ...]:
        """The pay dates that are expected, in order."""
        rows = self._rows("SELECT pay_on, account, symbol, source FROM pay_date ORDER BY pay_on, account, symbol")
        return tuple(
            PayDate(on=date.fromisoformat(on), account=account, symbol=symbol, source=Source(source))
            for on, account, symbol, source in rows
        )

    def _claim(self, record: DueRecord) -> bool:
        row = _row(record)
        if self._connection.execute(_INSERT, row).rowcount == 1:
            return True
        grown = int(record.state is DueState.CLAIMED)
        seen = {"seen": record.tries - grown}
        moved = self._connection.execute(_MOVE + " AND tries = :seen", {**row, "tries": grown, **seen})
        return moved.rowcount == 1

    def _rows(self, query: str, values: tuple[str, ...] = ()) -> list[sqlite3.Row]:
        with explained(self._path):
            return self._connection.execute(query, values).fetchall()


def _row(record: DueRecord) -> dict[str, str | int | None]:
    return {
        "kind": record.due.kind.value,
        "name": record.due.name,
        "on": record.due.on.isoformat(),
        "why": record.due.why,
        "state": record.state.value,
        "tries": record.tries,
        "at": instant_text(record.moved_at),
        "again": None if record.again_at is None else instant_text(record.again_at),
        "note": record.note,
    }


def _record(row: sqlite3.Row) -> DueRecord:
    return DueRecord(
        due=Due(kind=DueKind(row[0]), name=row[1], on=date.fromisoformat(row[2]), why=row[3]),
        state=DueState(row[4]),
        tries=row[5],
        moved_at=datetime.fromisoformat(row[6]),
        again_at=None if row[7] is None else datetime.fromisoformat(row[7]),
        note=row[8],
    )
