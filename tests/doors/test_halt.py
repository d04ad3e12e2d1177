"""The emergency brake at the terminal, and the owner's limits."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.lock import single_instance
from bot.domain.limits import Limits
from tests.doors.stage import Home, Terminal
from tests.doors.test_settings import fault, small

FIRST = "P-2026-03-02-A"


def approved(rebaloop: Terminal) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")


def test_a_halted_household_sends_nothing_until_it_is_resumed(rebaloop: Terminal, home: Home) -> None:
    approved(rebaloop)
    rebaloop("halt", "--because", "I want to look at it first")
    halted = rebaloop("run")
    before = home.posts
    resumed = rebaloop("resume")
    rebaloop("run")

    assert "I want to look at it first" in halted.out
    assert "I want to look at it first" in resumed.out
    assert (before, home.posts) == (0, 2)


def test_a_run_that_is_under_way_does_not_keep_the_brake_from_being_pulled(rebaloop: Terminal, home: Home) -> None:
    with single_instance(home.folder / "ledger.sqlite3"):
        said = rebaloop("halt")

    assert said.code == 0
    assert (home.folder / "HALT").is_file()


def test_resume_without_a_halt_is_wrong_use(rebaloop: Terminal, home: Home) -> None:
    assert rebaloop("resume").code == 2
    assert not (home.folder / "HALT").exists()


def test_a_plan_beyond_the_limits_is_not_proposed_and_says_what_to_raise(rebaloop: Terminal, home: Home) -> None:
    home.change(limits={"order_pct": 1})

    said = rebaloop("run")

    assert said.code == 1
    assert "raise limits.order_pct" in " ".join(said.out.split())
    assert list(home.proposals) == []


def test_limits_are_read_and_end_an_approval(tmp_path: Path) -> None:
    told = small(tmp_path, new="limits: {order_pct: 20, day_pct: 60, day_orders: 10}\n")

    assert told.limits == Limits(order_pct=Decimal(20), day_pct=Decimal(60), day_orders=10)
    assert told.fingerprint != small(tmp_path).fingerprint


@pytest.mark.parametrize("limits", ["{order_pct: 0}", "{day_pct: 201}", "{day_orders: 0}", "{per_order: 1}"])
def test_limits_that_make_no_sense_are_refused(tmp_path: Path, limits: str) -> None:
    assert fault(tmp_path, new=f"limits: {limits}\n").place.startswith("limits.")
