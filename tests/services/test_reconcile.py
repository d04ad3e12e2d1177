"""Books and broker agree to the cent and to the share, or it is said aloud."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.facts import Reconciled
from bot.domain.household import Kind
from bot.domain.money import Shares, Usd
from bot.domain.plan import Lever, Proposal
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells
from bot.services.reconcile import compare
from tests.fakes.scripted_broker import Fate
from tests.services.stage import POLICY, SWAP, Stage, line


def compared(stage: Stage, proposal: Proposal) -> Reconciled:
    return compare(
        proposal=proposal,
        household=stage.household,
        brokers=stage.brokers,
        clock=stage.clock,
        ledger=stage.ledger,
        brake=stage.brake,
    )


def carried_out(stage: Stage) -> Proposal:
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    return proposal


def test_a_plan_that_filled_leaves_no_break() -> None:
    stage = Stage()

    result = compared(stage, carried_out(stage))

    assert (result.breaks, result.realized_gain) == ((), Usd())
    assert list(stage.ledger.facts())[-1] == result


def test_a_part_that_filled_is_counted_as_a_part() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.EXPIRED_IN_PART

    assert compared(stage, carried_out(stage)).breaks == ()


def test_fills_at_an_average_price_of_many_decimals_agree_to_the_cent() -> None:
    stage = Stage()
    stage.broker.prices["VTI"] = Decimal("100.3333")

    assert compared(stage, carried_out(stage)).breaks == ()


def test_a_missing_share_is_a_break() -> None:
    stage = Stage()
    proposal = carried_out(stage)
    stage.broker.tills["rollover"].shares["BND"] = Shares.of(599)

    (found,) = compared(stage, proposal).breaks

    assert (found.account, found.symbol, found.expected, found.found) == ("rollover", "BND", "600", "599")


def test_a_missing_cent_is_a_break() -> None:
    stage = Stage()
    proposal = carried_out(stage)
    stage.broker.tills["rollover"].settled -= Usd(1)

    (found,) = compared(stage, proposal).breaks

    assert (found.symbol, found.expected, found.found) == ("", "100.00", "99.99")


def test_a_deposit_explains_more_cash() -> None:
    stage = Stage()
    proposal = carried_out(stage)
    stage.clock.wait(600)
    stage.snapshot()
    stage.broker.deposit("rollover", "250")

    assert compared(stage, proposal).breaks == ()


def test_a_dividend_of_the_snapshots_own_day_may_have_been_in_it_or_not() -> None:
    for arrived in (True, False):
        stage = Stage()
        dividend = Activity(
            activity_id="d1",
            account="rollover",
            kind=ActivityKind.DIVIDEND,
            on=stage.clock.now().date(),
            net=Usd.of("7.31"),
        )
        stage.broker._history.append(dividend)
        proposal = carried_out(stage)
        if arrived:
            stage.broker.tills["rollover"].settled += dividend.net

        assert compared(stage, proposal).breaks == ()


@pytest.mark.parametrize("reinvested", [True, False])
def test_shares_that_a_dividend_bought_by_itself_are_explained_and_those_of_a_trade_are_not(reinvested: bool) -> None:
    stage = Stage()
    proposal = carried_out(stage)
    stage.broker.tills["rollover"].shares["BND"] += Shares.of(1)
    stage.broker._history.append(
        Activity(
            activity_id="r1",
            account="rollover",
            kind=ActivityKind.TRADE,
            on=stage.clock.now().date(),
            net=Usd(),
            symbol="BND",
            side=Side.BUY,
            quantity=Shares.of(1),
            price=Decimal(50),
            reinvested=reinvested,
        )
    )

    assert (compared(stage, proposal).breaks == ()) is reinvested


def test_what_an_open_order_may_have_done_meanwhile_is_no_break() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.RESTING
    proposal = stage.approved(SWAP[0])
    stage.carry_out(proposal)
    stage.broker.fill_at_most.clear()  # the next reading fills it

    assert compared(stage, proposal).breaks == ()


def test_a_deposit_before_the_snapshot_explains_nothing_after_it() -> None:
    stage = Stage()
    stage.broker.deposit("rollover", "250")
    stage.clock.wait(600)
    proposal = carried_out(stage)
    stage.broker.tills["rollover"].settled += Usd.of(250)

    assert len(compared(stage, proposal).breaks) == 1


def test_an_account_that_the_plan_did_not_touch_is_not_asked() -> None:
    stage = Stage()
    proposal = carried_out(stage)
    stage.broker.tills["brokerage"].shares["VTI"] = Shares()

    assert compared(stage, proposal).breaks == ()


def test_a_taxable_sale_tells_its_loss() -> None:
    """All of the 1,000 shares were bought at $120 on one day; ten of them go at $100."""
    stage = Stage(policy=replace(POLICY, taxable_sells=TaxableSells.LOSSES_ONLY))
    stage.broker.tills["brokerage"].shares["VTI"] = Shares.of(1000)
    stage.broker._history.append(
        Activity(
            activity_id="t1",
            account="brokerage",
            kind=ActivityKind.TRADE,
            on=stage.clock.now().date().replace(month=1),
            net=Usd.of(-120000),
            symbol="VTI",
            side=Side.BUY,
            quantity=Shares.of(1000),
            price=Decimal(120),
        )
    )
    sale = replace(line(1, Side.SELL, "VTI", "10", "100", account="brokerage"), lever=Lever.LOSS)
    proposal = stage.approved(sale)
    stage.carry_out(proposal)

    assert stage.household.account("brokerage").kind is Kind.TAXABLE
    assert compared(stage, proposal).realized_gain == Usd.of(-200)
