"""The whole loop over HTTP: look, propose, a yes, send, follow, compare, report, and heal what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest

from adapters.simulator.books.orders import FILL_WHEN_SEEN, FillScript, fill_partly
from bot.domain.orders import OrderState
from tests.doors.stage import Home, Terminal, a_broker, an_account, build

FIRST, NEXT = "P-2026-03-02-A", "P-2026-03-03-A"


def words(letter: str) -> str:
    """A letter's text without its line ends."""
    text = message_from_string(letter, policy=policy.default).get_body(("plain",))
    assert text is not None
    return " ".join(text.get_content().split())


def subject(letter: str) -> str:
    return str(message_from_string(letter)["Subject"])


def through(rebaloop: Terminal, plan_id: str) -> None:
    """Propose, approve and carry out."""
    assert rebaloop("run").code == 3
    assert rebaloop("approve", plan_id, "--yes").code == 0
    rebaloop("run")


# --- the honest stop -------------------------------------------------------------------------------------------------
@pytest.fixture
def small_shelter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """$900k of stocks in taxable and an IRA of $100k: 60/40 is out of reach without selling a winner."""
    with a_broker(an_account("brokerage", {"VTI": 9000}), an_account("ira", {"VTI": 500, "BND": 1000})) as broker:
        kinds = {"brokerage": "taxable", "ira": "traditional"}
        built = build(tmp_path, [broker], {"stocks": 60, "bonds": 40}, kinds)
        monkeypatch.setenv("REBALOOP_SETTINGS", str(built.settings))
        yield built


def test_a_small_shelter_is_used_up_and_the_rest_is_reported(rebaloop: Terminal, small_shelter: Home) -> None:
    through(rebaloop, FIRST)

    assert [order.state for order in small_shelter.orders] == [OrderState.FILLED, OrderState.FILLED]
    assert small_shelter.served("brokerage") == []
    assert small_shelter.book("ira").lots("VTI").qty == 0


def test_the_letter_holds_the_proof_the_residual_and_its_cures(rebaloop: Terminal, small_shelter: Home) -> None:
    rebaloop("run")
    text = words(small_shelter.letters[0])

    assert "Proof: bonds should hold $400,021.00 together; $0.00 lies there and stays, at most $100" in text
    assert "must be missing in any plan that realises no gain." in text
    assert "of drift stays: out of band after this plan: bonds, stocks." in text
    assert "What would cure it: $" in text
    assert "of new money that buys what lags" in text
    assert "selling $300," in text


def test_after_the_honest_stop_every_run_says_the_same_and_sends_nothing(
    rebaloop: Terminal, small_shelter: Home
) -> None:
    through(rebaloop, FIRST)
    posts = small_shelter.posts
    small_shelter.brokers[0].advance(timedelta(days=1))

    first, again = rebaloop("run"), rebaloop("run")

    assert (first.code, again.code) == (0, 0)
    assert first.out == again.out
    assert "Left over: out of band after this plan: bonds, stocks." in first.out
    assert "it would be cured by" in first.out
    assert small_shelter.posts == posts


# --- what a market does to a plan ------------------------------------------------------------------------------------
def test_a_partial_fill_is_told_first(rebaloop: Terminal, home: Home) -> None:
    home.brokers[0].script_fills(fill_partly("0.5", then_the_rest=False), symbol="BND")
    through(rebaloop, FIRST)

    receipt = home.letters[-1]
    assert subject(receipt) == f"[rebaloop paper] 1 of 2 orders filled ({FIRST})"
    assert words(receipt).startswith("Needs your eye: - rollover: bought 998 of 1997 BND at 50.01, partial")
    assert words(receipt).index("partial") < words(receipt).index("sold 1000 of 1000 VTI")


