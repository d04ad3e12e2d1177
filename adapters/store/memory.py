"""What was read of the books, for as long as nobody has written to them since."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """One connection's memory: a run asks for the same orders and facts again and again, and few of them change.

    SQLite tells when another connection has committed (sqlite.org/pragma.html, data_version) and counts the rows that
    this one has changed. Within a transaction nothing is remembered: it may be taken back.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._as_of: tuple[int, int] = (0, 0)
        self._known: dict[Hashable, Any] = {}

    def recall(self, what: Hashable, read: Callable[[], T]) -> T:
        """What `read` has returned under this name, or returns now."""
        connection = self._connection
        if connection.in_transaction:
            return read()
        as_of = (connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes)
        if as_of != self._as_of:
            self._as_of, self._known = as_of, {}
        if what not in self._known:
            self._known[what] = read()
        known: T = self._known[what]
        return known
