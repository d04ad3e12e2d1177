"""A ledger is opened only when it is ours, whole, and safe on its disk."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from adapters.store.connection import make_promises, open_ledger
from adapters.store.ledger import SqliteLedger
from adapters.store.schema import APPLICATION_ID, bring_up_to_date, migrations
from bot.domain.errors import Reconcile, TryLater, WrongUse
from tests.adapters.store.examples import tick


def test_a_new_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.db"
    with SqliteLedger(path) as ledger:
        ledger.record(tick(1))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]
)
def test_the_connection_keeps_its_promises(tmp_path: Path, name: str, value: object) -> None:
    connection = open_ledger(tmp_path / "ledger.db")

    assert connection.execute(f"PRAGMA {name}").fetchone()[0] == value
    connection.close()


def test_a_disk_that_keeps_no_log_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")

    with pytest.raises(WrongUse, match="journal_mode is memory instead of wal"):
        make_promises(connection, tmp_path, patience_ms=1)
    connection.close()


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()

    connection = open_ledger(tmp_path / "ledger.db")

    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(migrations())
    assert connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    connection.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    SqliteLedger(path).close()
    before = path.read_bytes()
    SqliteLedger(path).close()

    assert path.read_bytes() == before


def test_a_later_migration_finds_the_facts_of_the_earlier_schema(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with SqliteLedger(path) as ledger:
        ledger.record(tick(1))
    connection = sqlite3.connect(path, isolation_level=None)
    bring_up_to_date(
        connection, path, (*migrations(), "CREATE TABLE more (x);\nINSERT INTO more SELECT seq FROM fact;\n")
    )

    assert connection.execute("SELECT x FROM more").fetchall() == [(1,)]
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(migrations()) + 1
    connection.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)

    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        bring_up_to_date(connection, tmp_path, (*migrations(), "nonsense;\n"))
    assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 0
    connection.close()


def test_the_ledger_of_a_newer_rebaloop_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    SqliteLedger(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(WrongUse, match=r"newer rebaloop \(schema 99"):
        SqliteLedger(path)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE bookmarks (x)")
    connection.close()

    with pytest.raises(WrongUse, match="another program"):
        SqliteLedger(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("Dear diary, " * 100)

    with pytest.raises(Reconcile, match=r"damaged or is no ledger at all .*: nothing was sent"):
        SqliteLedger(path)


def test_a_damaged_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with SqliteLedger(path) as ledger:
        for number in range(200):
            ledger.record(tick(number))
    content = bytearray(path.read_bytes())
    content[-4096:] = b"\xaa" * 4096
    path.write_bytes(content)

    with pytest.raises(Reconcile, match="nothing was sent"):
        SqliteLedger(path)


def test_half_a_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    SqliteLedger(path).close()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    with pytest.raises(Reconcile, match="nothing was sent"):
        SqliteLedger(path)


def test_a_folder_that_cannot_be_made_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(TryLater, match="cannot be opened"):
        SqliteLedger(tmp_path / "file" / "ledger.db")


def test_a_read_only_ledger_is_for_later(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "ledger.db") as ledger:
        ledger._connection.execute("PRAGMA query_only = ON")

        with pytest.raises(TryLater, match="nothing was recorded"):
            ledger.record(tick(1))
