"""A yes holds for one plan, once, in time, from somebody who read its code."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.approval import Verdict
from bot.domain.errors import NoSuchPlan, WrongUse
from bot.domain.facts import LegTicked
from bot.domain.plan import Environment
from bot.services.approve import approve, decline, expire, tick
from tests.services.stage import SWAP, Stage


def say(stage: Stage, plan_id: str, code: str) -> Verdict:
    return approve(plan_id=plan_id, code=code, by="test", clock=stage.clock, ledger=stage.ledger).verdict


def test_the_right_code_approves() -> None:
    stage = Stage()
    proposal = stage.proposed(*SWAP)

    assert say(stage, " p-2026-03-02-a ", f" {proposal.code.lower()} ") is Verdict.APPROVED
    approval = stage.ledger.proposals()[0][1]
    assert approval is not None
    assert approval.plan == proposal.fingerprint


def test_a_wrong_code_changes_nothing() -> None:
    stage = Stage()
    proposal = stage.proposed(*SWAP)

    with pytest.raises(WrongUse, match="not the code"):
        say(stage, proposal.plan_id, "ABCD")
    assert stage.ledger.proposals()[0][1] is None


def test_an_unknown_name_is_told_what_waits() -> None:
    stage = Stage()
    stage.proposed(*SWAP)

    with pytest.raises(NoSuchPlan) as stopped:
        say(stage, "P-2026-03-02-X", "ABCD")
    assert "P-2026-03-02-A" in stopped.value.next_step


def test_a_second_yes_is_refused() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)

    with pytest.raises(WrongUse, match="approved already"):
        say(stage, proposal.plan_id, proposal.code)


def test_a_declined_plan_stays_declined() -> None:
    stage = Stage()
    proposal = stage.proposed(*SWAP)
    decline(plan_id=proposal.plan_id, by="test", why="not now", clock=stage.clock, ledger=stage.ledger)

    with pytest.raises(WrongUse, match="declined"):
        say(stage, proposal.plan_id, proposal.code)


def test_an_old_plan_gives_way_to_a_newer_one() -> None:
    stage = Stage()
    old = stage.proposed(*SWAP)
    stage.proposed(SWAP[0], name="P-2026-03-02-B")

    with pytest.raises(WrongUse, match="newer plan"):
        say(stage, old.plan_id, old.code)


@pytest.mark.parametrize("closed", [True, False])
def test_a_plan_that_ran_out_cannot_be_approved(*, closed: bool) -> None:
    stage = Stage()
    proposal = stage.proposed(*SWAP)
    stage.clock.pass_by(proposal.expires_at - stage.clock.now())
    if closed:
        expire(clock=stage.clock, ledger=stage.ledger)

    with pytest.raises(WrongUse, match="expired"):
        say(stage, proposal.plan_id, proposal.code)


def test_a_plan_holds_until_the_close_of_its_last_session() -> None:
    stage = Stage()
    proposal = stage.proposed(*SWAP)
    stage.clock.pass_by(proposal.expires_at - stage.clock.now() - timedelta(seconds=1))

    assert expire(clock=stage.clock, ledger=stage.ledger) == ()
    assert say(stage, proposal.plan_id, proposal.code) is Verdict.APPROVED


def test_a_dry_run_says_that_it_will_not_be_sent() -> None:
    stage = Stage()
    stage.terms = replace(stage.terms, environment=Environment.DRY_RUN)
    proposal = stage.proposed(*SWAP)

    with pytest.raises(WrongUse, match="will not be sent"):
        say(stage, proposal.plan_id, proposal.code)


def test_a_manual_line_is_ticked_once() -> None:
    stage = Stage()
    stage.proposed(replace(SWAP[0], automatic=False), SWAP[1])

    for _ in range(2):
        tick(plan_id="P-2026-03-02-A", line=1, clock=stage.clock, ledger=stage.ledger)

    assert [fact.line for fact in stage.ledger.facts() if isinstance(fact, LegTicked)] == [1]


def test_a_line_that_the_bot_sends_cannot_be_ticked() -> None:
    stage = Stage()
    stage.proposed(replace(SWAP[0], automatic=False), SWAP[1])

    with pytest.raises(WrongUse, match="not one for your hands"):
        tick(plan_id="P-2026-03-02-A", line=2, clock=stage.clock, ledger=stage.ledger)
