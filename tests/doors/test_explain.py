"""`rebaloop explain`: reasons and differences, for machines and for people, of files and of kept plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.doors.stage import Home, Terminal

FIRST = "P-2026-03-02-A"
ESCAPE = "\x1b"


def household(folder: Path, name: str = "small", **changes: Any) -> Path:  # noqa: ANN401 - any JSON value
    """70/30 instead of 60/40: $70,000 of stocks, $60,000 of them in taxable at $20 a share; the IRA swaps $10,000."""
    tree = {
        "id": name,
        "as_of": "2026-03-02",
        "policy": {"targets_pct": {"stocks": 60, "bonds": 40}},
        "securities": {"VTI": {"class": "stocks", "price": 100}, "BND": {"class": "bonds", "price": 50}},
        "accounts": [
            {
                "id": "broker",
                "kind": "taxable",
                "menu": ["VTI", "BND"],
                "positions": [{"symbol": "VTI", "lots": [{"qty": 600, "cost_per_share": 20}]}],
            },
            {
                "id": "ira",
                "kind": "traditional",
                "menu": ["VTI", "BND"],
                "positions": [
                    {"symbol": "VTI", "lots": [{"qty": 100}]},
                    {"symbol": "BND", "lots": [{"qty": 600}]},
                ],
            },
        ],
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**tree, **changes}), encoding="utf-8")
    return path


def words(text: str) -> str:
    """The text with every run of blanks as one."""
    return " ".join(text.split())


# --- files ------------------------------------------------------------------------------------------------------------
def test_every_order_comes_with_its_alternatives(rebaloop: Terminal, tmp_path: Path) -> None:
    told = rebaloop("explain", "--household", household(tmp_path), "--json").only

    sell, buy = told["orders"]
    assert (sell["number"], sell["helps"], sell["together_with"]) == (1, "bonds", [2])
    assert {"what", "drift_usd_after", "verdict", "why"} == set(buy["alternatives"][0])
    assert sell["alternatives"][0] == {
        "what": "leave orders 1 and 2 out",
        "drift_usd_after": "20000.00",
        "verdict": "farther",
        "why": "$20,000 farther from target in total",
    }
    assert told["stored_only"] is None
    assert told["certificate"] == "Target can be reached today without a taxable gain."


def test_a_refused_sale_comes_with_its_lots_and_their_tax(rebaloop: Terminal, tmp_path: Path) -> None:
    told = rebaloop("explain", "--household", household(tmp_path), "--json").only

    (sale,) = told["not_done"]
    assert (sale["code"], sale["usd"], sale["tax_usd"]) == ("taxable_sale", "10000.00", "1200.00")
    assert sale["lots"] == [
        {
            "account": "broker",
            "symbol": "VTI",
            "usd": "10000.00",
            "cost_usd": "2000.00",
            "gain_usd": "8000.00",
            "acquired_on": None,
            "term": "long",
        }
    ]


def test_a_number_asks_for_one_order(rebaloop: Terminal, tmp_path: Path) -> None:
    told = rebaloop("explain", "--household", household(tmp_path), "2", "--json").only

    assert [order["number"] for order in told["orders"]] == [2]
    assert told["not_done"] is None


def test_a_person_reads_it_within_a_hundred_columns(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("explain", "--household", household(tmp_path))

    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 100
    text = words(said.out)
    assert "Order 1 ira: SELL VTI, 100 shares, $10,000" in text
    assert "lever: shelter; it helps bonds; one swap with order 2" in text
    assert "sell stocks in broker instead $0 selling $10,000 there would realise $8,000 of gain" in text
    assert "a lot worth $10,000 that cost $2,000: $8,000 of gain, bought long ago, long term" in text


def test_what_would_cure_the_rest_is_told(rebaloop: Terminal, tmp_path: Path) -> None:
    """All in taxable: $100,000 of stocks against 60/40; $66,667 of new money would bring them to 60 percent."""
    path = household(tmp_path, policy={"targets_pct": {"stocks": 60, "bonds": 40}, "deposit_usd": 1000})
    tree = json.loads(path.read_text())
    tree["accounts"] = tree["accounts"][:1]
    path.write_text(json.dumps(tree))

    told = rebaloop("explain", "--household", path, "--json").only
    said = words(rebaloop("explain", "--household", path).out)

    new_cash, sale = told["residual"]["cures"]
    assert "paydays of $1,000.00" in new_cash
    assert "of gain and cost" in sale
    assert f"it would be cured by {new_cash}" in said
    assert "bonds under goal" in said


def test_the_view_ends_with_the_proof_and_the_headroom(rebaloop: Terminal, tmp_path: Path) -> None:
    said = words(rebaloop("explain", "--household", household(tmp_path)).out)
    told = rebaloop("explain", "--household", household(tmp_path), "--json").only

    assert "Target can be reached today without a taxable gain." in said
    assert told["headroom"].startswith("The shelters could absorb a sudden move of one class:")
    assert told["headroom"] in said


def test_a_lot_is_told_with_its_day_and_its_term(rebaloop: Terminal, tmp_path: Path) -> None:
    path = household(tmp_path)
    path.write_text(path.read_text().replace('"cost_per_share": 20', '"cost_per_share": 20, "acquired": "2026-01-02"'))

    (sale,) = rebaloop("explain", "--household", path, "--json").only["not_done"]
    assert (sale["lots"][0]["acquired_on"], sale["lots"][0]["term"]) == ("2026-01-02", "short")
    assert "bought 2026-01-02, short term" in words(rebaloop("explain", "--household", path).out)


def test_names_are_taken_literally(rebaloop: Terminal, tmp_path: Path) -> None:
    path = household(
        tmp_path,
        policy={"targets_pct": {"[red]stocks[/]": 60, ":bear:": 40}},
        securities={"VTI": {"class": "[red]stocks[/]", "price": 100}, "BND": {"class": ":bear:", "price": 50}},
    )

    said = rebaloop("explain", "--household", path)

    assert "it helps :bear:" in said.out
    assert "[red]stocks[/]" in said.out
    assert ESCAPE not in said.out


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (["3"], "small has no order 3: it has orders 1 to 2."),
        (["0"], "small has no order 0"),
        (["two"], "'two' is not understood"),
        (["1", "2"], "'1 2' is not understood"),
    ],
)
def test_an_order_that_is_not_there_is_named(
    rebaloop: Terminal, tmp_path: Path, asked: list[str], complaint: str
) -> None:
    said = rebaloop("explain", "--household", household(tmp_path), *asked)

    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_a_plan_must_be_named(rebaloop: Terminal) -> None:
    said = rebaloop("explain")

    assert said.code == 2
    assert "Which plan?" in said.err


def test_without_settings_it_says_where_to_start(
    rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = rebaloop("explain", FIRST)

    assert (said.code, said.out) == (78, "")
    assert "household.example.yaml" in said.err


# --- two plans --------------------------------------------------------------------------------------------------------
def test_two_files_are_compared(rebaloop: Terminal, tmp_path: Path) -> None:
    """With targets of 70/30 the swap of $10,000 goes."""
    one = household(tmp_path)
    two = household(tmp_path, "other", policy={"targets_pct": {"stocks": 70, "bonds": 30}})

    told = rebaloop("explain", "--household", one, "--against", two, "--json").only
    said = words(rebaloop("explain", "--household", one, "--against", two).out)

    assert told["plans"] == ["small", "other"]
    assert [order["change"] for order in told["orders"]] == ["gone", "gone"]
    assert told["drift_before_usd"] == ["20000.00", "0.00"]
    assert told["classes"][0] == {
        "class": "bonds",
        "changed": "goal",
        "goal_usd": ["40000.00", "30000.00"],
        "now_usd": ["30000.00", "30000.00"],
    }
    assert "ira: SELL VTI 100 for $10,000 - gone" in said
    assert "bonds $40,000 $30,000 $30,000 $30,000" in said


def test_a_price_alone_changes_goals_holdings_and_the_size_of_orders(rebaloop: Terminal, tmp_path: Path) -> None:
    """VTI at $90: the pie is $93,000 and stocks $63,000, $7,200 over their goal of $55,800."""
    one = household(tmp_path)
    prices = {"VTI": {"class": "stocks", "price": 90}, "BND": {"class": "bonds", "price": 50}}
    two = household(tmp_path, "other", securities=prices)

    told = rebaloop("explain", "--household", one, "--against", two, "--json").only

    assert told["pie_usd"] == ["100000.00", "93000.00"]
    assert [(o["change"], o["side"], o["usd"]) for o in told["orders"]] == [
        ("resized", "sell", ["10000.00", "7200.00"]),
        ("resized", "buy", ["10000.00", "7200.00"]),
    ]
    assert [(c["class"], c["changed"]) for c in told["classes"]] == [("bonds", "goal"), ("stocks", "goal and held")]


def test_a_plan_against_itself_says_the_same(rebaloop: Terminal, tmp_path: Path) -> None:
    path = household(tmp_path)

    assert "The two plans say the same." in rebaloop("explain", "--household", path, "--against", path).out


def test_one_order_cannot_be_compared(rebaloop: Terminal, tmp_path: Path) -> None:
    path = household(tmp_path)

    assert rebaloop("explain", "--household", path, "1", "--against", path).code == 2


# --- kept plans -------------------------------------------------------------------------------------------------------
def test_a_kept_plan_is_explained_from_the_snapshot_behind_it(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    asked = sum(len(broker.requests) for broker in home.brokers)

    told = rebaloop("explain", FIRST, "--json").only

    assert told["plan"] == FIRST
    assert told["stored_only"] is None
    assert all(order["alternatives"] for order in told["orders"])
    assert sum(len(broker.requests) for broker in home.brokers) == asked


def test_under_other_settings_only_what_was_kept_is_explained(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    home.change(policy={"targets_pct": {"stocks": 50, "bonds": 50}, "min_trade_usd": 500})
    rebaloop("plan")

    told = rebaloop("explain", FIRST, "--json").only
    said = rebaloop("explain", FIRST)
    compared = rebaloop("explain", FIRST, "--against", "P-2026-03-02-B", "--json").only

    assert told["stored_only"] == "the settings have changed since it was drawn"
    assert [order["alternatives"] for order in told["orders"]] == [None, None]
    assert "Only what was kept can be shown" in said.out
    assert "Not proposed" in said.out
    assert {order["change"] for order in compared["orders"]} == {"resized"}


def test_an_unknown_plan_is_said_to_be_unknown(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("explain", "P-2026-03-02-Z")

    assert (said.code, said.out) == (2, "")
    assert f"There is no plan P-2026-03-02-Z.\nnext: waiting: {FIRST}" in said.err