def test_the_cash_of_a_partial_fill_is_invested_by_the_next_plan(rebaloop: Terminal, home: Home) -> None:
    broker = home.brokers[0]
    broker.script_fills(fill_partly("0.5", then_the_rest=False), symbol="BND")
    through(rebaloop, FIRST)
    left = home.book("rollover").cash_cents
    broker.script_fills(FILL_WHEN_SEEN, symbol="BND")
    broker.advance(timedelta(days=1))
    rebaloop("run")  # the day order has expired: its receipt comes first
    through(rebaloop, NEXT)

    assert left > 5_000_000
    assert home.book("rollover").cash_cents < 50_000  # less than the smallest trade
    assert [order.state for order in home.orders] == [OrderState.FILLED, OrderState.EXPIRED, OrderState.FILLED]
    assert rebaloop("status", "--json").only["classes_out_of_band"] == []


def test_the_rest_of_a_partial_fill_that_comes_later_is_not_bought_twice(rebaloop: Terminal, home: Home) -> None:
    broker = home.brokers[0]
    broker.script_fills(fill_partly("0.5", then_the_rest=True), symbol="BND")
    through(rebaloop, FIRST)
    rebaloop("run")
    broker.advance(timedelta(minutes=10))
    rebaloop("run")

    assert home.posts == 2
    assert home.book("rollover").lots("BND").qty == 7997
    assert [order.state for order in home.orders] == [OrderState.FILLED, OrderState.FILLED]
    assert subject(home.letters[-1]) == f"[rebaloop paper] 2 of 2 orders filled ({FIRST})"


def test_a_purchase_rejected_later_leaves_cash_and_a_clear_report(rebaloop: Terminal, home: Home) -> None:
    home.brokers[0].script_fills(FillScript(rejected="asset is halted"), symbol="BND")
    through(rebaloop, FIRST)

    receipt = words(home.letters[-1])
    assert home.book("rollover").cash_cents == 10_000_000
    assert receipt.startswith("Needs your eye: - rollover: bought 0 of 1997 BND, rejected")
    assert "What was not done is left to the next plan" in receipt


def test_the_cash_of_a_rejected_purchase_is_invested_by_the_next_plan(rebaloop: Terminal, home: Home) -> None:
    broker = home.brokers[0]
    broker.script_fills(FillScript(rejected="asset is halted"), symbol="BND")
    through(rebaloop, FIRST)
    broker.script_fills(FILL_WHEN_SEEN, symbol="BND")
    broker.advance(timedelta(days=1))
    through(rebaloop, NEXT)

    assert [order.state for order in home.orders] == [OrderState.FILLED, OrderState.REJECTED, OrderState.FILLED]
    assert home.book("rollover").cash_cents < 50_000  # less than the smallest trade


def test_a_payday_is_placed_without_any_sale(rebaloop: Terminal, home: Home) -> None:
    through(rebaloop, FIRST)
    home.brokers[0].deposit("PKBROKERAGE", 6400)
    through(rebaloop, "P-2026-03-02-B")

    bought = home.served("brokerage")
    assert bought
    assert {order.side for order in bought} == {"buy"}


# --- secrets ---------------------------------------------------------------------------------------------------------
KEY, SECRET, NUMBER = "PKCANARY7QX2", "canary-secret-9f8e7d6c", "PA9876543210"


def test_no_secret_and_no_account_number_is_written_anywhere(
    rebaloop: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = an_account("canary", {"VTI": 2000, "BND": 100}, number=NUMBER, key=KEY, secret=SECRET)
    with a_broker(canary) as broker:
        home = build(tmp_path, [broker], {"stocks": 60, "bonds": 40}, {"canary": "traditional"})
        monkeypatch.setenv("REBALOOP_SETTINGS", str(home.settings))
        for command in ("status", "plan"):
            rebaloop(command)
        through(rebaloop, FIRST)
        for options in ((), ("--json",)):
            rebaloop("history", *options)
            rebaloop("status", *options)
        monkeypatch.setenv("CANARY", f"{SECRET}-old")
        home.tree["accounts"][0]["credentials"]["secret_key"] = {"env": "CANARY"}
        home.furnish()
        assert rebaloop("run").code == 4
    assert rebaloop("run").code == 75  # and once with nobody there

    assert [order.state for order in home.orders] == [OrderState.FILLED, OrderState.FILLED]
    everything = home.written() + rebaloop.transcript.encode() + caplog.text.encode()
    assert FIRST.encode() in everything
    for canary_word in (KEY, SECRET, NUMBER):
        assert canary_word.encode() not in everything, canary_word
