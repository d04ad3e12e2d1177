"""Where a broker knows no key of ours, an order is posted at most once, and silence is no proof before the evening."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.facts import OrderIntended, OrderMoved
from bot.domain.money import Shares
from bot.domain.orders import Intent, OrderRecord, OrderState
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Side
from bot.services.cycle import Outcome, run
from bot.services.points import POINTS, listening
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_broker import Crash
from tests.fakes.unkeyed_broker import Mishap, UnkeyedBroker, an_unkeyed_broker
from tests.services.stage import SWAP, Stage


@dataclass
class Unkeyed(Stage):
    """The stage with a broker without keys."""

    broker: UnkeyedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = an_unkeyed_broker(self.clock)

    @property
    def only(self) -> OrderRecord:
        """The one order in the books."""
        (order,) = self.ledger.orders()
        return order

    def sold(self, mishap: Mishap | None) -> OrderRecord:
        """A sale that was sent and met with this."""
        if mishap is not None:
            self.broker.mishaps["VTI"] = mishap
        self.carry_out(self.approved(SWAP[0]))
        return self.only

    def evening(self) -> OrderRecord:
        """An hour and a half after the close, after another look."""
        self.broker.close_the_day()
        self.settle()
        return self.only


def test_an_order_that_goes_well_is_known_by_the_id_of_its_receipt() -> None:
    order = Unkeyed().sold(None)

    assert (order.state, order.broker_id) == (OrderState.FILLED, "order-1")
    assert "match" not in order.evidence


def test_what_the_broker_knew_before_is_written_down_with_the_intent() -> None:
    stage = Unkeyed()
    stage.broker.by_hand("rollover", Side.BUY, "BND", "1", "10")

    assert stage.sold(None).intent.baseline == ("order-1",)


def test_an_older_order_of_ours_is_in_the_baseline_even_where_the_list_does_not_show_it_yet() -> None:
    stage = Unkeyed()
    proposal = stage.approved(SWAP[0], replace(SWAP[1], side=Side.SELL, symbol="BND", quantity=Shares.of(10)))
    stage.broker.hidden = {"order-1"}
    stage.carry_out(proposal)

    first, second = stage.ledger.orders()
    assert first.broker_id in second.intent.baseline


@pytest.mark.parametrize(
    "mishap", [Mishap.NEVER_ARRIVES, Mishap.ARRIVES_LATE, Mishap.THROTTLED, Mishap.REPLY_LOST, Mishap.WRONG_LOCATION]
)
def test_whatever_happens_to_the_post_there_is_no_second_one(mishap: Mishap) -> None:
    stage = Unkeyed()
    stage.broker.mishaps["VTI"] = mishap
    proposal = stage.approved(SWAP[0])
    for _ in range(3):
        stage.carry_out(proposal)
        stage.clock.wait(600)
        stage.settle()

    assert len(stage.broker.sent) == 1


def test_a_refusal_in_the_brokers_own_words_is_one() -> None:
    order = Unkeyed().sold(Mishap.REFUSED)

    assert (order.state, order.evidence) == (OrderState.REJECTED, "This account is restricted (422)")


def test_too_many_requests_is_no_refusal() -> None:
    assert Unkeyed().sold(Mishap.THROTTLED).state is OrderState.UNKNOWN


def test_an_order_found_by_its_shape_stays_open_until_the_evening_though_it_is_filled() -> None:
    stage = Unkeyed()
    found = stage.sold(Mishap.REPLY_LOST)

    assert (found.state, found.filled) == (OrderState.PARTIAL, Shares.of(100))
    assert found.evidence.startswith("adopted by match")
    assert stage.evening().state is OrderState.FILLED


def test_a_receipt_that_names_another_order_is_not_believed() -> None:
    stage = Unkeyed()
    stage.broker.by_hand("brokerage", Side.SELL, "VTI", "100", "300")

    order = stage.sold(Mishap.WRONG_LOCATION)

    assert order.broker_id == "order-2"
    assert order.evidence.startswith("adopted by match")


def test_an_order_that_never_arrived_is_proved_by_the_evening_and_not_before() -> None:
    stage = Unkeyed()
    stage.sold(Mishap.NEVER_ARRIVES)
    stage.broker.close_the_day(timedelta(hours=6, minutes=59))
    stage.settle()
    before = stage.only.state
    stage.clock.pass_by(timedelta(minutes=2))
    stage.settle()

    assert (before, stage.only.state) == (OrderState.UNKNOWN, OrderState.NOT_PLACED)


def test_a_clock_that_runs_ahead_brings_the_evening_no_nearer() -> None:
    stage = Unkeyed()
    stage.sold(Mishap.NEVER_ARRIVES)
    stage.broker.clock = FakeClock(stage.clock.now())
    stage.clock.jump(timedelta(days=1))
    stage.settle()

    assert stage.only.state is OrderState.UNKNOWN


def test_an_order_that_arrives_late_is_found() -> None:
    stage = Unkeyed()
    before = stage.sold(Mishap.ARRIVES_LATE).state
    stage.broker.arrive()
    stage.settle()
    provisional = stage.only

    assert (before, provisional.state) == (OrderState.UNKNOWN, OrderState.PARTIAL)
    assert stage.evening().state is OrderState.FILLED


def test_a_look_alike_by_hand_is_told_as_a_match_and_never_sent_again() -> None:
    stage = Unkeyed()
    order = stage.sold(Mishap.NEVER_ARRIVES)
    stage.broker.by_hand("rollover", Side.SELL, "VTI", "100", str(order.intent.limit_price))
    stage.settle()
    found = stage.only
    stage.evening()

    assert found.evidence.startswith("adopted by match")
    assert "looked at again" in stage.only.evidence
    assert len(stage.broker.sent) == 1


def test_of_two_that_look_alike_a_person_decides_in_the_evening() -> None:
    stage = Unkeyed()
    order = stage.sold(Mishap.ARRIVES_LATE)
    stage.broker.by_hand("rollover", Side.SELL, "VTI", "100", str(order.intent.limit_price))
    stage.settle()
    matched = stage.only.state
    stage.broker.arrive()
    stage.settle()
    during = stage.only.state

    assert (matched, during) == (OrderState.PARTIAL, OrderState.PARTIAL)
    assert stage.evening().state is OrderState.HUMAN


@pytest.mark.parametrize("mishap", [Mishap.CRASH_BEFORE, Mishap.CRASH_AFTER])
def test_an_order_in_sending_at_the_start_may_have_been_posted_and_is_not_posted_again(mishap: Mishap) -> None:
    stage = Unkeyed()
    stage.broker.mishaps["VTI"] = mishap
    proposal = stage.approved(*SWAP)
    with pytest.raises(Crash):
        stage.carry_out(proposal)

    sent = len(stage.broker.sent)
    stage.settle()
    report = stage.carry_out(proposal)

    assert len(stage.broker.sent) == sent
    assert stage.only.state in {OrderState.UNKNOWN, OrderState.PARTIAL}
    assert "Not sent" in report.legs[1].note


def test_an_order_too_old_to_be_looked_for_is_left_to_a_person() -> None:
    stage = Unkeyed()
    stage.sold(Mishap.NEVER_ARRIVES)
    stage.broker.close_the_day(timedelta(days=8))
    stage.settle()

    assert stage.only.state is OrderState.HUMAN


def test_the_owner_hears_in_the_evening_what_became_of_an_order_that_was_unknown() -> None:
    stage = Unkeyed()
    stage.say_yes_to_a_drawn_plan()
    stage.broker.mishaps["VTI"] = Mishap.NEVER_ARRIVES
    run(stage.house)
    stage.broker.close_the_day()

    report = run(stage.house)

    assert report.reconciled is not None
    assert report.reconciled.breaks == ()
    assert "not placed" in stage.postbox.letters[-1][1]
    assert len(stage.postbox.letters) == 3


def test_while_the_fate_of_an_order_is_unknown_no_other_plan_is_drawn() -> None:
    stage = Unkeyed()
    stage.say_yes_to_a_drawn_plan()
    stage.broker.mishaps["VTI"] = Mishap.NEVER_ARRIVES
    run(stage.house)
    stage.clock.wait(60)

    report = run(stage.house)

    assert report.outcome is Outcome.WAITING
    assert len(stage.ledger.proposals()) == 1


def test_what_was_proved_not_placed_is_planned_anew_from_what_is_really_held() -> None:
    stage = Unkeyed()
    stage.say_yes_to_a_drawn_plan()
    stage.broker.mishaps["VTI"] = Mishap.NEVER_ARRIVES
    run(stage.house)
    stage.broker.close_the_day()
    run(stage.house)
    stage.clock.pass_by(timedelta(hours=17))

    report = run(stage.house)

    assert report.outcome is Outcome.PROPOSED
    assert len(stage.broker.sent) == 1


class CrowdedBroker(UnkeyedBroker):
    """Between the snapshot of a run and its first order another process sends that order, and dies."""

    stage: Stage
    looks = 0

    def read(self, account: str) -> AccountReading:
        self.looks += account == "rollover"
        if self.looks == 2 and not self.stage.ledger.orders():
            self._send_it_elsewhere()
        return super().read(account)

    def _send_it_elsewhere(self) -> None:
        ((proposal, _),) = self.stage.ledger.proposals()
        intent = Intent(
            plan=proposal.fingerprint,
            line=1,
            attempt=1,
            account="rollover",
            side=Side.SELL,
            symbol="VTI",
            quantity=Shares.of(100),
            limit_price=Decimal("99.90"),
        )
        at = self.clock.now()
        self.stage.ledger.record(OrderIntended(at=at, intent=intent))
        self.stage.ledger.record(OrderMoved(at=at, client_order_id=intent.client_order_id, state=OrderState.SENDING))


def test_what_another_process_has_sent_since_this_one_began_is_not_sent_again() -> None:
    """It takes two processes without the lock: nobody knows whether the other one's order has left."""
    stage = Unkeyed()
    stage.broker = CrowdedBroker(
        clock=stage.clock,
        cash={"brokerage": "0", "rollover": "100"},
        shares={"brokerage": {}, "rollover": {"VTI": "800"}},
        prices={"VTI": "100", "BND": "50"},
    )
    stage.broker.stage = stage
    proposal = stage.approved(SWAP[0])
    stage.broker.looks = 0

    report = stage.carry_out(proposal)

    assert [order.state for order in stage.ledger.orders()] == [OrderState.SENDING]
    assert stage.broker.sent == []
    assert report.legs[0].note == "Not sent: an earlier order for it may be at the broker already."


class Death(BaseException):
    """The end of the process."""


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("time", [1, 2])
def test_a_death_at_any_point_never_leads_to_a_second_post(point: str, time: int, tmp_path: Path) -> None:
    """Whatever was written down or sent by then: each order is posted once at most, and none is left open for long."""
    stage = Unkeyed(ledger=SqliteLedger(tmp_path / "ledger.sqlite3"))
    stage.say_yes_to_a_drawn_plan()
    left = [time]

    def die(name: str) -> None:
        left[0] -= name == point
        if not left[0]:
            left[0] = -1
            raise Death

    with listening(die), suppress(Death):
        run(stage.house)
    for _ in range(3):
        run(stage.house)
        stage.broker.close_the_day()
        run(stage.house)
        stage.clock.pass_by(timedelta(hours=16, minutes=30))

    posted = [intent.client_order_id for intent in stage.broker.sent]
    assert len(posted) == len(set(posted))
    assert all(order.state.is_final for order in stage.ledger.orders())
    assert stage.brake.why == ""
    held = stage.broker.tills["rollover"].shares
    bought = [order for order in stage.ledger.orders() if order.intent.side is Side.BUY and order.filled]
    assert held["BND"] == Shares.of(400) + Shares.total(order.filled for order in bought)
