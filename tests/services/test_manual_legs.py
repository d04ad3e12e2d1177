"""What was ticked off is looked for in the next statement, and what was not is reminded of once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.domain.facts import ReportSent, SnapshotTaken
from bot.domain.money import Shares
from bot.domain.plan import PlanLine, Proposal
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Remark
from bot.services.approve import tick
from bot.services.cycle import Outcome, run
from bot.services.manual_legs import awaited, remind, ticked_remarks
from tests.services.stage import MONDAY_10_00, SWAP, Stage

BY_HAND = tuple(replace(line, automatic=False) for line in SWAP)  # sells 100 of 800 VTI, buys 200 beside 400 BND
DAY = timedelta(days=1)


@dataclass
class Hands:
    """An approved plan for hands alone, and what the keeper of the account says."""

    stage: Stage
    proposal: Proposal

    def tick(self, *numbers: int) -> None:
        for number in numbers:
            tick(plan_id=self.proposal.plan_id, line=number, clock=self.stage.clock, ledger=self.stage.ledger)

    def reading(self, stated_on: date | None, vti: str = "800", bnd: str = "400") -> tuple[AccountReading, ...]:
        """The account as a statement of that day has it; as of now where it is None."""
        read = self.stage.broker.read("rollover")
        counts = {"VTI": Shares.of(vti), "BND": Shares.of(bnd)}
        held = tuple(replace(one, quantity=counts[one.symbol]) for one in read.held)
        return (replace(read, held=held, stated_on=stated_on),)

    def remarks(self, readings: Sequence[AccountReading]) -> list[Remark]:
        return ticked_remarks(readings, self.stage.ledger, self.stage.clock.now())

    def awaited(self, readings: Sequence[AccountReading]) -> Proposal | None:
        return awaited(readings, self.stage.ledger, self.stage.clock.now())


def approved(*lines: PlanLine) -> Hands:
    stage = Stage()
    return Hands(stage=stage, proposal=stage.approved(*(lines or BY_HAND)))


TODAY = MONDAY_10_00.date()


def test_what_moved_as_it_was_ticked_off_is_not_spoken_of() -> None:
    hands = approved()
    hands.tick(1, 2)
    readings = hands.reading(TODAY, "700", "600")

    assert hands.remarks(readings) == []
    assert hands.awaited(readings) is None


@pytest.mark.parametrize("stated_on", [TODAY - DAY, TODAY])
def test_a_statement_no_younger_than_the_tick_is_waited_for(stated_on: date) -> None:
    hands = approved()
    hands.tick(1, 2)
    readings = hands.reading(stated_on)

    assert hands.remarks(readings) == []
    assert hands.awaited(readings) == hands.proposal


def test_a_younger_statement_in_which_nothing_moved_is_told() -> None:
    hands = approved()
    hands.tick(1)
    hands.stage.clock.pass_by(DAY)
    readings = hands.reading(TODAY + DAY)

    (remark,) = hands.remarks(readings)

    assert (remark.code, remark.account, remark.symbol) == ("ticked_differs", "rollover", "VTI")
    assert "order 1 of P-2026-03-02-A, which makes 700 VTI in rollover; it holds 800" in remark.message
    assert not remark.stops
    assert hands.awaited(readings) is None


def test_half_of_what_was_ticked_off_is_told() -> None:
    hands = approved()
    hands.tick(1, 2)

    (remark,) = hands.remarks(hands.reading(TODAY, "700", "500"))

    assert remark.symbol == "BND"


@pytest.mark.parametrize(("bnd", "told"), [("591", False), ("610", False), ("589", True), ("611", True)])
def test_a_twentieth_more_or_less_is_no_difference(bnd: str, *, told: bool) -> None:
    hands = approved()
    hands.tick(2)

    assert bool(hands.remarks(hands.reading(TODAY, bnd=bnd))) is told


def test_what_nobody_ticked_off_is_not_looked_for() -> None:
    hands = approved()
    hands.stage.clock.pass_by(DAY)

    assert hands.remarks(hands.reading(TODAY + DAY)) == []
    assert hands.awaited(hands.reading(TODAY + DAY)) is None


def test_what_was_seen_once_may_change_later() -> None:
    hands = approved()
    hands.tick(1)
    snapshot = hands.stage.snapshot()
    holding = snapshot.holding("rollover")
    parts = tuple(
        replace(one, lots=(replace(one.lots[0], quantity=Shares.of("700")),)) if one.symbol == "VTI" else one
        for one in holding.positions
    )
    holdings = (snapshot.holding("brokerage"), replace(holding, positions=parts))
    hands.stage.clock.pass_by(DAY)
    hands.stage.ledger.record(SnapshotTaken(at=hands.stage.clock.now(), snapshot=replace(snapshot, holdings=holdings)))
    hands.stage.clock.pass_by(DAY)

    assert hands.remarks(hands.reading(TODAY + 2 * DAY, "650")) == []


def test_a_tick_of_long_ago_is_not_looked_for_any_more() -> None:
    hands = approved()
    hands.tick(1)
    hands.stage.clock.pass_by(46 * DAY)

    assert hands.remarks(hands.reading(TODAY + 46 * DAY)) == []


def test_a_statement_that_comes_after_the_plan_ran_out_is_still_compared() -> None:
    hands = approved()
    hands.tick(1)
    hands.stage.clock.pass_by(20 * DAY)

    assert hands.awaited(hands.reading(TODAY)) is None
    assert len(hands.remarks(hands.reading(TODAY + 19 * DAY))) == 1


def test_a_live_account_is_looked_at_the_day_after() -> None:
    hands = approved()
    hands.tick(1)
    assert hands.awaited(hands.reading(None)) == hands.proposal
    hands.stage.clock.pass_by(DAY)

    assert [remark.symbol for remark in hands.remarks(hands.reading(None))] == ["VTI"]


def subjects(stage: Stage) -> list[str]:
    return [subject for subject, _ in stage.postbox.letters]


def reminders(stage: Stage) -> int:
    return sum("still for your own hands" in subject for subject in subjects(stage))


def test_a_reminder_comes_once_two_sessions_after_the_yes() -> None:
    hands = approved()
    told = []
    for _ in range(3):
        remind(hands.stage.house)
        told.append(reminders(hands.stage))
        hands.stage.clock.pass_by(DAY)
    hands.stage.clock.pass_by(-DAY)
    remind(hands.stage.house)

    assert told == [0, 0, 1]
    assert reminders(hands.stage) == 1


def test_a_late_yes_is_reminded_of_on_the_last_day() -> None:
    stage = Stage()
    proposal = stage.proposed(*BY_HAND)
    stage.clock.pass_by(DAY)
    stage.say_yes(proposal)
    remind(stage.house)
    on_the_day = reminders(stage)
    stage.clock.pass_by(DAY)
    remind(stage.house)

    assert (on_the_day, reminders(stage)) == (0, 1)


def test_a_yes_on_the_last_day_is_not_reminded_of_at_once() -> None:
    stage = Stage()
    proposal = stage.proposed(*BY_HAND)
    stage.clock.pass_by(2 * DAY)
    stage.say_yes(proposal)
    remind(stage.house)

    assert reminders(stage) == 0


def test_the_reminder_names_what_is_left_alone() -> None:
    hands = approved()
    hands.tick(1)
    hands.stage.clock.pass_by(2 * DAY)
    remind(hands.stage.house)

    ((subject, text),) = hands.stage.postbox.letters
    assert "1 order still for your own hands" in subject
    assert "[ ] 2." in text
    assert "[ ] 1." not in text


@pytest.mark.parametrize("case", ["all ticked", "nothing by hand", "run out", "only proposed"])
def test_there_is_no_reminder_of_what_needs_none(case: str) -> None:
    stage = Stage()
    proposal = stage.proposed(*(SWAP if case == "nothing by hand" else BY_HAND))
    if case != "only proposed":
        stage.say_yes(proposal)
    if case == "all ticked":
        for number in (1, 2):
            tick(plan_id=proposal.plan_id, line=number, clock=stage.clock, ledger=stage.ledger)
    stage.clock.pass_by((4 if case == "run out" else 2) * DAY)
    remind(stage.house)

    assert reminders(stage) == 0


def test_a_reminder_does_not_end_what_waits_for_the_ticks() -> None:
    later = replace(SWAP[1], number=3, account="brokerage", after_manual=True)
    hands = approved(*BY_HAND, later)
    hands.stage.clock.pass_by(2 * DAY)
    remind(hands.stage.house)
    newest = list(hands.stage.ledger.facts(plan=hands.proposal.fingerprint))[-1]

    assert reminders(hands.stage) == 1
    assert not isinstance(newest, ReportSent)
    assert run(hands.stage.house).outcome is not Outcome.NOTHING_TO_DO


def test_what_nobody_did_is_part_of_the_next_plan_when_this_one_has_run_out() -> None:
    hands = approved()
    run(hands.stage.house)
    hands.stage.clock.pass_by(4 * DAY)

    report = run(hands.stage.house)

    assert report.outcome is Outcome.PROPOSED
    assert report.proposal is not None
    assert report.proposal.plan_id == "P-2026-03-06-A"


def test_while_a_ticked_line_is_in_no_statement_no_plan_asks_for_it_again() -> None:
    hands = approved()
    hands.tick(1, 2)
    hands.stage.broker.prices["VTI"] += 1
    run(hands.stage.house)

    report = run(hands.stage.house)

    assert (report.outcome, report.proposal) == (Outcome.WAITING, hands.proposal)
    assert [known for known, _ in hands.stage.ledger.proposals()] == [hands.proposal]


def test_a_line_that_did_not_move_as_it_was_ticked_off_is_written_about_once() -> None:
    hands = approved()
    hands.tick(1)
    run(hands.stage.house)
    hands.stage.clock.pass_by(DAY)
    for _ in range(2):
        run(hands.stage.house)

    assert subjects(hands.stage).count("[rebaloop paper] VTI in rollover is not what you ticked off") == 1
