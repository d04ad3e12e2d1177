"""What execute sends, what it holds back, and what it never does twice."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.approval import Verdict
from bot.domain.errors import TryLater
from bot.domain.facts import LegTicked, OrderIntended
from bot.domain.household import Earmark
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Environment, Lever
from bot.domain.snapshot import Side
from tests.fakes.scripted_broker import Crash, Fate
from tests.services.stage import SWAP, Stage, line


def codes(stage: Stage) -> set[str]:
    """The refusals' codes of carrying out the one proposal that there is."""
    return {refusal.code for refusal in stage.carry_out(stage.ledger.proposals()[0][0]).refusals}


def states(stage: Stage) -> list[OrderState]:
    return [order.state for order in stage.ledger.orders()]


def verdict(stage: Stage) -> Verdict | None:
    approval = stage.ledger.proposals()[0][1]
    return approval.verdict if approval else None


def test_sells_leave_before_buys_whatever_the_order_of_the_lines() -> None:
    stage = Stage()
    buy, sell = replace(SWAP[1], number=1), replace(SWAP[0], number=2)

    stage.carry_out(stage.approved(buy, sell))

    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]


def test_limits_lie_ten_basis_points_past_the_quote() -> None:
    stage = Stage()

    stage.carry_out(stage.approved(*SWAP))

    assert [intent.limit_price for intent in stage.broker.sent] == [Decimal("99.90"), Decimal("50.05")]


def test_a_buy_shrinks_to_what_the_money_pays_at_its_limit() -> None:
    """$100 and $10,000 of proceeds pay for 201 at 50.05; of 205 planned, four are left out."""
    stage = Stage()
    proposal = stage.approved(SWAP[0], replace(SWAP[1], quantity=Shares.of(205)))

    report = stage.carry_out(proposal)

    assert stage.broker.sent[1].quantity == Shares.of(201)
    assert "201 instead of 205" in report.legs[1].note


def test_a_buy_never_grows_when_more_cash_is_there() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)
    stage.broker.deposit("rollover", "5000")

    report = stage.carry_out(proposal)

    assert report.refusals == ()
    assert stage.broker.sent[1].quantity == Shares.of(200)


def test_the_buffer_of_an_account_is_not_spent() -> None:
    stage = Stage()
    rollover = replace(stage.household.accounts[1], cash_buffer=Usd.of(1000))
    stage.household = replace(stage.household, accounts=(stage.household.accounts[0], rollover))

    stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent[1].quantity == Shares.of(181)  # (100 + 10,000 - 1,000) / 50.05


def test_a_buy_that_shrinks_to_nothing_is_reported_and_not_sent() -> None:
    stage = Stage()
    proposal = stage.approved(replace(line(1, Side.BUY, "BND", "5", "50", account="brokerage"), lever=Lever.CASH))

    report = stage.carry_out(proposal)

    assert stage.broker.sent == []
    assert report.legs[0].note == "Not sent: the cash was too short."


def test_fractions_are_cut_where_the_broker_takes_none() -> None:
    stage = Stage()

    stage.carry_out(stage.approved(replace(SWAP[0], quantity=Shares.of("100.5"))))

    assert stage.broker.sent[0].quantity == Shares.of(100)


def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.SILENT

    stage.carry_out(stage.approved(*SWAP))

    assert states(stage) == [OrderState.FILLED, OrderState.FILLED]
    assert len(stage.broker.sent) == 2


def test_an_order_of_unknown_fate_stops_its_account() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST

    report = stage.carry_out(stage.approved(*SWAP))

    assert [intent.symbol for intent in stage.broker.sent] == ["VTI"]
    assert states(stage) == [OrderState.UNKNOWN]
    assert "fate" in report.legs[1].note


def test_an_order_that_the_broker_does_not_have_is_sent_again_under_the_same_key() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    del stage.broker.fates["VTI"]
    stage.broker.never_arrives.clear()

    stage.carry_out(proposal)

    first, again, purchase = stage.broker.sent
    assert (again, purchase.side) == (first, Side.BUY)
    assert states(stage) == [OrderState.FILLED, OrderState.FILLED]


def test_an_order_that_is_there_after_all_does_not_become_two() -> None:
    """Its answer was lost and nobody can be asked; the next run looks first, and finds it."""
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.CUT_OFF
    proposal = stage.approved(SWAP[0])
    stage.carry_out(proposal)
    stage.broker.trouble = None
    stage.carry_out(proposal)

    assert states(stage) == [OrderState.FILLED]
    assert len(stage.broker.sent) == 1


def test_what_is_sent_again_is_judged_again() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST
    proposal = stage.approved(SWAP[0])
    stage.carry_out(proposal)
    stage.brake.why = "a look"

    report = stage.carry_out(proposal)

    assert [refusal.code for refusal in report.refusals] == ["halted"]
    assert len(stage.broker.sent) == 1


def test_an_order_that_cannot_be_read_back_is_of_unknown_fate_until_it_can() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.CUT_OFF
    stage.carry_out(stage.approved(*SWAP))
    before = states(stage)
    stage.broker.trouble = None

    stage.settle()

    assert (before, states(stage)) == ([OrderState.UNKNOWN], [OrderState.FILLED])
    assert len(stage.broker.sent) == 1


