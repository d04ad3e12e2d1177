"""`rebaloop report`: a year's figures, the running ledger of naive selling, the tax preparer's table, and pictures."""

from __future__ import annotations

import csv
import io
import struct
from decimal import Decimal
from pathlib import Path

import pytest

from tests.doors.stage import Home, Terminal
from tests.doors.test_lots import washed, written  # noqa: F401 - fixtures

BRACKETS = {"filing_status": "single", "ordinary_income_usd": 90000}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def swapped(rebaloop: Terminal, home: Home) -> Home:
    """A plan has been approved and carried out: $100,000 of stocks became bonds in the rollover."""
    rebaloop("plan")
    (proposal,) = home.proposals
    assert rebaloop("approve", proposal.plan_id, typed=f"{proposal.code}\n").code == 0
    assert rebaloop("run").code == 0
    return home


# --- the ledger of naive selling -------------------------------------------------------------------------------------
def test_before_the_first_plan_there_is_nothing_to_compare(rebaloop: Terminal, home: Home) -> None:
    text = flat(rebaloop("report").out)

    assert "No plan has been carried out yet." in text
    assert "0 sales" in text


def test_a_plan_that_was_carried_out_is_set_beside_naive_selling(rebaloop: Terminal, swapped: Home) -> None:
    said = rebaloop("report", "--json").only
    ways = {(one["scope"], one["first"]): one for one in said["naive"]}
    dearest = ways["household", "highest_cost"]

    assert said["plans_carried_out"] == 1
    assert (dearest["sold_usd"], dearest["gain_usd"], dearest["tax_usd"]) == ("100000.00", "90000.00", "13500.00")
    assert ways["account", "fifo"]["tax_usd"] == "27000.00"  # alone it would have sold 40 percent of its $500,000
    assert (said["waiting_gain_usd"], said["waiting_tax_usd"]) == ("450025.00", "67503.75")  # at the middle of a quote
    assert (said["sales"], said["tax_usd"]) == (0, "0.00")


def test_the_words_never_say_that_a_tax_is_avoided(rebaloop: Terminal, swapped: Home) -> None:
    text = flat(rebaloop("report").out)

    assert "It is deferred, not gone" in text
    assert "$450,025 of gain waits in taxable accounts" in text
    assert "avoid" not in text.lower()
    assert "saved" not in text.lower()


def test_a_year_without_plans_has_no_naive_figures_of_its_own(rebaloop: Terminal, swapped: Home) -> None:
    said = rebaloop("report", "--year", "2025", "--json").only

    assert (said["year"], said["plans_carried_out"]) == (2025, 0)
    assert {one["year"] for one in said["naive"]} == {2026}


# --- what was realised -----------------------------------------------------------------------------------------------
def test_what_was_realised_counts_after_wash_sales(rebaloop: Terminal, washed: Home) -> None:  # noqa: F811 - the fixture
    washed.change(tax=BRACKETS)
    said = rebaloop("report", "--json").only

    assert (said["sales"], said["short_gain_usd"], said["long_gain_usd"]) == (1, "-60.00", "800.00")
    assert (said["wash_sales_usd"], said["lost_for_good_usd"]) == ("240.00", "90.00")
    assert said["tax_usd"] == "111.00"  # 15 percent of 740
    assert said["tax_at_flat_rates"] is False
    assert said["tax_refused"] == ""
    assert flat(rebaloop("report").out).count("by the brackets of 2026") == 1


def test_it_says_what_it_cannot_know(rebaloop: Terminal, washed: Home) -> None:  # noqa: F811 - the fixture
    said = rebaloop("report", "--json").only

    assert said["accounts_without_history_until"] == {"brokerage": "2026-02-27"}
    assert "sales in brokerage up to 2026-02-27" in flat(rebaloop("report").out)


def test_a_year_without_a_table_has_no_tax_and_says_how_to_add_one(rebaloop: Terminal, washed: Home) -> None:  # noqa: F811 - the fixture
    washed.change(tax=BRACKETS)
    said = rebaloop("report", "--year", "2024", "--json").only

    assert said["tax_usd"] is None
    assert "2024.yaml" in said["tax_refused"]
    assert "Tax: not stated." in rebaloop("report", "--year", "2024").out


# --- for the tax preparer --------------------------------------------------------------------------------------------
def test_the_table_for_a_tax_preparer_has_a_line_for_each_lot_of_each_sale(
    rebaloop: Terminal,
    washed: Home,  # noqa: F811 - the fixture
) -> None:
    rows = list(csv.DictReader(io.StringIO(rebaloop("report", "--tax-csv", "-").out)))

    assert [(row["part"], row["description"], row["acquired"], row["sold"], row["gain_usd"]) for row in rows] == [
        ("II", "40 sh VTI", "2020-01-02", "2026-03-02", "800.00"),
        ("I", "10 sh VTI", "2025-06-10", "2026-03-02", "-60.00"),
    ]
    assert [(row["code"], row["adjustment_usd"], row["lost_for_good_usd"]) for row in rows] == [
        ("", "", ""),
        ("W", "240.00", "90.00"),  # eight of ten shares came back, three of them in the rollover
    ]
    for row in rows:
        adjusted = Decimal(row["proceeds_usd"]) - Decimal(row["basis_usd"]) + Decimal(row["adjustment_usd"] or 0)
        assert Decimal(row["gain_usd"]) == adjusted


def test_the_table_is_written_to_a_file(rebaloop: Terminal, washed: Home, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    file = tmp_path / "8949.csv"
    said = rebaloop("report", "--tax-csv", file)

    assert f"Written: {file}" in said.out
    assert file.read_text(encoding="utf-8").startswith("part,description,acquired,sold,proceeds_usd,basis_usd,code,")


def test_a_year_without_sales_is_a_table_without_lines(rebaloop: Terminal, home: Home) -> None:
    assert len(rebaloop("report", "--tax-csv", "-").out.splitlines()) == 1


# --- pictures --------------------------------------------------------------------------------------------------------
def test_the_pictures_are_drawn_for_a_phone(rebaloop: Terminal, swapped: Home, tmp_path: Path) -> None:
    rebaloop("report", "--pictures", tmp_path / "drawn")
    pictures = sorted((tmp_path / "drawn").glob("*.png"))

    assert [path.name for path in pictures] == ["deferred.png", "drift.png"]
    for path in pictures:
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert (width, height) == (800, 640)


def test_the_same_figures_are_the_same_pictures(rebaloop: Terminal, swapped: Home, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        rebaloop("report", "--pictures", tmp_path / folder)

    for name in ("deferred.png", "drift.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_without_plans_there_is_nothing_to_draw(rebaloop: Terminal, home: Home, tmp_path: Path) -> None:
    rebaloop("report", "--pictures", tmp_path / "drawn")

    assert list((tmp_path / "drawn").glob("*.png")) == []


def test_a_report_sends_nothing(rebaloop: Terminal, swapped: Home) -> None:
    before = swapped.posts
    rebaloop("report")

    assert swapped.posts == before
