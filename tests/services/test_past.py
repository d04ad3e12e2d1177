"""What plans have done is read back from the ledger: the snapshot before each, its fills, and what a person ticked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.domain.money import Shares
from bot.domain.snapshot import Side
from bot.services.approve import tick
from bot.services.past import steps
from tests.services.stage import SWAP, Stage


def test_before_any_plan_there_is_no_step() -> None:
    stage = Stage()
    stage.snapshot()

    assert steps(stage.ledger) == ()


def test_a_plan_of_which_nothing_was_filled_is_no_step() -> None:
    stage = Stage()
    stage.approved(*SWAP)

    assert steps(stage.ledger) == ()


def test_a_plan_that_was_filled_is_told_with_the_snapshot_before_it() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    stage.snapshot()

    (step,) = steps(stage.ledger)

    assert (step.plan_id, step.on) == (proposal.plan_id, proposal.plan.as_of_on)
    assert step.before.fingerprint == proposal.snapshot_fingerprint
    assert step.drift == (proposal.plan.drift_before, proposal.plan.drift_after)
    assert [(fill.account, fill.side, fill.symbol, fill.quantity.plain) for fill in step.fills] == [
        ("rollover", Side.SELL, "VTI", "100"),
        ("rollover", Side.BUY, "BND", "200"),
    ]
    assert [fill.cents for fill in step.fills] == [1_000_000, 1_000_000]


def test_what_a_person_ticked_counts_at_the_plans_price() -> None:
    stage = Stage()
    by_hand = tuple(replace(line, automatic=False) for line in SWAP)
    proposal = stage.approved(*by_hand)
    tick(plan_id=proposal.plan_id, line=2, clock=stage.clock, ledger=stage.ledger)

    (step,) = steps(stage.ledger)

    assert [(fill.symbol, fill.quantity, fill.price) for fill in step.fills] == [("BND", Shares.of(200), Decimal(50))]
