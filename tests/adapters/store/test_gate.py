"""The file itself refuses a link, a yes and a verdict that the gate does not allow, whoever writes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.connection import writing
from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.errors import Reconcile, TryLater
from bot.domain.facts import ConsentGiven, Fact, GateLocked, PassphraseRefused, PassphraseSet, PlanProposed
from bot.domain.gate import Cost, Link, Passphrase
from bot.domain.plan import Proposal
from tests.adapters.store.examples import DAY, MINUTE, NOON, proposal, verdict

SHA = "ab" * 32
PLAN = proposal()
LATER = proposal("2026-03-02-b", created_at=NOON + MINUTE)


def link(of: Proposal = PLAN, sha: str = SHA, person: str = "self") -> Link:
    """A fresh link that ends with its plan."""
    return Link(token_sha=sha, plan=of.fingerprint, person=person, created_at=NOON, expires_at=of.expires_at)


def consent(person: str, of: Proposal = PLAN) -> ConsentGiven:
    """A yes a minute after the plan."""
    return ConsentGiven(at=NOON + MINUTE, plan=of.fingerprint, person=person, by=f"page:{person}")


def passphrase(**change: object) -> Passphrase:
    """What is kept of somebody's passphrase."""
    kept = Passphrase(person="self", salt="0f" * 16, digest="e1" * 32, cost=Cost(n=2), set_at=NOON)
    return replace(kept, **change)  # type: ignore[arg-type]  # a test names the fields


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[SqliteLedger, SqliteGate]]:
    """A plan that waits for two people, and a link for one of them."""
    with SqliteLedger(tmp_path / "ledger.db") as ledger:
        gate = SqliteGate(ledger)
        ledger.record(PlanProposed(at=NOON, proposal=PLAN))
        gate.name_deciders(PLAN.fingerprint, ("self", "spouse"))
        gate.add(link())
        yield ledger, gate


def execute(ledger: SqliteLedger, statement: str, *values: object) -> None:
    """What somebody with the file open could try."""
    _, connection = ledger.books
    with writing(connection):
        connection.execute(statement, values)


def test_a_link_is_read_back_as_it_was_written(books: tuple[SqliteLedger, SqliteGate]) -> None:
    _, gate = books

    assert gate.link(SHA) == link()
    assert gate.link("cd" * 32) is None
    assert gate.use(SHA, PLAN.fingerprint, NOON + MINUTE)
    assert gate.link(SHA) == replace(link(), used_at=NOON + MINUTE)


def test_a_link_is_used_once(books: tuple[SqliteLedger, SqliteGate]) -> None:
    _, gate = books

    assert [gate.use(SHA, PLAN.fingerprint, NOON + MINUTE) for _ in range(3)] == [True, False, False]


def test_a_link_is_used_for_its_own_plan_and_in_time_alone(books: tuple[SqliteLedger, SqliteGate]) -> None:
    _, gate = books

    assert not gate.use(SHA, LATER.fingerprint, NOON)
    assert not gate.use("cd" * 32, PLAN.fingerprint, NOON)
    assert not gate.use(SHA, PLAN.fingerprint, PLAN.expires_at)
    assert gate.use(SHA, PLAN.fingerprint, PLAN.expires_at - MINUTE)


def test_a_passphrase_is_read_back_and_replaced(books: tuple[SqliteLedger, SqliteGate]) -> None:
    _, gate = books
    gate.keep(passphrase())
    gate.keep(passphrase(digest="77" * 32))

    assert gate.passphrase("self") == passphrase(digest="77" * 32)
    assert gate.passphrase("spouse") is None


@pytest.mark.parametrize("change", [{"salt": "0f" * 15}, {"digest": "x" * 64}, {"cost": Cost(n=1)}, {"person": ""}])
def test_no_weak_digest_is_kept(books: tuple[SqliteLedger, SqliteGate], change: dict[str, object]) -> None:
    _, gate = books

    with pytest.raises(Reconcile):
        gate.keep(passphrase(**change))


@pytest.mark.parametrize(
    "fact",
    [
        consent("self"),
        PassphraseRefused(at=NOON, plan=PLAN.fingerprint, person="self", by="page:self"),
        PassphraseRefused(at=NOON, plan="", person="self", by="page:self"),
        GateLocked(at=NOON, person="", wrong=10, until=NOON + MINUTE),
        PassphraseSet(at=NOON, person="spouse"),
    ],
)
def test_the_facts_of_the_gate_are_read_back_as_they_were_written(
    books: tuple[SqliteLedger, SqliteGate], fact: Fact
) -> None:
    ledger, _ = books
    ledger.record(fact)

    assert list(ledger.latest(type(fact))) == [fact]


def test_a_plan_with_people_who_decide_is_not_approved_without_all_of_them(
    books: tuple[SqliteLedger, SqliteGate],
) -> None:
    ledger, _ = books
    ledger.record(consent("self"))

    with pytest.raises(Reconcile, match="not everybody who decides"):
        ledger.decide(verdict(PLAN))
    ledger.record(consent("spouse"))
    assert ledger.decide(verdict(PLAN))


