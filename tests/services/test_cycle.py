"""A run does what is due, once, and its owner hears of it, once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.facts import OrderMoved, PlanDecided, PlanProposed, Reconciled, ReportSent, SnapshotTaken
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.plan import Environment, Lever
from bot.domain.snapshot import Side
from bot.services.accept import accept
from bot.services.approve import tick
from bot.services.begun import unfinished
from bot.services.cycle import CycleReport, Outcome, run
from tests.fakes.scripted_broker import Crash, Fate
from tests.services.stage import SWAP, Stage, line


def agreed(stage: Stage) -> CycleReport:
    """A run that proposes, and a yes."""
    report = run(stage.house)
    assert report.proposal is not None
    stage.say_yes(report.proposal)
    return report


def subjects(stage: Stage) -> list[str]:
    return [subject for subject, _ in stage.postbox.letters]


def test_a_run_proposes_and_writes_one_letter() -> None:
    stage = Stage()

    report = run(stage.house)

    assert report.outcome is Outcome.PROPOSED
    assert subjects(stage) == ["[rebaloop paper] Approve 2 orders, $0.00 tax (P-2026-03-02-A)"]


def test_a_second_run_right_away_does_nothing_new() -> None:
    stage = Stage()
    first = run(stage.house)

    second = run(stage.house)

    assert second.outcome is Outcome.WAITING
    assert second.proposal == first.proposal
    assert len(stage.postbox.letters) == 1


def test_an_approved_plan_is_carried_out_compared_and_reported() -> None:
    stage = Stage()
    agreed(stage)

    report = run(stage.house)

    assert report.outcome is Outcome.CARRIED_OUT
    assert report.reconciled is not None
    assert report.reconciled.breaks == ()
    assert subjects(stage)[1:] == ["[rebaloop paper] 2 of 2 orders filled (P-2026-03-02-A)"]


def test_after_a_plan_was_carried_out_nothing_is_left_to_do() -> None:
    stage = Stage()
    agreed(stage)
    run(stage.house)

    report = run(stage.house)

    assert report.outcome is Outcome.NOTHING_TO_DO
    assert (len(stage.broker.sent), len(stage.postbox.letters)) == (2, 2)


def test_an_approved_plan_waits_for_the_session_in_silence() -> None:
    stage = Stage()
    agreed(stage)
    stage.clock.pass_by(timedelta(hours=9))

    assert run(stage.house).outcome is Outcome.WAITING
    assert (stage.broker.sent, len(stage.postbox.letters)) == ([], 1)


def test_a_voided_plan_is_told_once_and_then_drawn_anew() -> None:
    stage = Stage()
    agreed(stage)
    stage.broker.by_hand("rollover", Side.SELL, "VTI", "100", "1")

    reports = [run(stage.house), run(stage.house)]

    assert [report.outcome for report in reports] == [Outcome.VOIDED, Outcome.PROPOSED]
    assert "rollover holds 700 VTI; 800 were expected." in stage.postbox.letters[1][1]
    assert stage.broker.sent == []


def test_shares_that_left_without_a_word_stop_plans_until_somebody_says_that_it_is_right() -> None:
    stage = Stage()
    run(stage.house)
    stage.broker.tills["rollover"].shares["VTI"] = Shares.of(700)

    stopped = [run(stage.house), run(stage.house)]
    accept(account="rollover", why="moved", household=stage.household, clock=stage.clock, ledger=stage.ledger)
    after = run(stage.house)

    assert [report.outcome for report in stopped] == [Outcome.HELD_BACK, Outcome.HELD_BACK]
    assert [report.refusals[0].code for report in stopped] == ["shares_missing", "shares_missing"]
    assert [subject for subject, _ in stage.postbox.letters[1:2]] == ["[rebaloop paper] An account needs your eye"]
    assert "rebaloop accept rollover" in " ".join(stage.postbox.letters[1][1].split())
    assert after.outcome is Outcome.PROPOSED


def test_a_login_that_ends_before_the_orders_could_is_no_day_to_begin() -> None:
    stage = Stage()
    agreed(stage)
    stage.broker.ends_at = stage.clock.now() + timedelta(hours=6, minutes=59)

    report = run(stage.house)

    assert report.outcome is Outcome.WAITING
    assert report.execution is not None
    assert [refusal.code for refusal in report.execution.refusals] == ["login"]
    assert "rebaloop login alex" in report.execution.refusals[0].message
    stage.broker.ends_at = stage.clock.now() + timedelta(hours=7)
    assert run(stage.house).outcome is Outcome.CARRIED_OUT


def test_a_login_that_is_about_to_end_is_told_once_a_day() -> None:
    stage = Stage()
    stage.broker.ends_at = stage.clock.now() + timedelta(hours=49)

    for _ in range(2):
        run(stage.house)
        run(stage.house)
        stage.clock.pass_by(timedelta(days=1))

    told = [text for subject, text in stage.postbox.letters if subject == "[rebaloop paper] A login is about to end"]
    assert ["2 days" in told[0], "1 day" in told[1], len(told)] == [True, True, 2]
    assert all(text.endswith("next: rebaloop login alex\n") for text in told)


def test_a_plan_that_nobody_answered_expires_and_is_drawn_anew() -> None:
    stage = Stage()
    run(stage.house)
    stage.clock.pass_by(timedelta(days=7))

    report = run(stage.house)

    verdicts = [approval.verdict if approval else None for _, approval in stage.ledger.proposals()]
    assert (report.outcome, verdicts) == (Outcome.PROPOSED, [Verdict.EXPIRED, None])


def test_a_dry_run_writes_and_never_submits() -> None:
    stage = Stage()
    stage.terms = replace(stage.terms, environment=Environment.DRY_RUN)

    outcomes = [run(stage.house).outcome for _ in range(3)]

    assert outcomes == [Outcome.PROPOSED, Outcome.WAITING, Outcome.WAITING]
    assert subjects(stage) == ["[rebaloop dry run] Would place 2 orders, $0.00 tax (P-2026-03-02-A)"]
    assert "nothing will be" in stage.postbox.letters[0][1]
    assert stage.broker.sent == []


def test_a_letter_that_did_not_leave_is_written_by_the_next_run() -> None:
    stage = Stage()
    stage.postbox.broken = True
    with pytest.raises(ConnectionError):
        run(stage.house)
    stage.postbox.broken = False

    run(stage.house)

    assert len(stage.postbox.letters) == 1


def test_a_receipt_that_did_not_leave_is_written_by_the_next_run() -> None:
    stage = Stage()
    agreed(stage)
    stage.postbox.broken = True
    with pytest.raises(ConnectionError):
        run(stage.house)
    stage.postbox.broken = False

    run(stage.house)

    assert subjects(stage)[1:] == ["[rebaloop paper] 2 of 2 orders filled (P-2026-03-02-A)"]
    assert len(stage.broker.sent) == 2


def test_a_crash_in_the_middle_is_finished_by_the_next_run() -> None:
    """The sale reaches the broker, the process dies: the next run finds it filled and buys."""
    stage = Stage()
    agreed(stage)
    stage.broker.fates["VTI"] = Fate.CRASH_AFTER
    with pytest.raises(Crash):
        run(stage.house)

    run(stage.house)

    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]
    assert [order.state for order in stage.ledger.orders()] == [OrderState.FILLED, OrderState.FILLED]


def test_a_sale_that_fills_late_is_followed_by_its_purchase_in_the_next_run() -> None:
    stage = Stage()
    agreed(stage)
    stage.broker.fates["VTI"] = Fate.RESTING
    run(stage.house)
    stage.broker.fill_at_most.clear()

    run(stage.house)

    assert subjects(stage)[1:] == [
        "[rebaloop paper] 0 of 2 orders filled (P-2026-03-02-A)",
        "[rebaloop paper] 2 of 2 orders filled (P-2026-03-02-A)",
    ]


def test_while_hands_are_awaited_no_other_plan_is_drawn() -> None:
    stage = Stage()
    by_hand = replace(line(3, Side.BUY, "BND", "1", "50", account="brokerage"), automatic=False, lever=Lever.CASH)
    proposal = stage.approved(replace(SWAP[0], after_manual=True), by_hand)

    outcomes = [run(stage.house).outcome for _ in range(2)]
    tick(plan_id=proposal.plan_id, line=3, clock=stage.clock, ledger=stage.ledger)
    last = run(stage.house)

    assert outcomes == [Outcome.CARRIED_OUT, Outcome.WAITING]
    assert last.outcome is Outcome.CARRIED_OUT
    assert [intent.line for intent in stage.broker.sent] == [1]


def test_a_tick_that_sets_nothing_free_is_no_news() -> None:
    stage = Stage()
    by_hand = replace(line(2, Side.BUY, "BND", "1", "50", account="brokerage"), automatic=False, lever=Lever.CASH)
    proposal = stage.approved(SWAP[0], by_hand)
    run(stage.house)
    tick(plan_id=proposal.plan_id, line=2, clock=stage.clock, ledger=stage.ledger)

    assert unfinished(stage.ledger) is None


def test_the_six_stations_leave_their_facts_in_the_real_ledger(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        stage = Stage(ledger=ledger)
        agreed(stage)
        report = run(stage.house)
        kinds = [type(fact) for fact in ledger.facts()]

        assert report.outcome is Outcome.CARRIED_OUT
        assert kinds[:4] == [SnapshotTaken, PlanProposed, ReportSent, PlanDecided]
        assert kinds[-2:] == [Reconciled, ReportSent]
        assert kinds.count(OrderMoved) >= 4
        assert [order.state for order in ledger.orders()] == [OrderState.FILLED, OrderState.FILLED]
        assert run(stage.house).outcome is Outcome.NOTHING_TO_DO
