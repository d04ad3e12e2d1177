"""What passes by itself does not end an approved plan: the rest of it leaves while the approval holds."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.facts import LinesPutOff
from bot.domain.plan import Lever
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Side
from bot.services.cycle import Outcome, run
from bot.services.errand import put_off
from tests.fakes.scripted_broker import Fate, ScriptedBroker
from tests.services.stage import SWAP, TERMS, Stage, line

OVERNIGHT = timedelta(hours=18)
LATE = timedelta(hours=5, minutes=50)  # ten minutes before the close


class Hiccup(ScriptedBroker):
    """Cannot read the rollover just after an order, as often as `left` says."""

    left = 1
    trouble_then: RebaloopError = TryLater("busy")

    def read(self, account: str) -> AccountReading:
        if self.sent and self.left and account == "rollover":
            self.left -= 1
            raise self.trouble_then
        return super().read(account)


def a_stage(sessions: int = 3) -> Stage:
    return Stage(terms=replace(TERMS, expires_sessions=sessions))


def hiccup(stage: Stage) -> Hiccup:
    """The same broker, with a hiccup to come."""
    old = stage.broker
    broker = Hiccup(clock=stage.clock, cash={}, shares={}, prices={})
    broker.tills, broker.prices = old.tills, old.prices
    stage.broker = broker
    return broker


def sides(stage: Stage) -> list[Side]:
    return [intent.side for intent in stage.broker.sent]


@pytest.mark.parametrize("problem", [TryLater("busy"), LogIn("renew it")])
def test_after_a_hiccup_the_purchase_of_a_filled_sale_leaves_in_the_next_run(problem: RebaloopError) -> None:
    stage = a_stage()
    hiccup(stage).trouble_then = problem
    stage.say_yes_to_a_drawn_plan()

    outcomes = []
    for _ in range(3):
        outcomes.append(run(stage.house).outcome)
        stage.clock.pass_by(timedelta(minutes=20))

    assert sides(stage) == [Side.SELL, Side.BUY]
    assert outcomes == [Outcome.CARRIED_OUT, Outcome.CARRIED_OUT, Outcome.NOTHING_TO_DO]
    assert [subject for subject, _ in stage.postbox.letters[1:]] == [
        "[rebaloop paper] 1 of 2 orders filled (P-2026-03-02-A)",
        "[rebaloop paper] 2 of 2 orders filled (P-2026-03-02-A)",
    ]


def test_a_plan_that_came_too_near_to_the_close_leaves_in_the_next_session() -> None:
    stage = a_stage(2)
    stage.say_yes_to_a_drawn_plan()

    for hours in (LATE, OVERNIGHT):
        stage.clock.pass_by(hours)
        run(stage.house)

    assert sides(stage) == [Side.SELL, Side.BUY]


def test_what_was_put_off_is_known_in_the_real_ledger(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        stage = Stage(ledger=ledger, terms=replace(TERMS, expires_sessions=2))
        proposal = stage.say_yes_to_a_drawn_plan()
        stage.clock.pass_by(LATE)
        run(stage.house)

        assert [one.number for one in put_off(proposal, ledger)] == [1, 2]


def test_while_it_waits_there_is_no_second_letter_and_no_other_plan() -> None:
    stage = a_stage(2)
    proposal = stage.say_yes_to_a_drawn_plan()
    stage.clock.pass_by(LATE)
    run(stage.house)
    facts = list(stage.ledger.facts(plan=proposal.fingerprint))

    outcomes = []
    for minutes in (1, 2, 60):  # before the close and after it
        stage.clock.pass_by(timedelta(minutes=minutes))
        outcomes.append(run(stage.house).outcome)

    assert outcomes == [Outcome.WAITING] * 3
    assert (len(stage.postbox.letters), len(stage.ledger.proposals())) == (2, 1)
    assert list(stage.ledger.facts(plan=proposal.fingerprint)) == facts


def test_a_plan_that_waits_ends_with_its_approval() -> None:
    stage = a_stage(1)
    stage.say_yes_to_a_drawn_plan()
    stage.clock.pass_by(LATE)
    run(stage.house)
    stage.clock.pass_by(OVERNIGHT)

    assert run(stage.house).outcome is Outcome.PROPOSED
    assert stage.broker.sent == []


def test_a_line_that_leaves_the_collar_while_it_waits_ends_the_plan_with_one_word() -> None:
    stage = a_stage()
    hiccup(stage)
    proposal = stage.say_yes_to_a_drawn_plan()
    run(stage.house)
    stage.broker.prices["BND"] = Decimal("50.60")

    told = run(stage.house).outcome
    letters = len(stage.postbox.letters)
    after = run(stage.house)

    assert (told, letters) == (Outcome.CARRIED_OUT, 3)
    assert "line 2: Not sent: BND stands at" in " ".join(stage.postbox.letters[2][1].split())
    assert after.proposal is not None
    assert after.proposal.plan_id != proposal.plan_id


def test_what_a_broker_refused_is_not_tried_again() -> None:
    stage = a_stage()
    stage.broker.fates["VTI"] = Fate.REFUSED
    proposal = stage.say_yes_to_a_drawn_plan()
    run(stage.house)

    after = run(stage.house)

    assert put_off(proposal, stage.ledger) == ()
    assert after.outcome is not Outcome.CARRIED_OUT
    assert sides(stage) == [Side.SELL]


def test_a_line_that_is_over_is_left_alone_while_another_one_waits() -> None:
    """The cash is too short for one line; the other one waits for a broker that is busy, and goes on alone."""
    stage = a_stage()
    stage.broker.deposit("brokerage", "20")
    over = replace(line(3, Side.BUY, "BND", "5", "50", account="brokerage"), lever=Lever.CASH)
    broker = hiccup(stage)
    proposal = stage.approved(*SWAP, over)
    run(stage.house)
    waited = [one.number for one in put_off(proposal, stage.ledger)]
    broker.deposit("brokerage", "1000")
    run(stage.house)

    assert waited == [2]
    assert [intent.line for intent in stage.broker.sent] == [1, 2]


def test_a_sale_that_ends_after_the_close_is_followed_by_its_purchase_in_the_next_session() -> None:
    stage = a_stage()
    stage.broker.fates["VTI"] = Fate.RESTING
    stage.say_yes_to_a_drawn_plan()
    run(stage.house)
    stage.clock.pass_by(timedelta(hours=7))
    stage.broker.fill_at_most.clear()
    after_hours = [run(stage.house).outcome for _ in range(2)]
    stage.clock.pass_by(OVERNIGHT)
    run(stage.house)

    assert after_hours == [Outcome.CARRIED_OUT, Outcome.WAITING]
    assert sides(stage) == [Side.SELL, Side.BUY]


def test_a_crash_after_the_word_and_before_the_letter_sends_nothing_twice() -> None:
    stage = a_stage()
    hiccup(stage)
    proposal = stage.say_yes_to_a_drawn_plan()
    stage.postbox.broken = True
    with pytest.raises(ConnectionError):
        run(stage.house)
    stage.postbox.broken = False
    run(stage.house)
    run(stage.house)

    words = [fact.lines for fact in stage.ledger.facts(plan=proposal.fingerprint) if isinstance(fact, LinesPutOff)]
    assert words == [(2,)]
    assert sides(stage) == [Side.SELL, Side.BUY]
