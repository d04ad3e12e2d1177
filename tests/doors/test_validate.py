"""`validate`: cycles on simulated brokers at once, and one a session on paper accounts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.services.arming import clean_cycles
from tests.doors.stage import Home, Terminal


def test_simulated_cycles_pass_when_every_count_and_cent_agrees(rebaloop: Terminal) -> None:
    said = rebaloop("validate", "--simulator", "--cycles", "2", "--json")
    told = said.only

    assert said.code == 0
    assert told["verdict"] == "PASSED: 2 clean cycles."
    assert told["figures_compared"] > 10
    assert [one["differences"] for one in told["cycles"]] == [[], []]
    assert all(one["filled"] == one["orders"] > 0 for one in told["cycles"])


def test_there_is_something_to_trade_again_although_the_last_cycle_hit_its_target(rebaloop: Terminal) -> None:
    first, second = rebaloop("validate", "--simulator", "--cycles", "2", "--json").only["cycles"]

    assert Decimal(first["drift_usd_after"]) < Decimal(second["drift_usd_before"]) / 10
    assert Decimal(second["drift_usd_after"]) < Decimal(second["drift_usd_before"]) / 10


def test_paper_accounts_have_one_cycle_a_session_and_arm_counts_it(rebaloop: Terminal, home: Home) -> None:
    first, again = rebaloop("validate", "--json"), rebaloop("validate")
    home.brokers[0].advance(timedelta(days=1))
    second = rebaloop("validate", "--json")

    assert (first.code, again.code, second.code) == (0, 75, 0)
    assert "one a session counts" in again.err
    assert [told.only["clean_cycles"] for told in (first, second)] == [1, 2]
    assert second.only["verdict"] == "NOT YET: 2 of 10 clean cycles."
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        assert len(clean_cycles(ledger)) == 2


def test_while_the_exchange_is_shut_nothing_is_tried(rebaloop: Terminal, home: Home) -> None:
    home.brokers[0].advance(timedelta(hours=8))

    said = rebaloop("validate")

    assert said.code == 75
    assert home.posts == 0


def test_what_is_not_paper_is_never_traded(rebaloop: Terminal, home: Home) -> None:
    home.change(mode="dry_run")

    said = rebaloop("validate", "--settings", home.settings)

    assert said.code == 1
    assert "Only paper accounts are traded" in said.err
    assert home.posts == 0


def test_both_roles_are_needed(rebaloop: Terminal, home: Home) -> None:
    home.change(accounts=home.tree["accounts"][:1])

    said = rebaloop("validate")

    assert said.code == 1
    assert "A taxable and a sheltered paper account are needed" in said.err


def test_a_household_that_is_not_on_paper_is_validated_on_simulated_brokers(rebaloop: Terminal, home: Home) -> None:
    home.change(mode="dry_run")

    told = rebaloop("validate", "--cycles", "1", "--json").only

    assert told["where"] == "simulated brokers"
    assert home.posts == 0


def test_files_are_kept_where_they_are_wanted_and_never_over_others(
    rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = tmp_path / "kept"

    assert rebaloop("validate", "--simulator", "--cycles", "1", "--keep", kept).code == 0
    assert (kept / "ledger.sqlite3").exists()
    assert rebaloop("validate", "--simulator", "--keep", kept).code == 2
