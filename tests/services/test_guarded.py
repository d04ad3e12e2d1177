"""Right before an order leaves everything is looked at once more, and whatever has changed by then keeps it here."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.facts import OrderIntended, PlanProposed
from bot.domain.limits import Limits
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderState
from bot.domain.plan import Environment
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Side
from bot.services.cycle import Outcome, run
from bot.services.execute import carry_out
from bot.services.house import errand_for
from bot.services.points import POINTS, listening
from tests.fakes.scripted_broker import Fate, ScriptedBroker
from tests.services.stage import SWAP, TERMS, Stage, a_broker


class MovingBroker(ScriptedBroker):
    """`sneak` happens when an account is read for the n-th time after the first order was sent."""

    sneaks: int = 0

    def read(self, account: str) -> AccountReading:
        if self.sent and account == "rollover":
            self.sneaks += 1
            if self.sneaks == 1:
                self.tills["rollover"].shares["BND"] = Shares.of(1)
        return super().read(account)


def notes(stage: Stage) -> list[str]:
    report = stage.carry_out(stage.ledger.proposals()[0][0])
    return [leg.note for leg in report.legs]


def test_the_brake_is_looked_at_again_between_two_orders() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)
    stage.brake.pull_at_look = 4  # at the start, twice for the sale, and before the purchase

    report = stage.carry_out(proposal)

    assert [intent.side for intent in stage.broker.sent] == [Side.SELL]
    assert report.legs[1].note == "Not sent: Everything is halted: somebody pulled it."


def test_a_brake_that_is_pulled_between_the_books_and_the_wire_holds_the_order() -> None:
    stage = Stage()
    proposal = stage.approved(SWAP[0])
    stage.brake.pull_at_look = 3

    stage.carry_out(proposal)

    assert stage.broker.sent == []
    assert [order.state for order in stage.ledger.orders()] == [OrderState.NOT_PLACED]


def test_while_everything_is_halted_plans_are_drawn_and_nothing_is_sent() -> None:
    stage = Stage()
    stage.brake.why = "a look at the accounts"
    first = run(stage.house)
    assert first.proposal is not None
    stage.say_yes(first.proposal)

    second = run(stage.house)

    assert (first.outcome, second.outcome) == (Outcome.PROPOSED, Outcome.WAITING)
    assert stage.broker.sent == []


def test_a_clock_that_jumps_during_the_run_stops_it() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)

    with listening(lambda name: stage.clock.jump(timedelta(seconds=20)) if name == "between_legs" else None):
        report = stage.carry_out(proposal)

    assert len(stage.broker.sent) == 1
    assert "jumped" in report.legs[1].note


def test_shares_that_change_between_two_orders_end_the_approval() -> None:
    stage = Stage()
    stage.broker = MovingBroker(
        clock=stage.clock,
        cash={"brokerage": "0", "rollover": "100"},
        shares={"brokerage": {"VTI": "1000"}, "rollover": {"VTI": "800", "BND": "400"}},
        prices={"VTI": "100", "BND": "50"},
    )
    proposal = stage.approved(*SWAP)

    report = stage.carry_out(proposal)

    approval = stage.ledger.proposals()[0][1]
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL]
    assert [refusal.code for refusal in report.refusals] == ["G10"]
    assert approval is not None
    assert approval.verdict is Verdict.VOIDED


def test_a_refusal_of_the_guard_leaves_no_order_in_the_books() -> None:
    stage = Stage()
    stage.terms = replace(stage.terms, limits=Limits(order_pct=Decimal(1)))
    stage.approved(*SWAP)

    assert "one order may move" in notes(stage)[0]
    assert not [fact for fact in stage.ledger.facts() if isinstance(fact, OrderIntended)]


def test_an_address_that_nobody_vouches_for_is_not_sent_to() -> None:
    stage = Stage()
    proposal = stage.approved(*SWAP)
    errand = replace(errand_for(stage.house, proposal), addresses={"rollover": Environment.LIVE})

    carry_out(errand)

    assert stage.broker.sent == []


def test_the_program_was_changed_since_the_plan_was_drawn() -> None:
    stage = Stage()
    proposal = replace(stage.proposed(), code_version="0.0.0", plan_id="P-2026-03-02-B")
    stage.ledger.record(PlanProposed(at=stage.clock.now(), proposal=proposal))
    stage.say_yes(proposal)
    old = replace(proposal.plan, lines=SWAP)
    older = replace(proposal, plan=old, plan_id="P-2026-03-02-C")
    stage.ledger.record(PlanProposed(at=stage.clock.now(), proposal=older))
    stage.say_yes(older)

    report = stage.carry_out(older)

    assert [refusal.code for refusal in report.refusals] == ["program_changed"]
    assert report.voided


def test_a_class_that_prices_moved_by_more_than_a_point_ends_the_approval() -> None:
    """Both prices move by less than 5%, and the stocks go from 54.5% to 52.5%."""
    stage = Stage()
    stage.broker.tills["rollover"].shares["BND"] = Shares.of(3000)
    stage.approved(*SWAP)
    stage.broker.prices |= {"VTI": Decimal(96), "BND": Decimal(52)}

    report = stage.carry_out(stage.ledger.proposals()[0][0])

    assert {refusal.code for refusal in report.refusals} == {"price_moved"}
    assert report.voided


def test_own_fills_and_more_cash_end_nothing() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.RESTING
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    stage.broker.fill_at_most.clear()
    stage.settle()
    stage.broker.deposit("rollover", "2500")
    stage.clock.wait(30)

    report = stage.carry_out(proposal)

    assert report.refusals == ()
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]


def test_unsettled_proceeds_wait_a_day_where_the_owner_wants_it_so() -> None:
    stage = Stage()
    stage.policy = replace(stage.policy, same_day_swaps=False)
    stage.say_yes_to_a_drawn_plan()
    first = run(stage.house)
    waiting = run(stage.house)
    stage.clock.pass_by(timedelta(days=1))
    stage.broker.settle()
    second = run(stage.house)

    assert first.execution is not None
    assert "has not settled" in first.execution.legs[1].note
    assert [first.outcome, waiting.outcome, second.outcome] == [
        Outcome.CARRIED_OUT,
        Outcome.WAITING,
        Outcome.CARRIED_OUT,
    ]
    assert [intent.side for intent in stage.broker.sent] == [Side.SELL, Side.BUY]
    assert stage.broker.sent[1].quantity > Shares.of(1000)


def test_every_point_on_the_way_is_reached_once_in_turn() -> None:
    stage = Stage()
    stage.say_yes_to_a_drawn_plan()
    reached: list[str] = []
    with listening(reached.append):
        run(stage.house)

    assert set(reached) == set(POINTS)
    assert [name for name in reached if name != "state_written"][:5] == [
        "before_intent",
        "intent_written",
        "sending_written",
        "posted",
        "read_back",
    ]


class Death(BaseException):
    """The end of the process."""


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("time", [1, 2])
def test_a_death_at_any_point_costs_nothing_but_time(point: str, time: int, tmp_path: Path) -> None:
    """Whatever was written down or sent by then, the runs after it end with both orders filled, each once."""
    stage = Stage(ledger=SqliteLedger(tmp_path / "ledger.sqlite3"))
    stage.say_yes_to_a_drawn_plan()
    left = [time]

    def die(name: str) -> None:
        if name == point:
            left[0] -= 1
            if not left[0]:
                raise Death

    try:
        with listening(die):
            run(stage.house)
    except Death:
        pass
    for _ in range(3):
        run(stage.house)

    filled = [order for order in stage.ledger.orders() if order.state is OrderState.FILLED]
    assert [order.intent.side for order in filled] == [Side.SELL, Side.BUY]
    assert len(stage.broker.sent) == 2
    assert stage.brake.why == ""


@dataclass
class Wealthy(Stage):
    """A million dollars, of which $600,000 are in the shelter, at the limits that everybody has."""

    broker: ScriptedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.terms = replace(TERMS, limits=Limits())
        self.broker = a_broker(self.clock)
        self.broker.tills["brokerage"].shares = {"VTI": Shares.of(4000)}
        self.broker.tills["rollover"].shares = {"VTI": Shares.of(3000), "BND": Shares.of(6000)}
        self.broker.tills["rollover"].settled = Usd()


def test_a_swap_of_a_hundred_thousand_dollars_of_a_million_passes_from_plan_to_fill() -> None:
    stage = Wealthy()
    proposed = run(stage.house)
    assert proposed.proposal is not None
    moved = [line.usd for line in proposed.proposal.plan.lines]
    stage.say_yes(proposed.proposal)

    report = run(stage.house)

    assert moved == [Usd.of(100000), Usd.of(100000)]
    assert report.outcome is Outcome.CARRIED_OUT
    assert [order.state for order in stage.ledger.orders()] == [OrderState.FILLED, OrderState.FILLED]
    assert report.reconciled is not None
    assert report.reconciled.breaks == ()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(order_pct=Decimal(10)), "your limit is 10%: raise limits.order_pct"),
        (Limits(day_pct=Decimal(20)), "your limit is 20%: raise limits.day_pct"),
        (Limits(day_orders=1), "your limit is 1: raise limits.day_orders"),
    ],
)
def test_a_plan_beyond_a_limit_is_told_once_a_day_and_cannot_be_approved(limits: Limits, words: str) -> None:
    stage = Wealthy()
    stage.terms = replace(stage.terms, limits=limits)

    reports = [run(stage.house), run(stage.house)]

    assert [report.outcome for report in reports] == [Outcome.HELD_BACK, Outcome.HELD_BACK]
    assert list(stage.ledger.proposals()) == []
    (letter,) = stage.postbox.letters
    assert words in " ".join(letter[1].split())
