"""Real money takes a second word, for exactly these accounts and limits, after ten clean cycles; and begins small."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.plan import PlanLine, Proposal
from bot.domain.snapshot import Side
from bot.services.arming import (
    CYCLES,
    SMALL_ORDER,
    arm,
    clean_cycles,
    disarm,
    order_most,
    small_plans_left,
    standing,
    why_not,
)
from bot.services.cycle import run
from tests.fakes.scripted_broker import Fate
from tests.services.paper_cycles import PaperTrading
from tests.services.stage import SWAP, Stage, line

THESE, OTHERS = "these accounts and limits", "other accounts"


def armed(trading: PaperTrading, terms: str = THESE) -> None:
    arm(terms=terms, by="test", clock=trading.stage.clock, ledger=trading.stage.ledger)


def ready(days: int = CYCLES) -> PaperTrading:
    """Paper trading of so many days."""
    trading = PaperTrading()
    trading.days(days)
    return trading


# --- what counts -----------------------------------------------------------------------------------------------------
def test_a_session_with_a_filled_and_reconciled_plan_counts() -> None:
    assert clean_cycles(ready(2).stage.ledger) == (date(2026, 2, 9), date(2026, 2, 10))


def test_two_plans_of_a_session_count_once() -> None:
    trading = PaperTrading()
    trading.plan()
    trading.plan()

    assert clean_cycles(trading.stage.ledger) == (date(2026, 2, 9),)


def test_a_break_between_books_and_broker_does_not_count() -> None:
    trading = PaperTrading()
    trading.plan(breaks=True)

    assert clean_cycles(trading.stage.ledger) == ()


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.LOST, Fate.RESTING, Fate.EXPIRED_IN_PART])
def test_an_order_that_did_not_fill_does_not_count(fate: Fate) -> None:
    trading = PaperTrading()
    trading.stage.broker.fates["VTI"] = fate
    trading.plan()

    assert clean_cycles(trading.stage.ledger) == ()


def test_a_plan_that_nobody_carried_out_does_not_count() -> None:
    trading = PaperTrading()
    trading.stage.approved(*SWAP)

    assert clean_cycles(trading.stage.ledger) == ()


def test_live_plans_are_no_paper_cycles() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    trading.plan()

    assert len(clean_cycles(trading.stage.ledger)) == CYCLES


# --- the word --------------------------------------------------------------------------------------------------------
def test_nine_cycles_are_too_few() -> None:
    trading = ready(9)

    with pytest.raises(NotAllowed, match="9 of 10 clean paper cycles"):
        armed(trading)
    assert standing(trading.stage.ledger) is None
    assert why_not(trading.stage.ledger, THESE) == "9 of 10 clean paper cycles are in the books"


def test_ten_cycles_alone_open_nothing() -> None:
    assert why_not(ready().stage.ledger, THESE) == "it is not armed"


def test_ten_cycles_and_the_word_open_these_accounts() -> None:
    trading = ready()
    armed(trading)

    assert why_not(trading.stage.ledger, THESE) == ""


def test_other_accounts_or_limits_are_not_open() -> None:
    trading = ready()
    armed(trading)

    assert "have changed since it was armed" in why_not(trading.stage.ledger, OTHERS)


def test_the_word_can_be_taken_back_and_given_again() -> None:
    trading = ready()
    armed(trading)
    assert disarm(by="test", why="", clock=trading.stage.clock, ledger=trading.stage.ledger)
    assert "it was disarmed on 2026-02-23" in why_not(trading.stage.ledger, THESE)
    trading.sleep()

    armed(trading)

    assert why_not(trading.stage.ledger, THESE) == ""


def test_there_is_nothing_to_take_back_before() -> None:
    trading = PaperTrading()

    assert not disarm(by="test", why="", clock=trading.stage.clock, ledger=trading.stage.ledger)


# --- how far it reaches ----------------------------------------------------------------------------------------------
def test_three_reconciled_live_plans_lift_the_ceiling() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    ceilings = []
    for _ in range(4):
        ceilings.append(order_most(trading.stage.ledger))
        trading.plan()
        trading.sleep()

    assert ceilings == [SMALL_ORDER, SMALL_ORDER, SMALL_ORDER, None]


def test_a_live_plan_with_a_break_lifts_nothing() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    trading.plan(breaks=True)

    found = standing(trading.stage.ledger)
    assert found is not None
    assert small_plans_left(trading.stage.ledger, found) == 3


def test_who_arms_again_begins_small_again() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    trading.days(3)
    armed(trading, OTHERS)

    assert order_most(trading.stage.ledger) == SMALL_ORDER


def live(*lines: PlanLine) -> tuple[Stage, Proposal]:
    """An approved live plan on armed accounts, and the stage on which it is carried out."""
    trading = ready()
    armed(trading)
    trading.goes_live()
    stage = trading.stage
    stage.terms = replace(stage.terms, limits=replace(stage.terms.limits, order_most=order_most(stage.ledger)))
    proposal = stage.approved(*lines)
    run(trading.house)
    return stage, proposal


def test_an_order_of_the_first_live_plans_is_cut_to_the_ceiling() -> None:
    """A swap of 100 VTI at $100 into 200 BND at $50: ten are sold, and for each order the limit stays below $1,000."""
    stage, proposal = live(*SWAP)

    orders = stage.ledger.orders(plan=proposal.fingerprint)
    assert [order.intent.side for order in orders] == [Side.SELL, Side.BUY]
    assert all(order.intent.quantity.value(order.intent.limit_price) <= Usd.of(1000) for order in orders)
    assert all(order.state is OrderState.FILLED for order in orders)
    assert orders[0].intent.quantity == Shares.of(10)


def test_the_owner_is_told_why_so_little_was_sent() -> None:
    stage, _ = live(*SWAP)

    _, text = stage.postbox.letters[-1]
    assert "in the first live plans an order moves at most $1,000" in " ".join(text.split())


def test_a_share_above_the_ceiling_is_not_sent_at_all() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    stage = trading.stage
    stage.broker.prices["VTI"] *= 20
    stage.terms = replace(stage.terms, limits=replace(stage.terms.limits, order_most=SMALL_ORDER))
    stage.approved(line(1, Side.SELL, "VTI", "1", "2000"))
    before = len(stage.broker.sent)

    run(trading.house)

    assert len(stage.broker.sent) == before


def test_an_order_after_the_word_was_taken_back_stays_here() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    trading.stage.approved(*SWAP)
    house = trading.house  # opened while it was armed
    before = len(trading.stage.broker.sent)
    trading.stage.clock.pass_by(timedelta(seconds=1))
    disarm(by="test", why="", clock=trading.stage.clock, ledger=trading.stage.ledger)

    run(house)

    assert len(trading.stage.broker.sent) == before


def test_an_address_of_the_paper_world_takes_no_live_order() -> None:
    trading = ready()
    armed(trading)
    trading.goes_live()
    trading.stage.approved(*SWAP)
    before = len(trading.stage.broker.sent)

    run(trading.stage.house)  # whose addresses are paper ones

    assert len(trading.stage.broker.sent) == before
