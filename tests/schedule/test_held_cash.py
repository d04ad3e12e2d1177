"""Cash that nobody assigned is in no plan: what was there at the first live run, and deposits far over the usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.errors import WrongUse
from bot.domain.facts import CashAssigned, CashHeld, StatementRead
from bot.domain.money import Shares, Usd
from bot.domain.plan import Environment, Lever
from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import Monthly, Payday, Schedule
from bot.services.cycle import CycleReport, run
from bot.services.held_cash import BEFORE, assign, held, with_held_cash
from bot.services.house import House
from tests.services.stage import MONDAY_10_00, POLICY, Stage

SCHEDULE = Schedule(
    paydays=(Payday(name="self", account="brokerage", rhythm=Monthly(days=(15,)), amount=Usd.of(3000)),)
)
WIDE = replace(
    POLICY,
    band=replace(POLICY.band, absolute_pp=POLICY.band.absolute_pp * 20, relative_pct=POLICY.band.relative_pct * 400),
)


def house_of(stage: Stage) -> House:
    """The house as it is opened for a run."""
    house = replace(stage.house, schedule=SCHEDULE, policy=WIDE)
    return replace(house, household=with_held_cash(house.household, held(stage.ledger)))


def deposit(stage: Stage, dollars: int) -> None:
    today = stage.clock.now().date()
    stage.broker.tills["brokerage"].settled += Usd.of(dollars)
    stage.broker._history.append(
        Activity(
            activity_id=f"d{dollars}", account="brokerage", kind=ActivityKind.DEPOSIT, on=today, net=Usd.of(dollars)
        )
    )


def bought(report: CycleReport) -> int:
    """Dollars, in hundreds, that new money buys in the brokerage account."""
    lines = report.plan.lines if report.plan is not None else ()
    mine = [line.usd.cents for line in lines if line.account == "brokerage" and line.lever is Lever.CASH]
    return round(sum(mine) / 10_000)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_idle_cash_is_planned_although_no_band_is_broken(stage: Stage) -> None:
    deposit(stage, 5000)

    assert bought(run(house_of(stage))) == 50


def test_a_deposit_over_twice_the_usual_is_held_with_one_question(stage: Stage) -> None:
    run(house_of(stage))
    deposit(stage, 3000)
    deposit(stage, 50_000)

    first = run(house_of(stage))
    again = run(house_of(stage))

    assert (bought(first), bought(again)) == (30, 30)
    assert [fact.amount for fact in held(stage.ledger)] == [Usd.of(50_000)]
    asked = [text for subject, text in stage.postbox.letters if "Is this deposit meant" in subject]
    assert len(asked) == 1
    assert "rebaloop assign brokerage" in asked[0]


def test_what_its_owner_assigns_is_invested(stage: Stage) -> None:
    run(house_of(stage))
    deposit(stage, 50_000)
    run(house_of(stage))
    stage.clock.pass_by(timedelta(minutes=1))

    assigned = assign(
        account="brokerage", why="a bonus", household=stage.household, clock=stage.clock, ledger=stage.ledger
    )
    stage.clock.pass_by(timedelta(minutes=1))

    assert assigned == Usd.of(50_000)
    assert bought(run(house_of(stage))) == 500
    assert held(stage.ledger) == ()


def test_nothing_is_assigned_where_nothing_is_held(stage: Stage) -> None:
    with pytest.raises(WrongUse, match="No cash of brokerage is held"):
        assign(account="brokerage", why="", household=stage.household, clock=stage.clock, ledger=stage.ledger)
    with pytest.raises(WrongUse, match="no account 'nobody'"):
        assign(account="nobody", why="", household=stage.household, clock=stage.clock, ledger=stage.ledger)


def test_at_the_first_live_run_the_cash_that_is_there_is_kept_out(stage: Stage) -> None:
    stage.terms = replace(stage.terms, environment=Environment.LIVE)
    stage.broker.tills["brokerage"].settled = Usd.of(8000)

    first = run(house_of(stage))
    stage.clock.pass_by(timedelta(days=1))
    deposit(stage, 3000)
    second = run(house_of(stage))

    assert (bought(first), bought(second)) == (0, 30)
    known = {fact.account: fact.amount for fact in stage.ledger.latest(CashHeld) if fact.source == BEFORE}
    assert known == {"brokerage": Usd.of(8000), "rollover": Usd.of(100)}


def test_in_paper_mode_the_cash_that_is_there_is_planned(stage: Stage) -> None:
    stage.broker.tills["brokerage"].settled = Usd.of(8000)

    assert bought(run(house_of(stage))) == 80


def test_the_real_books_keep_what_is_held_and_assigned(tmp_path: Path) -> None:
    at = MONDAY_10_00
    facts = (
        CashHeld(at=at, account="brokerage", amount=Usd.of(5), source="d5"),
        CashAssigned(at=at, account="brokerage", by="terminal", why="a bonus"),
        StatementRead(at=at, account="work", stated_on=at.date(), shares=(("VTI", Shares.of("1.5")),)),
    )
    with SqliteLedger(tmp_path / "ledger.sqlite3") as ledger:
        for fact in facts:
            ledger.record(fact)

        assert tuple(ledger.facts()) == facts
