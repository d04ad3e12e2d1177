"""Several processes, killed processes and a full disk leave the books right."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.errors import TryLater
from bot.domain.facts import LegTicked, PlanDecided, PlanProposed
from tests.adapters.store.examples import NOON, proposal, tick
from tests.architecture.tree import ROOT


@contextmanager
def at_work(verb: str, path: Path, argument: object = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that does one of the verbs of `at_work`; killed at the end, if it still lives."""
    command = [sys.executable, "-m", "tests.adapters.store.at_work", verb, str(path), str(argument)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            yield other
        finally:
            other.kill()


def hear(other: subprocess.Popen[str]) -> str:
    """The next line of the other process."""
    assert other.stdout is not None
    return other.stdout.readline().strip()


def tell(other: subprocess.Popen[str]) -> None:
    """Let the other process go on."""
    assert other.stdin is not None
    other.stdin.write("go\n")
    other.stdin.flush()


def ticks(path: Path) -> list[int]:
    """The numbers of the facts in the books."""
    with SqliteLedger(path) as ledger:
        return [fact.line for fact in ledger.facts() if isinstance(fact, LegTicked)]


def test_of_forty_verdicts_from_two_processes_exactly_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))
        with at_work("decide", path, 20) as one, at_work("decide", path, 20) as two:
            assert (hear(one), hear(two)) == ("ready", "ready")
            tell(one)
            tell(two)
            counted = int(hear(one)) + int(hear(two))

        assert counted == 1
        assert len([fact for fact in ledger.facts() if isinstance(fact, PlanDecided)]) == 1


def test_two_processes_may_create_the_ledger_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with at_work("create", path) as one, at_work("create", path) as two:
        assert (hear(one), hear(two)) == ("ready", "ready")
        tell(one)
        tell(two)

        assert (hear(one), hear(two)) == ("0", "0")


def test_a_killed_writer_loses_no_fact_that_it_had_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    SqliteLedger(path).close()
    acknowledged = 0
    for commits in range(2, 38, 7):
        before = len(ticks(path))
        with at_work("write", path) as writer:
            for _ in range(commits):
                acknowledged = int(hear(writer))
            writer.send_signal(signal.SIGKILL)
            assert writer.wait() == -signal.SIGKILL
            assert writer.stdout is not None
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
        found = ticks(path)[before:]

        assert found in (list(range(1, acknowledged + 1)), list(range(1, acknowledged + 2)))


@pytest.mark.parametrize("largest_file", [70_000, 133_333, 200_000])
def test_a_full_disk_is_for_later_and_keeps_what_was_acknowledged(tmp_path: Path, largest_file: int) -> None:
    path = tmp_path / "ledger.db"
    SqliteLedger(path).close()
    with at_work("write", path, largest_file) as writer:
        assert writer.stdout is not None
        *acknowledged, last = writer.stdout.read().splitlines()

    assert last.startswith("TryLater: ")
    assert last.endswith("nothing was sent, nothing was recorded.")
    assert acknowledged
    assert ticks(path) == [int(number) for number in acknowledged]


def test_the_books_can_be_read_while_another_process_changes_them(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with SqliteLedger(path) as ledger:
        ledger.record(tick(1))
    with at_work("transact", path) as other:
        assert hear(other) == "halfway"

        assert ticks(path) == [1]


def test_a_change_that_dies_halfway_was_never_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with at_work("transact", path) as other:
        assert hear(other) == "halfway"

    assert ticks(path) == []


def test_one_rebaloop_at_a_time(tmp_path: Path) -> None:
    with at_work("hold", tmp_path / "ledger.db") as other:
        assert hear(other) == "held"

        with (
            pytest.raises(TryLater, match="Another rebaloop is at work") as refusal,
            single_instance(tmp_path / "ledger.db"),
        ):
            pass
    assert refusal.value.exit_code == 75


def test_the_lock_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    with at_work("hold", tmp_path / "ledger.db") as other:
        assert hear(other) == "held"
        other.send_signal(signal.SIGKILL)
        other.wait()

        with single_instance(tmp_path / "ledger.db"):
            assert (tmp_path / "ledger.db.lock").stat().st_mode & 0o777 == 0o600


def test_the_lock_is_free_when_its_holder_is_done(tmp_path: Path) -> None:
    with single_instance(tmp_path / "ledger.db"):
        pass
    with single_instance(tmp_path / "ledger.db"):
        pass


def test_a_lock_where_nothing_can_be_written_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(TryLater, match="cannot be opened"), single_instance(tmp_path / "file" / "ledger.db"):
        pass
