"""A ledger of every earlier schema is brought up to date, and says afterwards what it said before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.condition import examine
from adapters.store.ledger import SqliteLedger
from adapters.store.schema import migrations
from bot.domain.approval import Verdict
from bot.domain.errors import Reconcile
from bot.domain.orders import OrderState
from tests.deploy.ledgers import PLAN, SCHEMAS, a_ledger_of, schema_of


def test_there_is_a_ledger_of_every_earlier_schema() -> None:
    assert set(range(1, len(migrations()))) <= set(SCHEMAS)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_older_ledger_is_sound_before_and_after_it_is_brought_up_to_date(schema: int, tmp_path: Path) -> None:
    path = a_ledger_of(schema, tmp_path / "ledger.sqlite3")
    before = examine(path)

    with SqliteLedger(path):
        after = examine(path)

    assert (before.schema, before.trouble) == (schema, "")
    assert (after.schema, after.trouble) == (len(migrations()), "")
    assert (after.facts, after.newest_at, after.plans) == (before.facts, before.newest_at, before.plans)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_its_plan_is_still_the_one_that_was_approved_and_filled(schema: int, tmp_path: Path) -> None:
    with SqliteLedger(a_ledger_of(schema, tmp_path / "ledger.sqlite3")) as ledger:
        ((proposal, approval),) = ledger.proposals()
        orders = ledger.orders(plan=proposal.fingerprint)
        facts = list(ledger.facts(plan=proposal.fingerprint))

    assert proposal.plan_id == PLAN
    assert approval is not None
    assert approval.verdict is Verdict.APPROVED
    assert [one.state for one in orders] == [OrderState.FILLED, OrderState.FILLED]
    assert facts


def test_a_plan_that_was_changed_afterwards_is_still_noticed(tmp_path: Path) -> None:
    path = a_ledger_of(1, tmp_path / "ledger.sqlite3")
    with closing(sqlite3.connect(path)) as books:
        books.execute("DROP TRIGGER fact_never_changes")
        books.execute("UPDATE fact SET body = replace(body, 'rollover', 'rollunder') WHERE kind = 'PlanProposed'")
        books.commit()

    with SqliteLedger(path) as ledger, pytest.raises(Reconcile, match="not what was written down"):
        ledger.proposals()


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = a_ledger_of(2, tmp_path / "ledger.sqlite3")
    with closing(sqlite3.connect(path)) as books:
        books.execute("CREATE TABLE due (in_the_way TEXT)")  # the fifth migration wants this name

    with pytest.raises(sqlite3.OperationalError):
        SqliteLedger(path)

    assert schema_of(path) == 2
