"""Another process at work on a ledger: `python -m tests.adapters.store.at_work VERB PATH [ARGUMENT]`."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.approval import Verdict
from bot.domain.errors import RebaloopError
from bot.domain.facts import ConsentGiven
from tests.adapters.store.examples import NOON, proposal, tick, verdict


def say(word: object) -> None:
    """Tell the test."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def heard() -> str:
    """Wait for a word of the test."""
    return sys.stdin.readline()


def decide(path: Path, times: str) -> None:
    """Approve and decline in turns as often as told; say how often that counted."""
    with SqliteLedger(path) as ledger:
        say("ready")
        heard()
        says = (Verdict.APPROVED, Verdict.DECLINED)
        say(sum(ledger.decide(verdict(proposal(), says[turn % 2])) for turn in range(int(times))))


def write(path: Path, largest_file: str) -> None:
    """Record facts for ever, each said once it is in the books; stop with our own error where the disk is full."""
    with SqliteLedger(path) as ledger:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
        for number in count(1):
            try:
                ledger.record(tick(number))
            except RebaloopError as problem:
                say(f"{type(problem).__name__}: {problem}")
                return
            say(number)


def create(path: Path, _: str) -> None:
    """Open a ledger that may not be there yet."""
    say("ready")
    heard()
    with SqliteLedger(path) as ledger:
        say(len(ledger.proposals()))


def hold(path: Path, _: str) -> None:
    """Hold the lock until told otherwise."""
    with single_instance(path):
        say("held")
        heard()


def transact(path: Path, _: str) -> None:
    """Stand in the middle of a change until told otherwise."""
    with SqliteLedger(path) as ledger:
        ledger._connection.execute("BEGIN IMMEDIATE")
        ledger._add(tick(99), "p")
        say("halfway")
        heard()


def consent(path: Path, token_sha: str) -> None:
    """Use up a link and write down the yes, but not the verdict yet; stand there until told otherwise."""
    with SqliteLedger(path) as ledger:
        gate, plan = SqliteGate(ledger), proposal().fingerprint
        with gate.at_once():
            assert gate.use(token_sha, plan, NOON)
            ledger.record(ConsentGiven(at=NOON, plan=plan, person="self", by="page:self"))
            say("halfway")
            heard()
            assert ledger.decide(verdict(proposal()))
        say("approved")


VERBS: dict[str, Callable[[Path, str], None]] = {
    verb.__name__: verb for verb in (decide, write, create, hold, transact, consent)
}

if __name__ == "__main__":
    VERBS[sys.argv[1]](Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
