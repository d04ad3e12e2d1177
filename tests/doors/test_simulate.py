"""`rebaloop simulate`: the table, the files and the pictures, and whose accounts they are about."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

from tests.doors.stage import Terminal
from tests.doors.test_plan import SEED

SHORT = ("--years", 5, "--every", 400, "--windows", "1926", "--workers", 1)


def test_the_table_has_every_way_and_says_what_it_leaves_out(rebaloop: Terminal) -> None:
    text = " ".join(rebaloop("simulate", *SHORT).out.split())

    assert "3 windows of 5 years of history, from 1926 on" in text
    for way in ("silo, band, dearest first", "loop, adaptive, loss bank", "never rebalance"):
        assert way in text
    assert "Today's rates on all of history" in text
    assert "1920s" in text


def test_the_loop_owes_no_tax_on_gains(rebaloop: Terminal) -> None:
    ways = {row["way"]: row for row in rebaloop("simulate", *SHORT, "--json").only["ways"]}

    assert [ways[name]["realised_usd"] for name in ("lagging", "location", "adaptive")] == ["0.00"] * 3
    assert Decimal(ways["silo_annual_fifo"]["realised_usd"]) > 0


def test_the_files_hold_every_life_and_both_pictures(rebaloop: Terminal, tmp_path: Path) -> None:
    rebaloop("simulate", *SHORT, "--out", tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["gap.png", "lives.csv", "table.csv", "whatif.png"]
    rows = list(csv.DictReader((tmp_path / "lives.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3 * 10
    assert {row["path"] for row in rows} == {"1926-01", "1959-05", "1992-09"}


def test_ones_own_accounts_may_be_lived_through(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("simulate", *SHORT, "--household", SEED, "--spend", 100, "--age", 72, "--json").only

    assert any(Decimal(row["taxes_usd"]) > 0 for row in said["ways"])


def test_draws_are_repeatable(rebaloop: Terminal) -> None:
    told = [rebaloop("simulate", "--years", 3, "--bootstrap", 2, "--workers", 1, "--json").only for _ in range(2)]

    assert told[0] == told[1]
    assert "drawn in blocks of 12 months" in told[0]["paths"]


def test_a_target_that_is_no_pair_is_refused(rebaloop: Terminal) -> None:
    done = rebaloop("simulate", "--target", "70/40")

    assert done.code == 2
    assert "add up to 100" in done.err


def test_the_notebook_is_json_by_the_line(rebaloop: Terminal, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    rebaloop("simulate", *SHORT, "--resume", notes, "--json")

    assert len([json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]) == 2