def test_an_unknown_order_does_not_stop_another_account() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST
    stage.broker.deposit("brokerage", "1000")
    elsewhere = replace(line(3, Side.BUY, "BND", "10", "50", account="brokerage"), lever=Lever.CASH)

    stage.carry_out(stage.approved(*SWAP, elsewhere))

    assert [intent.line for intent in stage.broker.sent] == [1, 3]


def test_a_refused_sale_keeps_its_purchase_from_leaving() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.REFUSED

    report = stage.carry_out(stage.approved(*SWAP))

    assert states(stage) == [OrderState.REJECTED]
    assert stage.ledger.orders()[0].evidence == "insufficient buying power"
    assert "did not happen" in report.legs[1].note


def test_a_refused_purchase_leaves_the_cash_where_it_is() -> None:
    stage = Stage()
    stage.broker.fates["BND"] = Fate.REFUSED

    stage.carry_out(stage.approved(*SWAP))

    assert states(stage) == [OrderState.FILLED, OrderState.REJECTED]
    assert stage.broker.read("rollover").cash_unsettled == Usd.of(10000)


def test_a_sale_that_rests_keeps_its_purchase_waiting_until_it_is_final() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.RESTING
    proposal = stage.approved(*SWAP)

    waiting = stage.carry_out(proposal)
    stage.broker.fill_at_most.clear()
    stage.settle()
    stage.carry_out(proposal)

    assert "not finished" in waiting.legs[1].note
    assert [intent.line for intent in stage.broker.sent] == [1, 2]


def test_a_fill_that_comes_while_the_accounts_are_read_is_no_change_of_positions() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.RESTING
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    stage.broker.fill_at_most.clear()  # the next reading fills it, before anybody has looked the order up

    assert stage.carry_out(proposal).refusals == ()


def test_a_sale_that_filled_in_part_pays_for_part_of_its_purchase() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.EXPIRED_IN_PART

    stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent[1].quantity == Shares.of(101)  # (100 + 5,000) / 50.05


def test_an_order_that_reads_back_as_another_is_left_to_a_person() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.ANOTHER

    report = stage.carry_out(stage.approved(*SWAP))

    assert states(stage) == [OrderState.HUMAN]
    assert len(stage.broker.sent) == 1
    assert "fate" in report.legs[1].note


@pytest.mark.parametrize(("fate", "settled"), [(Fate.CRASH_BEFORE, "unknown"), (Fate.CRASH_AFTER, "filled")])
def test_a_crash_around_the_post_is_cleared_up_at_the_next_start(fate: Fate, settled: str) -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = fate
    proposal = stage.approved(*SWAP)

    with pytest.raises(Crash):
        stage.carry_out(proposal)

    assert states(stage) == [OrderState.SENDING]
    stage.settle()
    assert states(stage) == [settled]


def test_a_crash_before_the_order_was_on_its_way_is_known_to_have_sent_nothing() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.CRASH_BEFORE
    proposal = stage.approved(*SWAP)
    with pytest.raises(Crash):
        stage.carry_out(proposal)
    intended = next(fact for fact in stage.ledger.facts() if isinstance(fact, OrderIntended))
    fresh = Stage()
    fresh.approved(*SWAP)
    fresh.ledger.record(intended)
    fresh.broker.keyed = False

    fresh.settle()

    assert states(fresh) == [OrderState.NOT_PLACED]


def test_without_a_key_an_order_that_is_not_shown_stays_unknown() -> None:
    stage = Stage()
    stage.broker.keyed = False
    stage.broker.fates["VTI"] = Fate.CRASH_BEFORE
    proposal = stage.approved(*SWAP)
    with pytest.raises(Crash):
        stage.carry_out(proposal)

    stage.settle()

    assert states(stage) == [OrderState.UNKNOWN]


def test_a_line_without_hands_is_never_sent() -> None:
    stage = Stage()

    stage.carry_out(stage.approved(replace(SWAP[0], automatic=False)))

    assert stage.broker.sent == []


def test_a_line_behind_manual_ones_waits_until_all_of_them_are_ticked() -> None:
    stage = Stage()
    by_hand = replace(line(2, Side.BUY, "BND", "1", "50", account="brokerage"), automatic=False)
    proposal = stage.approved(replace(SWAP[0], after_manual=True), by_hand)

    stage.carry_out(proposal)
    before = len(stage.broker.sent)
    stage.ledger.record(LegTicked(at=stage.clock.now(), plan=proposal.fingerprint, line=2))
    stage.carry_out(proposal)

    assert (before, len(stage.broker.sent)) == (0, 1)


def test_trouble_in_one_account_leaves_the_others_to_go_on() -> None:
    stage = Stage()
    stage.broker.deposit("brokerage", "1000")
    elsewhere = replace(line(3, Side.BUY, "BND", "10", "50", account="brokerage"), lever=Lever.CASH)
    proposal = stage.approved(*SWAP, elsewhere)
    stage.broker.unreadable["rollover"], stage.broker.later = TryLater("busy"), True

    report = stage.carry_out(proposal)

    assert [intent.line for intent in stage.broker.sent] == [1, 3]
    assert report.legs[1].note == "Not sent: busy"


