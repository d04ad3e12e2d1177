"""Faults around the drawing of a plan and the yes to it: crashes, other plans' codes, short days, an idle household."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.errors import WrongUse
from bot.domain.facts import Fact, PlanProposed, SnapshotTaken
from bot.domain.money import Shares, Usd
from bot.domain.readings import Session
from bot.services.approve import approve
from bot.services.cycle import Outcome, run
from tests.fakes.calendar import WeekdayCalendar
from tests.services.stage import MONDAY_10_00, SWAP, TERMS, Stage

HOUR = timedelta(hours=1)


class Death(BaseException):
    """The end of the process."""


class DyingLedger(SqliteLedger):
    """The process ends when a plan is written down: `early`, or as soon as it is on the disk."""

    early: bool | None = None

    def record(self, fact: Fact) -> None:
        if isinstance(fact, PlanProposed) and self.early:
            raise Death
        super().record(fact)
        if isinstance(fact, PlanProposed) and self.early is False:
            raise Death


class ShortMonday(WeekdayCalendar):
    """On 2026-03-02 the exchange closes at 13:00."""

    def session(self, on: date) -> Session | None:
        session = super().session(on)
        if session is not None and on == MONDAY_10_00.date():
            return replace(session, closes_at=session.closes_at - 3 * HOUR)
        return session


def on_a_short_day(sessions: int) -> Stage:
    """An approved plan that holds for so many sessions, drawn at 10:00."""
    stage = Stage(calendar=ShortMonday(), terms=replace(TERMS, expires_sessions=sessions))
    stage.say_yes_to_a_drawn_plan()
    return stage


def test_a_household_with_nothing_to_do_is_looked_at_and_not_written_to() -> None:
    stage = Stage()
    stage.broker.tills["rollover"].settled = Usd()
    stage.broker.tills["rollover"].shares = {"VTI": Shares.of(100), "BND": Shares.of(1466)}

    outcomes = [run(stage.house).outcome for _ in range(3)]

    assert outcomes == [Outcome.NOTHING_TO_DO] * 3
    assert [type(fact) for fact in stage.ledger.facts()] == [SnapshotTaken] * 3
    assert stage.postbox.letters == []


@pytest.mark.parametrize("early", [True, False])
def test_a_plan_is_there_whole_or_not_at_all_and_a_letter_only_of_one_that_is_there(
    tmp_path: Path, *, early: bool
) -> None:
    ledger = DyingLedger(tmp_path / "ledger.sqlite3")
    ledger.early = early
    stage = Stage(ledger=ledger)
    with pytest.raises(Death):
        run(stage.house)
    ledger.close()
    with SqliteLedger(tmp_path / "ledger.sqlite3") as after:
        stage.ledger = after
        kept, written = len(after.proposals()), len(stage.postbox.letters)
        run(stage.house)

        assert (kept, written) == (0 if early else 1, 0)
        assert [(len(after.proposals()), len(stage.postbox.letters))] == [(1, 1)]


def test_the_code_of_one_plan_approves_no_other() -> None:
    stage = Stage()
    first = stage.proposed(SWAP[0])
    second = stage.proposed(*SWAP, name="P-2026-03-02-B")

    for name, code in ((second.plan_id, first.code), (first.plan_id, second.code)):
        with pytest.raises(WrongUse):
            approve(plan_id=name, code=code, by="test", clock=stage.clock, ledger=stage.ledger)

    verdicts = [given.verdict if given else None for _, given in stage.ledger.proposals()]
    assert verdicts == [Verdict.SUPERSEDED, None]


def test_a_yes_after_an_early_close_waits_for_the_next_session() -> None:
    stage = on_a_short_day(sessions=2)
    stage.clock.pass_by(4 * HOUR)
    run(stage.house)
    on_monday = len(stage.broker.sent)
    stage.clock.pass_by(20 * HOUR)

    report = run(stage.house)

    assert (on_monday, len(stage.broker.sent)) == (0, 2)
    assert report.outcome is Outcome.CARRIED_OUT


def test_a_yes_that_ends_with_a_short_day_is_not_carried_out_on_the_next() -> None:
    stage = on_a_short_day(sessions=1)
    stage.clock.pass_by(24 * HOUR)

    report = run(stage.house)

    assert report.outcome is Outcome.VOIDED
    assert stage.broker.sent == []
