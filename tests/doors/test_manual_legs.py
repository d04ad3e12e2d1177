"""Orders for a person's own hands: shown as a check-list, waited for, and followed by the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.stage import Home, Terminal, a_broker, an_account, build

FIRST = "P-2026-03-02-A"
HEAD = "symbol,quantity,price,cost_basis\n"


def statement(folder: Path, *rows: str, on: str = "2026-02-27") -> None:
    """The statement of the 401(k)."""
    (folder / "work.csv").write_text(f"# as_of: {on}\n{HEAD}" + "\n".join([*rows, "CASH,0,,"]) + "\n")


@pytest.fixture
def chained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The rollover may swap intl for bonds only once the 401(k), which no program reaches, has bought intl."""
    with a_broker(an_account("rollover", {"VXUS": 5000})) as broker:
        home = build(tmp_path, [broker], {"stocks": 40, "intl": 50, "bonds": 10}, {"rollover": "traditional"})
        home.tree["accounts"][0]["menu"] = ["VXUS", "BND"]
        work = {"id": "work", "kind": "401k", "broker": "statement", "file": "work.csv", "menu": ["K500", "KINT"]}
        home.tree["accounts"].append(work | {"managed": True})
        home.tree["securities"]["K500"] = {"class": "stocks", "price": 20}
        home.tree["securities"]["KINT"] = {"class": "intl", "price": 10}
        home.furnish()
        statement(tmp_path, "K500,15000,20,300000")
        monkeypatch.setenv("REBALOOP_SETTINGS", str(home.settings))
        yield home


def test_manual_orders_are_a_check_list_and_the_others_say_that_they_wait(rebaloop: Terminal, chained: Home) -> None:
    text = " ".join(rebaloop("plan").out.split())

    assert "work carry these out yourself, then: rebaloop tick PLAN NUMBER" in text
    assert "[ ] 3 SELL K500 3,000 $60,000" in text
    assert "[ ] 4 BUY KINT 6,000 $60,000" in text
    assert text.count("(waits for the manual orders)") == 2


def test_what_depends_on_hands_waits_for_them(rebaloop: Terminal, chained: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")

    first, again = rebaloop("run"), rebaloop("run")

    assert chained.posts == 0
    assert again.code == 3
    for said in (first, again):
        assert f"{FIRST} waits for your own hands:" in said.out
        assert "  [ ] 3. work: SELL 3000 K500, about $60,000" in said.out
        assert f"next: rebaloop tick {FIRST} 3 4" in said.out


def test_one_tick_of_two_is_not_enough(rebaloop: Terminal, chained: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("tick", FIRST, 3)

    said = rebaloop("run")

    assert chained.posts == 0
    assert f"next: rebaloop tick {FIRST} 4" in said.out


def test_after_the_ticks_the_rest_goes_out_and_the_household_is_on_target(rebaloop: Terminal, chained: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("run")
    ticked = rebaloop("tick", FIRST, 3, 4)
    statement(chained.folder, "K500,12000,20,240000", "KINT,6000,10,60000", on="2026-03-02")

    sent, again = rebaloop("run", "--json").only, rebaloop("run", "--json").only

    assert ticked.code == 0
    assert [order["state"] for order in sent["orders"]] == ["filled", "filled"]
    assert sent["breaks"] == []
    assert chained.posts == 2
    assert again["outcome"] == "nothing_to_do"
    assert rebaloop("status", "--json").only["classes_out_of_band"] == []


def test_an_automatic_order_cannot_be_ticked_off(rebaloop: Terminal, chained: Home) -> None:
    rebaloop("plan")

    said = rebaloop("tick", FIRST, 1)

    assert said.code == 2
    assert "those are: 3, 4" in said.err


def test_a_broken_statement_is_shown_with_its_line_and_stops_everything(rebaloop: Terminal, chained: Home) -> None:
    statement(chained.folder, "K500,lots,20,300000")

    said = rebaloop("run")

    assert said.code == 65
    assert "work.csv:3:" in said.err
    assert chained.proposals == []