def test_a_line_whose_time_ran_out_on_the_way_is_not_sent() -> None:
    """Twenty minutes before the close the sale is followed for half an hour; the purchase would go to the next day."""
    stage = Stage()
    stage.terms = replace(stage.terms, polls=1800)
    stage.clock.pass_by(timedelta(hours=5, minutes=40))
    stage.broker.fates["VTI"] = Fate.RESTING
    stage.broker.deposit("brokerage", "1000")
    elsewhere = replace(line(2, Side.BUY, "BND", "10", "50", account="brokerage"), lever=Lever.CASH)

    report = stage.carry_out(stage.approved(SWAP[0], elsewhere))

    assert [intent.line for intent in stage.broker.sent] == [1]
    assert report.legs[1].note == "Not sent: the time for it is over."


class TestRefusals:
    """What keeps a whole plan from being sent."""

    def test_nobody_has_approved_it(self) -> None:
        stage = Stage()
        stage.proposed(*SWAP)

        assert codes(stage) == {"not_approved"}

    def test_the_approval_has_run_out(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.clock.pass_by(timedelta(days=7))

        assert codes(stage) == {"expired"}
        assert verdict(stage) is Verdict.VOIDED

    def test_a_newer_plan_has_taken_its_place(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.proposed(SWAP[0], name="P-2026-03-02-B")

        assert codes(stage) == {"not_approved", "newer_plan"}
        assert verdict(stage) is Verdict.SUPERSEDED

    def test_the_settings_have_changed(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.terms = replace(stage.terms, settings_fingerprint="settings-2")

        assert codes(stage) == {"settings_changed"}
        assert verdict(stage) is Verdict.VOIDED

    def test_the_approved_plan_was_swapped_for_another(self) -> None:
        stage = Stage()
        proposal = stage.approved(*SWAP)
        other = replace(proposal, price_collar_pct=Decimal(50))

        report = stage.carry_out(other)

        assert [refusal.code for refusal in report.refusals] == ["not_as_approved"]
        assert stage.broker.sent == []

    def test_the_mode_is_dry_run(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.terms = replace(stage.terms, environment=Environment.DRY_RUN)

        assert codes(stage) == {"dry_run"}
        assert stage.broker.sent == []

    def test_the_broker_is_a_live_one(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.environment = Environment.LIVE

        assert codes(stage) == {"environment"}
        assert verdict(stage) is Verdict.APPROVED

    def test_the_market_is_shut_by_the_calendar(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.clock.pass_by(timedelta(hours=9))

        assert codes(stage) == {"market_closed"}
        assert verdict(stage) is Verdict.APPROVED

    def test_the_market_is_shut_by_the_broker(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.is_open = False

        assert codes(stage) == {"market_closed"}

    def test_a_position_has_changed(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.tills["brokerage"].shares["VTI"] = Shares.of(999)

        assert codes(stage) == {"positions_changed"}
        assert verdict(stage) is Verdict.VOIDED

    def test_cash_is_missing(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.tills["rollover"].settled = Usd.of("99.99")

        assert codes(stage) == {"less_cash"}
        assert verdict(stage) is Verdict.VOIDED

    def test_a_price_has_moved_by_more_than_five_percent(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.prices["BND"] = Decimal("52.51")

        assert codes(stage) == {"price_moved"}
        assert verdict(stage) is Verdict.VOIDED

    def test_a_price_has_left_the_collar(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.prices["BND"] = Decimal("50.51")

        assert codes(stage) == {"collar"}
        assert verdict(stage) is Verdict.APPROVED

    def test_a_quote_is_older_than_a_minute(self) -> None:
        stage = Stage()
        stage.approved(*SWAP)
        stage.broker.quote_age = timedelta(seconds=61)

        assert codes(stage) == {"quote"}

    def test_an_account_cannot_be_read(self) -> None:
        stage = Stage()
        proposal = stage.approved(*SWAP)
        stage.broker.unreadable["brokerage"] = TryLater("busy")

        with pytest.raises(TryLater):
            stage.carry_out(proposal)
        assert stage.broker.sent == []


def test_what_an_earmark_has_is_not_spent() -> None:
    stage = Stage()
    earmark = Earmark(account="rollover", amount=Usd.of(80), purpose="emergency")
    stage.household = replace(stage.household, earmarks=(earmark,))

    stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent[1].quantity == Shares.of(200)  # (100 + 10,000 - 80) / 50.05 is 200.2


def test_what_sales_raise_for_an_earmark_is_not_spent() -> None:
    stage = Stage()
    earmark = Earmark(account="rollover", amount=Usd.of(1100), purpose="distribution", due_on=date(2026, 3, 20))
    stage.household = replace(stage.household, earmarks=(earmark,))

    stage.carry_out(stage.approved(*SWAP))

    assert stage.broker.sent[1].quantity == Shares.of(179)  # (100 + 10,000 - 1,100) / 50.05
