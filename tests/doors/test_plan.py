"""`rebaloop plan --household`: one answer for each household, for machines and for people."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.cli import view
from tests.doors.stage import Terminal

CASES = Path(__file__).parents[1] / "scenarios/cases"
SEED = CASES / "seed-1m-shift.json"
SMALL = CASES / "ira-too-small.json"
WRONG = CASES / "targets-not-100.json"
MONEY = (
    "tax_usd",
    "realized_gain_usd",
    "tax_if_sold_in_taxable_usd",
    "drift_usd_before",
    "drift_usd_after",
    "drift_limit_usd",
)
ESCAPE = "\x1b"


def household(folder: Path, **changes: Any) -> Path:  # noqa: ANN401 - any JSON value
    """A small household file with other values at its top."""
    tree = {
        "id": "small",
        "as_of": "2026-03-02",
        "policy": {"targets_pct": {"stocks": 60, "bonds": 40}},
        "securities": {"VTI": {"class": "stocks", "price": 100}, "BND": {"class": "bonds", "price": 50}},
        "accounts": [{"id": "ira", "kind": "roth", "cash_settled": 1000, "menu": ["VTI", "BND"]}],
    }
    path = folder / "small.json"
    path.write_text(json.dumps({**tree, **changes}), encoding="utf-8")
    return path


def test_an_answer_holds_every_promised_key_in_its_type(rebaloop: Terminal) -> None:
    told = rebaloop("plan", "--household", SEED, "--json").only

    assert told["household"] == "seed-1m-shift"
    assert all(isinstance(Decimal(told[key]), Decimal) for key in MONEY)
    for key in ("class_usd_before", "class_usd_after", "cash_after"):
        assert all(Decimal(value) >= 0 for value in told[key].values()), key
    assert told["limit_certificate_classes"] == []
    assert isinstance(told["report"], list)
    assert told["error"] is None


def test_an_order_says_what_how_much_by_which_lever_and_why(rebaloop: Terminal) -> None:
    sell, buy = rebaloop("plan", "--household", SEED, "--json").only["orders"]

    assert (sell["account"], sell["side"], sell["symbol"]) == ("ira", "sell", "VTI")
    assert (buy["account"], buy["side"], buy["symbol"]) == ("ira", "buy", "BND")
    assert (Decimal(sell["quantity"]), Decimal(sell["usd"])) == (Decimal(1000), Decimal(100000))
    assert sell["lever"] == "shelter"
    assert sell["reason"]


def test_the_report_carries_codes_and_sentences(rebaloop: Terminal) -> None:
    report = rebaloop("plan", "--household", SMALL, "--json").only["report"]

    assert "residual" in [note["code"] for note in report]
    assert all(set(note) == {"code", "message"} and note["message"] for note in report)


def test_households_are_answered_in_the_order_given(rebaloop: Terminal) -> None:
    said = rebaloop("plan", "--household", SMALL, "--household", SEED, "--json")

    assert [told["household"] for told in said.objects] == ["ira-too-small", "seed-1m-shift"]


def test_a_folder_stands_for_its_files_by_name(rebaloop: Terminal, tmp_path: Path) -> None:
    for name in ("b.json", "a.json"):
        household(tmp_path, id=name[0]).rename(tmp_path / name)
    (tmp_path / "c.yaml").write_text(json.dumps(json.loads((tmp_path / "a.json").read_text()) | {"id": "c"}))
    (tmp_path / "notes.txt").write_text("not a household")

    said = rebaloop("plan", "--household", tmp_path, "--json")

    assert [told["household"] for told in said.objects] == ["a", "b", "c"]


@pytest.mark.parametrize("json_too", [("--json",), ()])
def test_a_refused_household_is_exit_65(rebaloop: Terminal, json_too: tuple[str, ...]) -> None:
    assert rebaloop("plan", "--household", WRONG, *json_too).code == 65


def test_a_refused_household_has_a_code_a_sentence_and_no_orders(rebaloop: Terminal) -> None:
    told = rebaloop("plan", "--household", WRONG, "--json").only

    assert told["household"] == "targets-not-100"
    assert told["orders"] == []
    assert told["error"]["code"] == "targets_sum"
    assert "Nothing was sent" in told["error"]["message"]


def test_a_refused_household_does_not_keep_the_others_from_their_answer(rebaloop: Terminal) -> None:
    said = rebaloop("plan", "--household", WRONG, "--household", SEED, "--json")

    assert said.code == 65
    assert [bool(told["orders"]) for told in said.objects] == [False, True]


def test_a_refusal_is_explained_on_standard_error_with_file_and_line(rebaloop: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("as_of: 2026-03-02\npolicy:\n  targets_pct: {stocks: 95}\n", encoding="utf-8")

    said = rebaloop("plan", "--household", path)

    assert said.out == ""
    assert "wrong.yaml:3:" in said.err
    assert "the targets add up to 95, not 100" in said.err


def test_a_missing_file_is_a_refused_household(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("plan", "--household", tmp_path / "nobody.json", "--json")

    assert said.code == 65
    assert (said.only["household"], said.only["error"]["code"]) == ("nobody", "bad_input")


def test_an_empty_folder_is_a_refused_household(rebaloop: Terminal, tmp_path: Path) -> None:
    said = rebaloop("plan", "--household", tmp_path, "--json")

    assert said.code == 65
    assert said.only["error"]["code"] == "bad_input"


def test_an_unknown_option_is_exit_2_and_leaves_standard_output_empty(rebaloop: Terminal) -> None:
    said = rebaloop("plan", "--house", SEED, "--json")

    assert (said.code, said.out) == (2, "")
    assert "--household" in said.err


def test_every_case_is_answered_with_json_alone(rebaloop: Terminal) -> None:
    said = rebaloop("plan", "--household", CASES, "--json")

    assert len(said.objects) == len(list(CASES.glob("*.json")))


# --- for people ------------------------------------------------------------------------------------------------------
def test_the_view_shows_bars_levers_reasons_and_the_refused_sale_with_its_price(rebaloop: Terminal) -> None:
    text = " ".join(rebaloop("plan", "--household", SEED).out.split())

    for words in (
        "bonds 40.0% 30.0% 40.0% -10.0 pt ██████████│ outside",
        "stocks 60.0% 70.0% 60.0% +10.0 pt │██████████ outside",
        "1 SELL VTI 1,000 $100,000 2 shelter stocks are $100,000 over goal;",
        "2 BUY BND 2,000 $100,000 2 shelter bonds are $100,000 under goal;",
        "Not proposed SELL $100,000 of VTI in taxable: would realise $100,000 of gain, $15,000 of tax",
        "Target can be reached today without a taxable gain.",
        "Tax with this plan: $0 The same shift sold in taxable: $15,000 Deferred: $15,000",
    ):
        assert words in text


def test_what_cannot_be_cured_is_shown_with_its_proof_and_its_cures(rebaloop: Terminal) -> None:
    text = " ".join(rebaloop("plan", "--household", SMALL).out.split())

    assert "Drift $700,000 -> $600,000, at best $600,000 without a taxable gain." in text
    assert "Left over: out of band after this plan: bonds, stocks. bonds need $400,000;" in text
    assert "$300,000 short cannot be avoided without realising a gain" in text
    assert "it would be cured by" in text


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.json")))
def test_every_line_of_the_view_fits_100_columns(rebaloop: Terminal, case: str) -> None:
    lines = rebaloop("plan", "--household", CASES / f"{case}.json").out.splitlines()

    assert max(map(len, lines), default=0) <= 100


def test_very_long_names_do_not_widen_the_view(rebaloop: Terminal, tmp_path: Path) -> None:
    stocks, bonds, account = "s" * 64, "b" * 64, "a" * 64
    path = household(
        tmp_path,
        policy={"targets_pct": {stocks: 60, bonds: 40}},
        securities={"V" * 32: {"class": stocks, "price": 100}, "BND": {"class": bonds, "price": 50}},
        accounts=[{"id": account, "kind": "roth", "cash_settled": 1000, "menu": ["V" * 32, "BND"]}],
    )

    lines = rebaloop("plan", "--household", path).out.splitlines()

    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", ["[red]x[/]", "[/]", "[link=https://example.org]here[/link]", ":bear:", "[bold"])
def test_a_name_that_looks_like_markup_is_shown_as_it_is(rebaloop: Terminal, tmp_path: Path, name: str) -> None:
    path = household(
        tmp_path,
        id=name,
        policy={"targets_pct": {name: 60, "bonds": 40}},
        securities={"VTI": {"class": name, "price": 100}, "BND": {"class": "bonds", "price": 50}},
        accounts=[{"id": name, "kind": "roth", "cash_settled": 1000, "menu": ["VTI", "BND"]}],
    )

    said = rebaloop("plan", "--household", path)

    assert said.code == 0
    assert said.out.splitlines()[0].startswith(f"{name}  $1,000 in one pie")
    assert said.out.splitlines().count(name) == 1  # the account above its orders
    assert re.search(rf"{re.escape(name)} (is|are) \$600 under goal", said.out)


@pytest.mark.parametrize("place", ["id", "policy", "accounts"])
def test_a_terminal_escape_in_a_name_never_reaches_the_terminal(rebaloop: Terminal, tmp_path: Path, place: str) -> None:
    name = f"{ESCAPE}]0;owned\x07{ESCAPE}[2J"
    spoilt: dict[str, Any] = {
        "id": name,
        "policy": {"targets_pct": {name: 100}},
        "accounts": [{"id": name, "kind": "roth"}],
    }

    said = rebaloop("plan", "--household", household(tmp_path, **{place: spoilt[place]}))

    assert said.code == 65
    assert ESCAPE not in said.out + said.err
    assert "\x07" not in said.out + said.err


def test_a_terminal_escape_in_a_file_name_never_reaches_the_terminal(rebaloop: Terminal, tmp_path: Path) -> None:
    path = tmp_path / f"a{ESCAPE}[2Jb.json"
    shutil.copy(WRONG, path)

    said = rebaloop("plan", "--household", path, "--json")

    assert ESCAPE not in said.out + said.err


def test_where_nobody_looks_there_are_no_colours(rebaloop: Terminal) -> None:
    assert ESCAPE not in rebaloop("plan", "--household", SEED).out


def test_a_terminal_gets_bold_type(rebaloop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert ESCAPE in rebaloop("plan", "--household", SEED).out


def test_no_color_means_none_on_a_terminal_either(rebaloop: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    assert ESCAPE not in rebaloop("plan", "--household", SEED).out


@pytest.mark.parametrize(
    ("points", "drawn"),
    [("0", "          │          "), ("-5", "     █████│          "), ("30", "          │██████████")],
)
def test_a_bar_grows_from_the_axis_and_stays_in_its_field(points: str, drawn: str) -> None:
    assert view.bar(Decimal(points)) == drawn
