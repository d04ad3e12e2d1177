"""The ledger remembers what it has read, and never longer than it is true."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from adapters.store.memory import Memory


class Reader:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "books.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE fact (body TEXT)")
    return path


def test_what_was_read_is_not_read_again(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        memory, reader = Memory(connection), Reader()

        assert [memory.recall("orders", reader) for _ in range(3)] == [1, 1, 1]


def test_each_thing_is_remembered_under_its_own_name(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        memory, reader = Memory(connection), Reader()

        assert [memory.recall(name, reader) for name in ("orders", "facts", "orders")] == [1, 2, 1]


def test_a_row_of_our_own_makes_it_read_again(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        memory, reader = Memory(connection), Reader()
        memory.recall("orders", reader)
        connection.execute("INSERT INTO fact VALUES ('new')")

        assert memory.recall("orders", reader) == 2


def test_a_row_of_another_process_makes_it_read_again(file: Path) -> None:
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as connection,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        memory, reader = Memory(connection), Reader()
        memory.recall("orders", reader)
        other.execute("INSERT INTO fact VALUES ('new')")

        assert memory.recall("orders", reader) == 2


def test_within_a_transaction_nothing_is_remembered_because_it_may_be_taken_back(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        memory = Memory(connection)

        def count() -> int:
            found: int = connection.execute("SELECT count(*) FROM fact").fetchone()[0]
            return found

        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO fact VALUES ('taken back')")
        within = memory.recall("count", count)
        connection.execute("ROLLBACK")

        assert (within, memory.recall("count", count)) == (1, 0)


def test_two_ledgers_on_one_file_see_each_other(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with SqliteLedger(path) as one, SqliteLedger(path) as other:
        assert list(one.orders()) == list(other.orders()) == []
        version = one._connection.execute("PRAGMA data_version").fetchone()
        other._connection.execute("CREATE TABLE another (x)")

        assert one._connection.execute("PRAGMA data_version").fetchone() != version