def test_a_plan_with_people_who_decide_can_be_declined_without_them(books: tuple[SqliteLedger, SqliteGate]) -> None:
    ledger, _ = books

    assert ledger.decide(verdict(PLAN, Verdict.DECLINED))


def test_a_yes_comes_once_from_somebody_who_decides_while_the_plan_waits(
    books: tuple[SqliteLedger, SqliteGate],
) -> None:
    ledger, _ = books
    ledger.record(consent("self"))
    refused = [consent("self"), consent("child"), replace(consent("spouse"), at=NOON + DAY)]

    for one in refused:
        with pytest.raises(Reconcile):
            ledger.record(one)
    ledger.decide(verdict(PLAN, Verdict.DECLINED))
    with pytest.raises(Reconcile, match="does not wait for that yes"):
        ledger.record(consent("spouse"))
    assert list(ledger.latest(ConsentGiven)) == [consent("self")]


def test_a_link_is_for_somebody_who_decides_and_ends_with_its_plan(books: tuple[SqliteLedger, SqliteGate]) -> None:
    _, gate = books
    refused = [
        link(sha="cd" * 32, person="child"),
        link(LATER, sha="cd" * 32),
        replace(link(sha="cd" * 32), expires_at=PLAN.expires_at + MINUTE),
        link(),
        link(sha="token in plain text".ljust(64)),
    ]

    for one in refused:
        with pytest.raises(Reconcile):
            gate.add(one)


def test_nobody_is_named_after_the_first_word(books: tuple[SqliteLedger, SqliteGate]) -> None:
    ledger, gate = books
    gate.name_deciders(PLAN.fingerprint, ("self",))
    assert gate.deciders(PLAN.fingerprint) == ("self", "spouse")
    ledger.record(PlanProposed(at=NOON + MINUTE, proposal=LATER))
    assert ledger.decide(verdict(LATER, at=NOON + 2 * MINUTE))

    with pytest.raises(Reconcile, match="nobody is named any more"):
        gate.name_deciders(LATER.fingerprint, ("self",))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM decider",
        "UPDATE decider SET person = 'mallory'",
        "INSERT OR REPLACE INTO decider SELECT plan, person FROM decider",
        "DELETE FROM link",
        "UPDATE link SET used_at = NULL",
        "UPDATE link SET used_at = '2030-01-01T00:00:00.000000+00:00'",
        "UPDATE link SET expires_at = '2030-01-01T00:00:00.000000+00:00'",
        "UPDATE link SET plan = 'p'",
        "UPDATE link SET person = 'spouse'",
        "UPDATE link SET token_sha = lower(hex(zeroblob(32)))",
        "INSERT OR REPLACE INTO link SELECT token_sha, plan, person, created_at, expires_at, NULL FROM link",
        "INSERT INTO link SELECT lower(hex(zeroblob(32))), plan, person, created_at, expires_at, created_at FROM link",
        "DELETE FROM consent",
        "UPDATE consent SET person = 'spouse'",
        "INSERT OR REPLACE INTO consent SELECT plan, person, '2026-03-02T18:00:00.000000+00:00' FROM consent",
        "UPDATE proposal SET verdict = 'approved', decided_at = created_at",
    ],
)
def test_what_was_written_down_is_not_changed(books: tuple[SqliteLedger, SqliteGate], statement: str) -> None:
    ledger, gate = books
    ledger.record(consent("self"))
    assert gate.use(SHA, PLAN.fingerprint, NOON + MINUTE)

    with pytest.raises(sqlite3.IntegrityError):
        execute(ledger, statement)
    assert gate.link(SHA) == replace(link(), used_at=NOON + MINUTE)


def test_what_is_written_at_once_is_there_whole_or_not_at_all(books: tuple[SqliteLedger, SqliteGate]) -> None:
    ledger, gate = books

    def halfway() -> None:
        with gate.at_once():
            assert gate.use(SHA, PLAN.fingerprint, NOON + MINUTE)
            ledger.record(consent("self"))
            gate.keep(passphrase())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        halfway()
    assert gate.link(SHA) == link()
    assert gate.passphrase("self") is None
    assert list(ledger.latest(ConsentGiven)) == []


def test_nobody_else_writes_while_something_is_written_at_once(
    books: tuple[SqliteLedger, SqliteGate], tmp_path: Path
) -> None:
    _, gate = books
    with SqliteLedger(tmp_path / "ledger.db", patience_ms=20) as other, gate.at_once():
        with pytest.raises(TryLater):
            other.decide(verdict(PLAN, Verdict.DECLINED))
        assert len(other.proposals()) == 1


def test_a_locked_file_is_for_later(books: tuple[SqliteLedger, SqliteGate], tmp_path: Path) -> None:
    _, gate = books
    with SqliteLedger(tmp_path / "ledger.db", patience_ms=20) as other, gate.at_once(), pytest.raises(TryLater):
        SqliteGate(other).use(SHA, PLAN.fingerprint, NOON + MINUTE)
