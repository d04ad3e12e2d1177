"""From a yes to filled orders at the terminal: nothing leaves without it, and nothing leaves twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.simulator.books.orders import FillScript, Look
from adapters.store.lock import single_instance
from bot.domain.orders import OrderState
from bot.domain.snapshot import Side
from tests.doors.stage import Home, Terminal

FIRST = "P-2026-03-02-A"


def waiting_code(home: Home) -> str:
    (proposal,) = home.proposals
    return proposal.code


# --- the yes ---------------------------------------------------------------------------------------------------------
def test_a_wrong_code_approves_nothing(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", FIRST, typed="BBBB\n")

    assert said.code == 2
    assert "Nothing was approved" in said.err
    assert rebaloop("status", "--json").only["waiting"] == [FIRST]


def test_the_code_typed_at_the_prompt_approves_in_any_case(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", FIRST.lower(), typed=f" {waiting_code(home).lower()} \n")

    assert said.code == 0
    assert "Nothing was sent yet.\nnext: rebaloop run" in said.out
    assert home.posts == 0


def test_approving_shows_the_plan_again_and_its_code(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", FIRST, typed="\x04")

    assert f"{FIRST}  mode paper" in said.out
    assert "1  SELL VTI" in said.out
    assert f"This plan's code is {waiting_code(home)}." in said.out


def test_leaving_the_prompt_approves_nothing(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", FIRST, typed="")

    assert said.code == 130
    assert rebaloop("status", "--json").only["waiting"] == [FIRST]


def test_the_code_may_come_as_an_option(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    assert rebaloop("approve", FIRST, "--code", waiting_code(home)).code == 0


def test_in_paper_mode_yes_is_enough(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    assert rebaloop("approve", FIRST, "--yes").code == 0


def test_reading_a_plan_at_the_prompt_keeps_nobody_out(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    with single_instance(home.folder / "ledger.sqlite3"):
        said = rebaloop("approve", FIRST, typed=f"{waiting_code(home)}\n")

    assert "Type it to approve" in said.out
    assert said.code == 75  # the yes itself has to wait for the other one


def test_an_unknown_plan_is_exit_2_and_names_those_that_wait(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", "P-2020-01-01-A", "--yes")

    assert said.code == 2
    assert f"waiting: {FIRST}" in said.err


def test_a_rejected_plan_is_over_and_not_proposed_again(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    assert rebaloop("reject", FIRST, "--why", "not today").code == 0
    assert rebaloop("approve", FIRST, "--yes").code == 2
    again = rebaloop("run")

    assert again.code == 0
    assert f"You said no to {FIRST}, and nothing has changed since." in again.out
    assert home.posts == 0
    assert "declined (not today)" in rebaloop("history").out


# --- the run ---------------------------------------------------------------------------------------------------------
def test_a_run_before_the_yes_sends_nothing(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("run")

    assert said.code == 3
    assert f"next: rebaloop approve {FIRST}" in said.out
    assert home.posts == 0


def test_a_run_after_the_yes_sends_each_order_once_and_sees_it_filled(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")

    told = rebaloop("run", "--json")

    assert told.code == 0
    assert told.only["outcome"] == "carried_out"
    assert told.only["breaks"] == []
    assert [order["state"] for order in told.only["orders"]] == ["filled", "filled"]
    assert home.posts == 2 == len(home.served("rollover"))
    assert home.served("brokerage") == []


def test_the_brokers_books_agree_with_the_ledger_to_the_cent_and_the_share(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("run")

    shares, cents = {"VTI": Decimal(2000), "BND": Decimal(6000)}, Decimal(0)
    for order in home.orders:
        assert order.average_price is not None
        sign = 1 if order.intent.side is Side.BUY else -1
        shares[order.intent.symbol] += sign * order.filled.count
        cents -= sign * order.filled.count * order.average_price * 100  # whole shares at whole cents
    book = home.book("rollover")
    assert {symbol: book.lots(symbol).qty for symbol in shares} == shares
    assert book.cash_cents == cents
    assert [order.broker_id for order in home.orders] == [served.order_id for served in home.served("rollover")]


def test_sales_have_filled_before_a_purchase_is_sent(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("run")

    sale, purchase = home.served("rollover")
    assert (sale.side, purchase.side) == ("sell", "buy")
    assert sale.executions[-1].at < purchase.submitted_at


def test_a_second_run_does_nothing_new(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("run")
    letters = home.letters

    again = rebaloop("run", "--json")

    assert again.code == 0
    assert again.only["outcome"] == "nothing_to_do"
    assert home.posts == 2
    assert home.letters == letters


def test_history_tells_the_whole_story(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    rebaloop("run")

    text, told = rebaloop("history").out, rebaloop("history", "--json").only

    assert f"{FIRST}  paper  approved  2 orders, tax deferred $13,501" in text
    assert "rollover  SELL VTI  1000 of 1000  at 100.00  filled" in text
    assert (told["plan"], told["verdict"], len(told["orders"])) == (FIRST, "approved", 2)


def test_an_empty_history_says_so(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("history")

    assert (said.code, said.out) == (0, "No plan was ever proposed.\nnext: rebaloop plan\n")


def test_at_night_an_approved_plan_waits(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    home.brokers[0].advance(timedelta(hours=10))

    night = rebaloop("run")
    home.brokers[0].advance(timedelta(hours=14))
    morning = rebaloop("run", "--json")

    assert "Not sent: The exchange is shut" in night.out
    assert morning.only["outcome"] == "carried_out"
    assert home.posts == 2


def test_changed_settings_void_a_yes(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    home.tree["policy"]["targets_pct"] = {"stocks": 50, "bonds": 50}
    home.furnish()

    said = rebaloop("run", "--json")

    assert said.only["outcome"] == "voided"
    assert home.posts == 0


def test_a_rejected_order_is_not_called_filled(rebaloop: Terminal, home: Home) -> None:
    home.brokers[0].script_fills(FillScript(first=Look.REQUEST, rejected="account restricted"), symbol="VTI")
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")

    said = rebaloop("run")

    assert "rollover  SELL VTI  0 of 1000    rejected" in said.out
    assert "Order 2: Not sent: the sale that was to pay for it did not happen." in said.out
    assert [order.state for order in home.orders] == [OrderState.REJECTED]


# --- dry run ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def dry(home: Home) -> Home:
    home.change(mode="dry_run")
    return home


def test_a_dry_run_says_that_it_is_one(rebaloop: Terminal, dry: Home) -> None:
    said = rebaloop("plan")

    assert "Nothing was sent: this is a dry run." in said.out
    assert "rebaloop approve" not in said.out


def test_yes_is_refused_in_a_dry_run(rebaloop: Terminal, dry: Home) -> None:
    rebaloop("plan")

    said = rebaloop("approve", FIRST, "--yes")

    assert said.code == 1
    assert "--yes approves plans of paper mode only" in said.err


def test_a_dry_run_never_sends_whatever_is_typed(rebaloop: Terminal, dry: Home) -> None:
    rebaloop("run")
    said = rebaloop("approve", FIRST, typed=f"{waiting_code(dry)}\n")
    rebaloop("run")
    rebaloop("run")

    assert said.code == 2
    assert dry.posts == 0
    assert dry.orders == []


def test_a_plan_of_a_dry_run_is_not_sent_after_the_mode_was_changed(rebaloop: Terminal, dry: Home) -> None:
    rebaloop("run")
    code = waiting_code(dry)
    dry.change(mode="paper")

    said = rebaloop("approve", FIRST, "--code", code)
    rebaloop("run")

    assert said.code == 2
    assert dry.posts == 0


def test_the_environment_can_turn_paper_back_into_a_dry_run(
    rebaloop: Terminal, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    monkeypatch.setenv("REBALOOP_MODE", "dry_run")

    rebaloop("run")

    assert home.posts == 0
