"""`rebaloop whatif`: what selling one's own lots would cost, what the loop costs, and for whom it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doors.stage import Home, Terminal
from tests.doors.test_plan import SEED


def flat(text: str) -> str:
    return " ".join(text.split())


def other(folder: Path, **kinds: str) -> Path:
    """The household of the promise with other kinds of accounts."""
    tree = json.loads(SEED.read_text(encoding="utf-8"))
    for account in tree["accounts"]:
        account["kind"] = kinds.get(account["id"], account["kind"])
    path = folder / "other.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def test_selling_has_its_price_and_the_loop_its_own(rebaloop: Terminal) -> None:
    text = flat(rebaloop("whatif", "--household", SEED).out)

    assert "at the flat rates of the policy" in text
    assert "taxable VTI $500,000 $500,000 $1,500 $1,500 $75,000" in text
    assert "$0 of tax by the loop, $15,000 if the same shift were sold in taxable accounts" in text
    assert "deferred, not gone" in text
    assert "this is what the loop was made for. 50.0% of the household lies in shelters" in text


@pytest.mark.parametrize(
    ("status", "income", "state", "tax"),
    [
        ("single", 90000, "0", "15000.00"),
        ("married_joint", 200000, "0", "16900.00"),
        ("married_joint", 300000, "0", "18800.00"),
        ("married_joint", 40000, "0", "1335.00"),
        ("single", 90000, "9.3", "24300.00"),
    ],
)
def test_other_taxes_may_be_tried(rebaloop: Terminal, status: str, income: int, state: str, tax: str) -> None:
    said = rebaloop(
        "whatif", "--household", SEED, "--filing-status", status, "--income", income, "--state", state, "--json"
    ).only

    assert said["shift_tax_if_sold_usd"] == tax
    assert said["loop_tax_usd"] == "0.00"
    assert said["tax_table"] == 2026


def test_where_all_is_sheltered_any_rebalance_is_free_already(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("whatif", "--household", other(tmp_path, taxable="roth"))

    assert "any rebalance is free of tax already" in flat(said.out)


def test_where_all_is_taxable_only_new_money_can_be_routed(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("whatif", "--household", other(tmp_path, ira="taxable"), "--json").only

    assert said["fit"] == "taxable"
    assert "only route new money" in said["verdict"]


def test_in_the_bracket_at_nothing_it_says_that_selling_is_free(rebaloop: Terminal) -> None:
    said = rebaloop("whatif", "--household", SEED, "--filing-status", "married_joint", "--income", 20000)

    assert "selling winners is free as well" in flat(said.out)


def test_half_of_other_taxes_is_refused(rebaloop: Terminal) -> None:
    said = rebaloop("whatif", "--household", SEED, "--income", 20000)

    assert said.code == 2
    assert "--filing-status and --income" in said.err


@pytest.mark.parametrize("rate", ["NaN", "-1", "101", "much"])
def test_a_state_rate_that_is_none_is_refused(rebaloop: Terminal, rate: str) -> None:
    said = rebaloop("whatif", "--household", SEED, f"--state={rate}")

    assert said.code == 2
    assert "no percentage" in said.err


def test_the_live_household_is_asked_by_its_own_settings(rebaloop: Terminal, home: Home) -> None:
    home.change(tax={"filing_status": "single", "ordinary_income_usd": 90000})
    said = rebaloop("whatif", "--json").only

    assert [(fund["symbol"], fund["value_usd"]) for fund in said["funds"]] == [("VTI", "500025.00")]
    assert said["tax_table"] == 2026
    assert home.posts == 0
