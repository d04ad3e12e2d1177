"""A ledger that cannot be written any more ends the run, whatever may be on its way: the next run asks first."""

import pytest

from bot.domain.errors import TryLater
from bot.domain.facts import Fact, OrderIntended, OrderMoved
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.snapshot import Side
from tests.fakes.ledger import MemoryLedger
from tests.services.stage import Stage, line

TWO_SALES = (line(1, Side.SELL, "VTI", "100", "100"), line(2, Side.SELL, "BND", "10", "50"))


class FullLedger(MemoryLedger):
    """Has no room for the n-th step of an order, and for none after it until somebody has made room."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps_left = steps

    def record(self, fact: Fact) -> None:
        if isinstance(fact, OrderIntended | OrderMoved):
            self.steps_left -= 1
            if self.steps_left < 0:
                raise TryLater("The ledger could not be written: the disk is full.")
        super().record(fact)


@pytest.mark.parametrize(
    ("steps", "sent", "left"),
    [(0, 0, None), (1, 0, OrderState.APPROVED), (2, 1, OrderState.SENDING)],
    ids=["before it is written down", "before it is sent", "after it was sent"],
)
def test_the_run_ends_and_the_order_stands_as_far_as_it_was_written_down(
    steps: int, sent: int, left: OrderState | None
) -> None:
    stage = Stage(ledger=FullLedger(steps))
    proposal = stage.approved(*TWO_SALES)

    with pytest.raises(TryLater, match="disk is full"):
        stage.carry_out(proposal)

    assert len(stage.broker.sent) == sent
    assert [order.state for order in stage.ledger.orders()] == ([left] if left else [])


def test_the_next_run_finds_the_order_that_was_sent_and_goes_on() -> None:
    ledger = FullLedger(2)
    stage = Stage(ledger=ledger)
    proposal = stage.approved(*TWO_SALES)
    with pytest.raises(TryLater):
        stage.carry_out(proposal)

    ledger.steps_left = 100
    stage.settle()
    stage.carry_out(proposal)

    assert [intent.line for intent in stage.broker.sent] == [1, 2]
    assert [(order.state, order.filled) for order in stage.ledger.orders()] == [
        (OrderState.FILLED, Shares.of(100)),
        (OrderState.FILLED, Shares.of(10)),
    ]
