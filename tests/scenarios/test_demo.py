"""The demo: a few days of a household, the broker's own client library against the loopback, and books that agree."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.store.ledger import SqliteLedger
from bot.cli.performance import Performance
from bot.domain.orders import OrderState
from tests.doors.stage import Terminal

ROOT = Path(__file__).parents[2]
KEYS = {
    "tax_realised_usd",
    "tax_if_sold_in_taxable_usd",
    "drift_usd_before",
    "drift_usd_after",
    "drift_limit_usd",
    "orders_filled",
    "orders_sent",
    "breaks",
    "books_agree",
    "requests",
    "posts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A performance that is over, and where its files are."""

    folder: Path
    performance: Performance

    @property
    def told(self) -> dict[str, Any]:
        return self.performance.summary()


def play(folder: Path, *, seed: int, days: int = 1) -> Played:
    performance = Performance(folder, seed=seed, days=days, out=None)
    performance.run(on_progress=lambda words: None)
    return Played(folder=folder, performance=performance)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Seed 1, three days: the drift, a payday, a dividend."""
    return play(tmp_path_factory.mktemp("week"), seed=1, days=3)


# --- what it promises ------------------------------------------------------------------------------------------------
def test_the_drift_is_cured_without_a_cent_of_tax(week: Played) -> None:
    told = week.told

    assert Decimal(told["tax_realised_usd"]) == 0
    assert Decimal(told["tax_if_sold_in_taxable_usd"]) > 1000
    assert Decimal(told["drift_usd_after"]) < Decimal(told["drift_usd_before"]) / 200
    assert Decimal(told["drift_limit_usd"]) <= Decimal(told["drift_usd_after"])


def test_every_order_is_filled_and_nothing_disagrees(week: Played) -> None:
    told = week.told

    assert told["orders_filled"] == told["orders_sent"] > 0
    assert (told["breaks"], told["books_agree"]) == (0, True)
    assert week.performance.went_well


def test_every_post_is_an_order_and_every_order_one_post(week: Played) -> None:
    with SqliteLedger(week.folder / "ledger.sqlite3") as ledger:
        orders = ledger.orders()

    assert week.told["posts"] == len(orders) == week.told["orders_sent"]
    assert all(order.state is OrderState.FILLED for order in orders)
    assert len({order.broker_id for order in orders}) == len(orders)


def test_the_client_libraries_of_both_brokers_are_what_spoke(week: Played) -> None:
    assert "alpaca.trading.client" in sys.modules
    assert "schwab.client" in sys.modules
    assert week.told["requests"] > 10 * week.told["posts"]


def test_each_day_is_reported_in_a_plan_and_a_receipt(week: Played) -> None:
    letters = [path.read_text() for path in sorted((week.folder / "letters").glob("*.eml"))]

    assert len(letters) == 6
    assert sum(": [rebaloop paper] Approve" in letter for letter in letters) == 3
    assert sum("Books and broker agree to the cent and to the share." in letter for letter in letters) == 3


# --- seeds and lengths -----------------------------------------------------------------------------------------------
def test_the_same_seed_is_the_same_story(week: Played, tmp_path: Path) -> None:
    assert play(tmp_path, seed=1, days=3).told == week.told


@pytest.mark.parametrize(("seed", "days"), [(2, 1), (3, 1), (4, 1), (5, 2), (6, 1), (7, 2), (8, 1)])
def test_every_seed_ends_well(week: Played, tmp_path: Path, seed: int, days: int) -> None:
    played = play(tmp_path, seed=seed, days=days)
    told = played.told

    assert (told["breaks"], told["books_agree"], Decimal(told["tax_realised_usd"])) == (0, True, Decimal(0))
    assert told["orders_filled"] == told["orders_sent"] == told["posts"] > 0
    assert Decimal(told["drift_usd_after"]) < Decimal(told["drift_usd_before"]) / 10
    assert len(told["days"]) == days
    assert told["real_months"] != week.told["real_months"] or told["pie_usd"] != week.told["pie_usd"]


def test_six_days_are_lived_through_in_order(tmp_path: Path) -> None:
    told = play(tmp_path, seed=1, days=6).told

    assert len(told["days"]) == 6
    assert told["days"] == sorted(set(told["days"]))
    assert (told["breaks"], told["books_agree"], Decimal(told["tax_realised_usd"])) == (0, True, Decimal(0))


# --- at the terminal -------------------------------------------------------------------------------------------------
def test_json_is_one_object_and_nothing_else(rebaloop: Terminal) -> None:
    said = rebaloop("demo", "--days", 1, "--json")

    assert said.code == 0
    assert set(said.only) >= KEYS


def test_what_it_keeps_is_complete_and_its_keys_are_for_the_owner_alone(rebaloop: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "kept"

    said = rebaloop("demo", "--days", 1, "--keep", folder, "--json")

    names = {path.name for path in folder.iterdir()}
    assert said.code == 0
    assert names >= {"household.yaml", "ledger.sqlite3", "letters", "work.csv", "spare.key", "roth.number"}
    kept = [found for end in ("key", "secret", "number", "token.json") for found in folder.glob(f"*.{end}")]
    secret = [folder / "letters", *kept, *folder.glob("letters/*")]
    assert len(kept) == 11
    assert len(secret) == 14
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in secret)


def test_the_audience_sees_the_plan_the_fills_and_the_end(rebaloop: Terminal) -> None:
    said = rebaloop("demo", "--days", 2)
    text = " ".join(said.out.split())

    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 100
    assert "Mon 2026-03-02 The markets have moved the household off its target." in text
    assert "Fri 2026-03-13 Payday: new money lies in the brokerage account." in text
    assert "Not proposed SELL" in text
    assert text.count("Books and brokers agree.") == 2
    assert re.search(r"Tax realised: 0\.00 .* The broker was simulated; no real order was sent\.", text)


def test_zero_days_are_exit_2(rebaloop: Terminal) -> None:
    assert rebaloop("demo", "--days", 0).code == 2


def test_it_runs_in_a_process_of_its_own_with_warnings_as_errors() -> None:
    quiet = ["-W", "error", "-W", "ignore::DeprecationWarning"]
    run = subprocess.run(
        [sys.executable, *quiet, "-m", "bot", "demo", "--days", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout.splitlines()[-1])["tax_realised_usd"] == "0.00"


def test_it_does_not_write_over_what_another_demo_kept(rebaloop: Terminal, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_text("of another demo")

    said = rebaloop("demo", "--days", 1, "--keep", tmp_path)

    assert said.code == 2
    assert (tmp_path / "ledger.sqlite3").read_text() == "of another demo"
