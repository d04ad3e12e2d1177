"""An order that is just like one of ours, and that a program placed: nobody takes the one's fills for the other's."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.errors import Reconcile
from bot.domain.facts import AccountAccepted
from bot.domain.orders import Intent, OrderState, Submission
from bot.domain.snapshot import Side
from bot.services.cycle import run
from bot.services.halt import resume
from bot.services.strangers import stop_at_twins
from tests.fakes.clock import FakeClock
from tests.fakes.unkeyed_broker import Mishap, UnkeyedBroker
from tests.services.stage import SWAP, Stage


class TwinBroker(UnkeyedBroker):
    """While our first order is on the wire its owner sends the very same by hand, and the answer names the owner's."""

    def submit(self, intent: Intent) -> Submission:
        answer = super().submit(intent)
        if len(self.sent) > 1:
            return answer
        twin = self.by_hand(intent.account, intent.side, intent.symbol, intent.quantity.plain, str(intent.limit_price))
        return Submission(answer=answer.answer, broker_id=twin.broker_id)


def a_twin_broker(clock: FakeClock, of: type[UnkeyedBroker]) -> UnkeyedBroker:
    """Brokerage: 1,000 VTI and no cash. Rollover: 800 VTI, 400 BND and $100."""
    return of(
        clock=clock,
        cash={"brokerage": "0", "rollover": "100"},
        shares={"brokerage": {"VTI": "1000"}, "rollover": {"VTI": "800", "BND": "400"}},
        prices={"VTI": "100", "BND": "50"},
    )


@dataclass
class Twins(Stage):
    """The stage with such a broker."""

    of: type[UnkeyedBroker] = TwinBroker
    broker: UnkeyedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = a_twin_broker(self.clock, self.of)

    def look(self) -> None:
        """What a run does after it has settled what is open."""
        stop_at_twins(brokers=self.brokers, clock=self.clock, ledger=self.ledger, brake=self.brake)


def a_mistaken_run() -> Twins:
    """A run in which the owner's order was taken for ours."""
    stage = Twins()
    stage.say_yes_to_a_drawn_plan()
    with pytest.raises(Reconcile, match="nobody can tell which of them is ours"):
        run(stage.house)
    return stage


def test_an_answer_that_names_the_owners_twin_halts_everything_in_the_same_run() -> None:
    stage = a_mistaken_run()

    assert stage.ledger.orders()[0].broker_id == "order-2"
    assert "(order-1)" in stage.brake.why
    assert len(stage.postbox.letters) == 1  # the plan: no receipt says that all is well


def test_every_run_stops_until_somebody_has_looked_and_the_brake_says_it_once() -> None:
    stage = a_mistaken_run()
    why = stage.brake.why
    with pytest.raises(Reconcile):
        run(stage.house)

    assert stage.brake.why == why


def test_a_run_goes_on_when_its_owner_has_accepted_the_order() -> None:
    stage = a_mistaken_run()
    fact = AccountAccepted(at=stage.clock.now(), account="rollover", by="test", why="mine", orders=("order-1",))
    stage.ledger.record(fact)
    resume(brake=stage.brake)

    stage.look()

    assert stage.brake.why == ""


def test_a_twin_that_shows_only_days_later_is_noticed_then() -> None:
    stage = Twins(of=UnkeyedBroker)
    stage.carry_out(stage.approved(SWAP[0]))
    stage.broker.close_the_day(timedelta(days=3))
    (order,) = stage.ledger.orders()
    stage.broker.submit(replace(order.intent, attempt=2))  # the same shape, under a key that nobody sees

    with pytest.raises(Reconcile):
        stage.look()


def test_an_order_for_another_count_by_a_program_is_no_twin() -> None:
    stage = Twins(of=UnkeyedBroker)
    stage.carry_out(stage.approved(SWAP[0]))
    stage.broker.by_hand("rollover", Side.SELL, "VTI", "100", "99.90")

    stage.look()

    assert stage.brake.why == ""


def test_an_order_that_shows_after_it_was_proved_not_placed_halts_everything() -> None:
    stage = Twins(of=UnkeyedBroker)
    stage.broker.mishaps["VTI"] = Mishap.ARRIVES_LATE
    stage.carry_out(stage.approved(SWAP[0]))
    stage.broker.close_the_day()
    stage.settle()
    assert stage.ledger.orders()[0].state is OrderState.NOT_PLACED

    stage.broker.arrive()

    with pytest.raises(Reconcile):
        stage.look()


@pytest.mark.parametrize("mishap", [Mishap.ARRIVES_LATE, Mishap.REPLY_LOST])
def test_what_the_evening_will_decide_halts_nothing_before(mishap: Mishap) -> None:
    """The order is not known yet, or only by its shape: two that look alike are left to a person after the close."""
    stage = Twins(of=UnkeyedBroker)
    stage.broker.mishaps["VTI"] = mishap
    stage.carry_out(stage.approved(SWAP[0]))
    stage.broker.arrive()
    (order,) = stage.ledger.orders()
    stage.broker.submit(replace(order.intent, attempt=2))  # the same shape, under a key that nobody sees

    stage.look()
    stage.broker.close_the_day()
    stage.settle()
    stage.look()

    assert stage.ledger.orders()[0].state is OrderState.HUMAN
    assert stage.brake.why == ""
