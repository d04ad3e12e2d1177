"""Books that are older than the accounts stop everything, and so does whatever else does not agree."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from bot.domain.errors import Reconcile, WrongUse
from bot.domain.money import Shares
from bot.domain.orders import Intent
from bot.domain.snapshot import Side
from bot.services.accept import accept
from bot.services.cycle import run
from bot.services.halt import halt, resume
from bot.services.points import listening
from tests.fakes.unkeyed_broker import Mishap, UnkeyedBroker, an_unkeyed_broker
from tests.services.stage import SWAP, Stage

OLD = Intent(
    plan="a plan that the books have lost",
    line=1,
    attempt=1,
    account="rollover",
    side=Side.BUY,
    symbol="BND",
    quantity=Shares.of(1),
    limit_price=Decimal(51),
)


@dataclass
class Unkeyed(Stage):
    """The stage with a broker without keys."""

    broker: UnkeyedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = an_unkeyed_broker(self.clock)


@pytest.mark.parametrize("stage_of", [Stage, Unkeyed])
def test_an_order_of_ours_that_the_books_do_not_know_halts_everything(stage_of: type[Stage]) -> None:
    stage = stage_of()
    stage.broker.submit(OLD)
    stage.broker.read("rollover")
    proposal = stage.approved(*SWAP)

    with pytest.raises(Reconcile, match="older than the account"):
        stage.carry_out(proposal)

    assert stage.broker.sent == [OLD]
    assert "BND" in stage.brake.why


@pytest.mark.parametrize("stage_of", [Stage, Unkeyed])
def test_an_order_that_its_owner_has_accepted_halts_nothing(stage_of: type[Stage]) -> None:
    stage = stage_of()
    stage.broker.submit(OLD)
    stage.broker.read("rollover")
    known = [order.broker_id for order in stage.broker.recent("rollover")]
    accept(
        account="rollover",
        why="an older run",
        household=stage.household,
        clock=stage.clock,
        ledger=stage.ledger,
        orders=known,
    )

    stage.carry_out(stage.approved(*SWAP))

    assert len(known) == 1
    assert stage.brake.why == ""


@pytest.mark.parametrize("stage_of", [Stage, Unkeyed])
def test_an_order_by_hand_halts_nothing(stage_of: type[Stage]) -> None:
    stage = stage_of()
    stage.broker.by_hand("brokerage", Side.BUY, "BND", "1", "10")

    stage.carry_out(stage.approved(*SWAP))

    assert (len(stage.broker.sent), stage.brake.why) == (2, "")


def test_an_order_of_unknown_fate_is_no_stranger() -> None:
    stage = Unkeyed()
    stage.broker.mishaps["VTI"] = Mishap.ARRIVES_LATE
    proposal = stage.approved(*SWAP)
    stage.carry_out(proposal)
    stage.broker.arrive()

    stage.carry_out(proposal)

    assert stage.brake.why == ""


def test_a_difference_after_a_run_pulls_the_brake_and_is_told() -> None:
    stage = Stage()
    stage.say_yes_to_a_drawn_plan()
    legs: list[str] = []

    def lose_a_share(name: str) -> None:
        legs.extend([name] if name == "between_legs" else [])
        if legs.count("between_legs") == 2 and name == "between_legs":
            stage.broker.tills["rollover"].shares["BND"] -= Shares.of(1)

    with listening(lose_a_share):
        run(stage.house)

    assert "the books expect" in stage.brake.why
    subject, text = stage.postbox.letters[-1]
    assert "BOOKS DISAGREE" in subject
    assert "rebaloop resume" in text


def test_halt_and_resume_are_each_others_opposite() -> None:
    stage = Stage()
    halt(why="", by="terminal", brake=stage.brake)
    pulled = stage.brake.why

    assert pulled == "halted by terminal"
    assert resume(brake=stage.brake) == pulled
    with pytest.raises(WrongUse, match="Nothing is halted"):
        resume(brake=stage.brake)
