"""Killed processes, several processes and a full disk: a letter may come twice, and none is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.mail.postbox import FIRST_PAUSE
from adapters.store.ledger import SqliteLedger
from adapters.store.outbox import Outbox
from bot.domain.approval import Verdict
from bot.domain.facts import PlanProposed
from bot.domain.post import Fate
from tests.adapters.mail.conftest import Office
from tests.adapters.store.examples import NOON, proposal, verdict
from tests.architecture.tree import ROOT


@contextmanager
def at_work(verb: str, office: Office, argument: object = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that does one of the verbs of `at_work`; killed at the end, if it still lives."""
    words = [verb, str(office.outbox._path), str(office.room.port), str(argument)]
    command = [sys.executable, "-m", "tests.adapters.mail.at_work", *words]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as other:
        try:
            yield other
        finally:
            other.kill()


def hear(other: subprocess.Popen[str]) -> str:
    """The next line of the other process that is no log line."""
    assert other.stdout is not None
    while (line := other.stdout.readline()) and " [" in line:
        pass
    return line.strip()


def tell(other: subprocess.Popen[str]) -> None:
    """Let the other process go on."""
    assert other.stdin is not None
    other.stdin.write("go\n")
    other.stdin.flush()


def test_a_letter_whose_mark_a_kill_forestalled_comes_twice_and_one_yes_counts(office: Office) -> None:
    plan = proposal()
    with SqliteLedger(office.outbox._path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=plan))
        office.send(f"Approve {plan.plan_id}")
        with at_work("die", office) as postman:
            assert hear(postman) == "taken"
            postman.send_signal(signal.SIGKILL)
            assert postman.wait() == -signal.SIGKILL
        assert (len(office.room.taken), office.fates) == (1, [Fate.WAITING])
        office.clock.jump(SystemClock().now() - office.clock.now())
        office.deliver(later=FIRST_PAUSE)

        first, second = (one.message for one in office.room.taken)
        assert (first["Message-ID"], first["Subject"]) == (second["Message-ID"], second["Subject"])
        assert office.fates == [Fate.SENT]
        assert [ledger.decide(verdict(plan, Verdict.APPROVED)) for _ in (first, second)] == [True, False]


def test_two_processes_send_every_letter_once(office: Office) -> None:
    names = [f"letter {number}" for number in range(60)]
    office.send(*names)
    with at_work("deliver", office) as one, at_work("deliver", office) as two:
        assert (hear(one), hear(two)) == ("ready", "ready")
        tell(one)
        tell(two)
        assert (hear(one), hear(two)) == ("done", "done")

    assert sorted(office.arrived) == sorted(names)
    assert set(office.fates) == {Fate.SENT}
    assert len(office.room.greeted) == 2


@pytest.mark.parametrize("largest_file", [220_000, 300_000])
def test_a_full_disk_keeps_every_letter_that_was_acknowledged(
    office: Office, opened: ExitStack, tmp_path: Path, largest_file: int
) -> None:
    office.outbox = opened.enter_context(Outbox(tmp_path / "small.db"))
    with at_work("write", office, largest_file) as writer:
        assert writer.stdout is not None
        *acknowledged, last = writer.stdout.read().splitlines()

    assert last.startswith("TryLater: ")
    assert acknowledged
    assert [one.subject for one in office.outbox.posted()] == acknowledged
    office.deliver()
    assert office.arrived == acknowledged
