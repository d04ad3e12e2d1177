"""`rebaloop backup` and `rebaloop restore`: a copy that is whole, and a way back that loses nothing unseen."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from adapters.store.backup import back_up, put_back
from adapters.store.condition import examine
from adapters.store.ledger import SqliteLedger
from bot.domain.errors import Reconcile, TryLater
from bot.domain.facts import LegTicked
from tests.deploy.ledgers import a_ledger_of
from tests.doors.stage import Home, Terminal

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
PLAN = "P-2026-03-02-A"


@pytest.fixture
def kept(rebaloop: Terminal, home: Home) -> Path:
    """A backup that was made after a plan was drawn, and before it was approved, sent and filled."""
    file = home.folder / "kept.sqlite3"
    assert rebaloop("run").code == 3
    assert rebaloop("backup", file).code == 0
    assert rebaloop("approve", PLAN, "--yes").code == 0
    assert rebaloop("run").code == 0
    return file


def test_a_backup_is_one_private_file_with_all_facts(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")

    said = rebaloop("backup", home.folder / "kept.sqlite3")

    kept = examine(home.folder / "kept.sqlite3")
    assert (said.code, kept.trouble) == (0, "")
    assert kept.facts == examine(home.folder / "ledger.sqlite3").facts
    assert f"{kept.facts} facts" in said.out
    assert stat.S_IMODE((home.folder / "kept.sqlite3").stat().st_mode) == 0o600
    assert not list(home.folder.glob(".kept*"))


def test_a_backup_replaces_nothing(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")
    (home.folder / "kept.sqlite3").write_text("something", encoding="ascii")

    assert rebaloop("backup", home.folder / "kept.sqlite3").code == 2
    assert (home.folder / "kept.sqlite3").read_text(encoding="ascii") == "something"


def test_a_damaged_ledger_is_not_backed_up(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")
    with closing(sqlite3.connect(home.folder / "ledger.sqlite3", isolation_level=None)) as books:
        books.execute("DROP TRIGGER fact_never_leaves")

    said = rebaloop("backup", home.folder / "kept.sqlite3")

    assert said.code == 1
    assert "fact_never_leaves" in said.err
    assert not (home.folder / "kept.sqlite3").exists()


def test_copies_made_while_somebody_writes_are_each_whole(tmp_path: Path) -> None:
    ledger, stop = a_ledger_of(5, tmp_path / "ledger.sqlite3"), Event()
    writer = Thread(target=_write, args=(ledger, stop))
    writer.start()
    try:
        copies = [back_up(ledger, tmp_path / f"copy-{at}.sqlite3") for at in range(8)]
    finally:
        stop.set()
        writer.join(30)

    assert [examine(copy.path.with_name(f"copy-{at}.sqlite3")).trouble for at, copy in enumerate(copies)] == [""] * 8
    assert [one.facts for one in copies] == sorted(one.facts for one in copies)


def _write(path: Path, stop: Event) -> None:
    with SqliteLedger(path) as ledger:
        while not stop.is_set():
            ledger.record(LegTicked(at=AT, plan="made-up", line=1))


def test_a_restore_only_shows_what_it_would_do(rebaloop: Terminal, home: Home, kept: Path) -> None:
    before = (home.folder / "ledger.sqlite3").read_bytes()

    said = rebaloop("restore", kept)

    assert said.code == 0
    assert "what became of 2 orders" in said.out
    assert "Nothing was changed." in said.out
    assert (home.folder / "ledger.sqlite3").read_bytes() == before


def test_nothing_is_replaced_unless_everything_is_halted(rebaloop: Terminal, home: Home, kept: Path) -> None:
    said = rebaloop("restore", kept, "--yes")

    assert said.code == 1
    assert "rebaloop halt" in said.err
    assert len(home.orders) == 2


def test_the_ledger_before_is_kept_aside(rebaloop: Terminal, home: Home, kept: Path) -> None:
    rebaloop("halt")

    assert rebaloop("restore", kept, "--yes").code == 0

    assert home.orders == []
    (aside,) = home.folder.glob("ledger.sqlite3.until-*")
    with SqliteLedger(aside) as ledger:
        assert len(ledger.orders()) == 2


def test_a_ledger_that_somebody_uses_is_not_replaced(rebaloop: Terminal, home: Home, kept: Path) -> None:
    rebaloop("halt")

    with closing(sqlite3.connect(home.folder / "ledger.sqlite3")) as reader:
        reader.execute("SELECT count(*) FROM fact").fetchone()
        said = rebaloop("restore", kept, "--yes")

    assert said.code == 75
    assert "systemctl stop rebaloop" in said.err
    assert len(home.orders) == 2


def test_a_damaged_ledger_gives_way_to_its_backup(rebaloop: Terminal, home: Home, kept: Path) -> None:
    ledger = home.folder / "ledger.sqlite3"
    for end in ("-wal", "-shm"):
        ledger.with_name(f"{ledger.name}{end}").unlink(missing_ok=True)
    ledger.write_bytes(b"no ledger at all" * 1000)
    rebaloop("halt")

    assert rebaloop("restore", kept, "--yes").code == 0
    assert [proposal.plan_id for proposal in home.proposals] == [PLAN]
    (aside,) = home.folder.glob("ledger.sqlite3.until-*")
    assert aside.read_bytes().startswith(b"no ledger")


def test_what_is_no_sound_ledger_is_never_put_in_place(rebaloop: Terminal, home: Home, kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:6000])
    rebaloop("halt")

    assert rebaloop("restore", kept, "--yes").code == 1
    assert len(home.orders) == 2


def test_a_copy_that_is_damaged_on_its_way_leaves_the_ledger(tmp_path: Path) -> None:
    ledger, copy = a_ledger_of(5, tmp_path / "ledger.sqlite3"), tmp_path / "copy.sqlite3"
    copy.write_bytes(b"")

    with pytest.raises(Reconcile):
        put_back(ledger, copy, AT)

    assert examine(ledger).trouble == ""


def test_where_there_is_no_room_nothing_is_left_behind(tmp_path: Path) -> None:
    ledger = a_ledger_of(5, tmp_path / "ledger.sqlite3")

    with pytest.raises(TryLater):
        back_up(ledger, tmp_path / "no such folder" / "copy.sqlite3")


def test_after_a_restore_the_next_run_knows_that_its_books_are_older_than_the_account(
    rebaloop: Terminal, home: Home, kept: Path
) -> None:
    rebaloop("halt")
    rebaloop("restore", kept, "--yes")
    rebaloop("resume")
    rebaloop("approve", PLAN, "--yes")
    posts = home.posts

    said = rebaloop("run")

    assert said.code == 1
    assert "the ledger is older than the account" in said.err
    assert "rebaloop accept" in said.err
    assert home.posts == posts
    assert (home.folder / "HALT").exists()
