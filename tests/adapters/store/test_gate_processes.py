"""A yes of which the last part is missing was never there, however the process died."""

from __future__ import annotations

import signal
from pathlib import Path

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.facts import ConsentGiven, PlanDecided, PlanProposed
from bot.domain.gate import Link
from tests.adapters.store.examples import NOON, proposal
from tests.adapters.store.test_processes import at_work, hear, tell

SHA, PLAN = "ab" * 32, proposal()


def furnished(path: Path) -> None:
    """A plan that waits, and a link to it."""
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=PLAN))
        gate = SqliteGate(ledger)
        gate.name_deciders(PLAN.fingerprint, ("self",))
        gate.add(Link(token_sha=SHA, plan=PLAN.fingerprint, person="self", created_at=NOON, expires_at=PLAN.expires_at))


def kinds(path: Path) -> list[str]:
    """What is in the books, and whether the link is used."""
    with SqliteLedger(path) as ledger:
        link = SqliteGate(ledger).link(SHA)
        assert link is not None
        return [*(type(fact).__name__ for fact in ledger.facts()), "used" if link.used_at else "unused"]


def test_a_process_killed_between_consent_and_verdict_leaves_neither_and_the_link_unused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    furnished(path)
    with at_work("consent", path, SHA) as other:
        assert hear(other) == "halfway"
        other.send_signal(signal.SIGKILL)
        other.wait()

    assert kinds(path) == ["PlanProposed", "unused"]


def test_a_process_that_gets_to_its_end_leaves_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    furnished(path)
    with at_work("consent", path, SHA) as other:
        assert hear(other) == "halfway"
        tell(other)
        assert hear(other) == "approved"

    assert kinds(path) == [PlanProposed.__name__, ConsentGiven.__name__, PlanDecided.__name__, "used"]
