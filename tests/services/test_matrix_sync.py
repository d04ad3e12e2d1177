"""Faults around the reading of accounts: logins that die, and shares and cash that change before the orders leave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.errors import LogIn
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.readings import AccountReading, Activity, ActivityKind, Login
from bot.domain.snapshot import Side
from bot.services.cycle import Outcome, run
from tests.fakes.scripted_broker import ScriptedBroker
from tests.services.stage import SWAP, Stage, a_broker

DAY = timedelta(days=1)


class Keeper(ScriptedBroker):
    """The login is `days` old and lasts seven; `tied` shares of a symbol are held, and are not free to be sold."""

    days: int | None = None
    tied: dict[str, str]

    def login(self) -> Login | None:
        if self.days is None:
            return None
        logged_in_at = self.clock.now() - self.days * DAY
        return Login(name="family", logged_in_at=logged_in_at, expires_at=logged_in_at + 7 * DAY)

    def read(self, account: str) -> AccountReading:
        told = super().read(account)
        held = (replace(one, available=one.available - Shares.of(self.tied.get(one.symbol, "0"))) for one in told.held)
        return replace(told, held=tuple(held)) if account == "rollover" else told


@dataclass
class Kept(Stage):
    """The stage with such a keeper."""

    broker: Keeper = field(init=False)

    def __post_init__(self) -> None:
        plain = a_broker(self.clock)
        self.broker = Keeper(clock=self.clock, cash={}, shares={}, prices={})
        self.broker.tills, self.broker.prices, self.broker.tied = plain.tills, plain.prices, {}

    def pay_dividend(self, dollars: str) -> None:
        """VTI pays into the rollover, now."""
        self.broker.tills["rollover"].settled += Usd.of(dollars)
        entry = Activity(
            activity_id="dividend",
            account="rollover",
            kind=ActivityKind.DIVIDEND,
            on=self.clock.now().date(),
            net=Usd.of(dollars),
            symbol="VTI",
            at=self.clock.now(),
        )
        self.broker._history.append(entry)

    def split(self, factor: str) -> None:
        """Overnight, every share of VTI becomes so many."""
        self.clock.pass_by(DAY)
        for till in self.broker.tills.values():
            till.shares["VTI"] = Shares.of(till.shares["VTI"].count * Decimal(factor))
        self.broker.prices["VTI"] /= Decimal(factor)


def dies_after_the_sale() -> Kept:
    """A plan of a sale and a purchase; between the two the broker stops knowing the login."""
    stage = Kept()
    stage.say_yes_to_a_drawn_plan()
    stage.broker.unreadable["rollover"], stage.broker.later = LogIn("The login has ended."), True
    with pytest.raises(LogIn):
        run(stage.house)
    return stage


def test_a_login_that_has_died_ends_the_run_before_a_plan() -> None:
    stage = Kept()
    stage.broker.unreadable["rollover"] = LogIn("The login has ended.")

    with pytest.raises(LogIn):
        run(stage.house)
    assert list(stage.ledger.facts()) == []


@pytest.mark.parametrize(("days", "told"), [(4, False), (5, True), (6, True)])
def test_an_owner_is_warned_on_the_fifth_and_sixth_day_of_a_login(days: int, *, told: bool) -> None:
    stage = Kept()
    stage.broker.days = days

    assert [remark.code for remark in stage.snapshot().remarks] == (["login_ends"] if told else [])


def test_after_a_login_died_between_two_orders_the_second_waits_for_the_next_login() -> None:
    stage = dies_after_the_sale()
    before = [(order.intent.side, order.state) for order in stage.ledger.orders()]
    stage.broker.unreadable.clear()

    report = run(stage.house)

    assert before == [(Side.SELL, OrderState.FILLED)]
    assert report.outcome is Outcome.CARRIED_OUT
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]


def test_after_a_login_died_between_two_orders_the_second_does_not_outlive_its_plan() -> None:
    stage = dies_after_the_sale()
    stage.broker.unreadable.clear()
    stage.clock.pass_by(7 * DAY)

    report = run(stage.house)

    assert report.outcome is Outcome.VOIDED
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL]


def test_a_dividend_after_the_plan_is_left_for_the_next_one() -> None:
    stage = Kept()
    stage.say_yes_to_a_drawn_plan()
    stage.pay_dividend("30000")

    first = run(stage.house)
    stage.broker.settle()
    stage.clock.pass_by(DAY)
    second = run(stage.house)

    assert stage.broker.sent[1].quantity == Shares.of(1198)  # ($100 + $59,900 of the sale) / 50.05
    assert first.reconciled is not None
    assert first.reconciled.breaks == ()
    assert second.outcome is Outcome.PROPOSED
    assert second.plan is not None
    assert {line.side for line in second.plan.lines} == {Side.BUY}


def test_a_split_overnight_voids_the_plan_and_freezes_the_fund() -> None:
    stage = Kept()
    stage.say_yes_to_a_drawn_plan()
    stage.split("2")

    voided = run(stage.house)
    stage.say_yes_to_a_drawn_plan()
    frozen = run(stage.house)

    assert voided.outcome is Outcome.VOIDED
    assert frozen.execution is not None
    assert "a split, perhaps" in frozen.execution.legs[0].note
    assert stage.broker.sent == []


def test_a_reverse_split_overnight_voids_the_plan_and_stops_the_next() -> None:
    stage = Kept()
    stage.say_yes_to_a_drawn_plan()
    stage.split("0.1")

    outcomes = [run(stage.house).outcome, run(stage.house).outcome]

    assert outcomes == [Outcome.VOIDED, Outcome.HELD_BACK]
    assert stage.broker.sent == []


@pytest.mark.parametrize(("tied", "sold"), [("800", []), ("750", [Shares.of(50)])])
def test_shares_that_are_not_free_are_not_sold(tied: str, sold: list[Shares]) -> None:
    stage = Kept()
    proposal = stage.approved(SWAP[0])
    stage.broker.tied["VTI"] = tied

    stage.carry_out(proposal)

    assert [intent.quantity for intent in stage.broker.sent] == sold
