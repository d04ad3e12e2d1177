"""`status` and `plan` of a live household: one pie over HTTP, and one sentence when it cannot be had."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.lock import single_instance
from tests.doors.stage import Home, Terminal, a_broker, an_account, build

FIRST = "P-2026-03-02-A"


def test_status_shows_one_pie_and_what_waits(rebaloop: Terminal, home: Home) -> None:
    before = rebaloop("status")
    rebaloop("plan")
    after = rebaloop("status")

    text = " ".join(before.out.split())
    assert before.code == 0
    assert "home $1,000,065 in one pie, 2026-03-02 mode paper" in text
    assert "rollover traditional now ok BND $300,030 VTI $200,010 $0 $0 $500,040" in text
    assert "No plan waits. next: rebaloop plan" in text
    assert f"next: rebaloop approve {FIRST}" in after.out


def test_status_as_json_is_one_object(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    told = rebaloop("status", "--json").only

    assert (told["household"], told["mode"], told["waiting"]) == ("home", "paper", [FIRST])
    assert Decimal(told["pie_usd"]) == Decimal("1000065.00")
    assert sorted(told["classes_out_of_band"]) == ["bonds", "stocks"]


def test_with_one_broker_down_status_says_how_each_account_is(rebaloop: Terminal, home: Home) -> None:
    (home.folder / "rollover-secret.key").write_text("an-older-secret", encoding="ascii")

    said = rebaloop("status")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]

    assert lines[0] == "Not every account could be read, so there is no pie to show:"
    assert [line for line in lines if line.endswith(" ok")] != []
    assert any(line.startswith("rollover") and "does not accept the key" in line for line in lines)
    assert rebaloop("status", "--json").out == ""


def test_incognito_hides_every_amount(rebaloop: Terminal, home: Home) -> None:
    shown = rebaloop("status", "--incognito")
    told = rebaloop("status", "--json", "--incognito").only

    assert shown.code == 0
    assert "$" not in shown.out
    assert "1,000,065" not in shown.out
    assert "rollover traditional now ok BND VTI 50.0%" in " ".join(shown.out.split())
    assert (told["pie_usd"], told["drift_usd"], told["accounts"][0]["total_usd"]) == ("hidden", "hidden", "hidden")
    assert told["accounts"][0]["health"] == "ok"


def test_status_tells_what_has_arrived_and_how_old_each_account_is(rebaloop: Terminal, home: Home) -> None:
    told = rebaloop("status", "--json").only

    assert {one["account"]: one["stated_on"] for one in told["accounts"]}["rollover"] is None
    assert all(one["health"] == "ok" for one in told["accounts"])
    assert (told["arrived"], told["logins"], told["remarks"], told["halted"]) == ([], [], [], "")


def test_a_plan_is_kept_and_waits_for_a_yes(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("plan")

    assert said.code == 3
    assert f"Nothing was sent. Plan kept as {FIRST} until Wed 2026-03-04 16:00 New York." in said.out
    assert [kept.plan_id for kept in home.proposals] == [FIRST]


def test_the_same_plan_stands_when_nothing_has_changed(rebaloop: Terminal, home: Home) -> None:
    first = rebaloop("plan", "--json").only
    again = rebaloop("plan", "--json")

    assert again.code == 3
    assert again.only == first
    assert len(home.proposals) == 1


def test_a_plan_as_json_names_its_code_and_its_end(rebaloop: Terminal, home: Home) -> None:
    told = rebaloop("plan", "--json").only

    assert (told["plan"], told["mode"], told["code"]) == (FIRST, "paper", home.proposals[0].code)
    assert told["expires_at"] == "2026-03-04T21:00:00+00:00"


def test_looking_sends_nothing(rebaloop: Terminal, home: Home) -> None:
    for command in ("status", "plan", "run", "history"):
        rebaloop(command)

    assert home.posts == 0
    assert {line.method for broker in home.brokers for line in broker.requests} == {"GET"}


def test_a_household_on_target_has_nothing_to_do(rebaloop: Terminal, home: Home) -> None:
    home.change(policy={"targets_pct": {"stocks": 70, "bonds": 30}})

    said = rebaloop("plan")

    assert said.code == 0
    assert "Nothing to do" in said.out
    assert "nothing waits for you" in said.out


# --- a world that does not answer ------------------------------------------------------------------------------------
def two_brokers(folder: Path) -> Home:
    """A household with two brokers that have both closed since."""
    with a_broker(an_account("rollover", {"VTI": 2000})) as one, a_broker(an_account("roth", {"BND": 10})) as other:
        return build(folder, [one, other], {"stocks": 60, "bonds": 40}, {"rollover": "traditional", "roth": "roth"})


@pytest.mark.parametrize("command", ["status", "plan", "run"])
def test_with_one_broker_down_there_is_one_sentence_and_no_plan(
    rebaloop: Terminal, tmp_path: Path, command: str
) -> None:
    home = two_brokers(tmp_path)
    with a_broker(an_account("rollover", {"VTI": 2000})) as up:
        home.tree["accounts"][0]["host"] = up.url
        home.furnish()
        said = rebaloop(command, "--settings", home.settings)

    assert said.code == 75
    assert (said.out == "") == (command != "status")
    (sentence,) = [line for line in said.err.splitlines() if not line.startswith("{")]
    assert sentence.startswith("error: roth: Alpaca cannot be reached")
    assert home.proposals == []


@pytest.mark.parametrize("command", ["status", "plan", "run"])
def test_a_key_that_is_not_accepted_is_exit_4(rebaloop: Terminal, home: Home, command: str) -> None:
    (home.folder / "rollover-secret.key").write_text("an-older-secret", encoding="ascii")

    said = rebaloop(command)

    assert said.code == 4
    assert (said.out == "") == (command != "status")
    assert "error: rollover: Alpaca does not accept the key" in said.err
    assert "an-older-secret" not in said.err
    assert home.proposals == []


@pytest.mark.parametrize(
    "host", ["https://api.alpaca.markets", "http://10.0.0.1:8080", "https://paper-api.alpaca.markets.example.org"]
)
def test_a_host_that_is_neither_here_nor_paper_is_a_mistake_of_the_settings(
    rebaloop: Terminal, home: Home, host: str
) -> None:
    home.tree["accounts"][1]["host"] = host
    home.furnish()
    lines = home.settings.read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if json.dumps(host) in text)

    said = rebaloop("run")

    assert said.code == 78
    assert f"{home.settings}:{line}:" in said.err
    assert home.brokers[0].requests == []


def test_without_settings_it_says_where_to_start(
    rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = rebaloop("status")

    assert (said.code, said.out) == (78, "")
    assert "household.example.yaml" in said.err


@pytest.mark.parametrize("words", [["plan"], ["run"], ["reject", FIRST], ["tick", FIRST, "1"]])
def test_a_second_instance_is_told_to_wait(rebaloop: Terminal, home: Home, words: list[str]) -> None:
    with single_instance(home.folder / "ledger.sqlite3"):
        said = rebaloop(*words)

    assert said.code == 75
    assert "Another rebaloop is at work" in said.err
    assert home.brokers[0].requests == []


def test_looking_is_allowed_while_another_instance_works(rebaloop: Terminal, home: Home) -> None:
    with single_instance(home.folder / "ledger.sqlite3"):
        assert rebaloop("status").code == 0
        assert rebaloop("history").code == 0
