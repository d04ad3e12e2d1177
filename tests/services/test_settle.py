"""What a broker says of an order is taken over only where it can be true."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import Reconcile
from bot.domain.money import Shares
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.services.moves import adopt
from tests.fakes.scripted_broker import Fate
from tests.services.stage import SWAP, Stage


def resting(stage: Stage, filled: str = "0") -> tuple[OrderRecord, BrokerOrder]:
    """An order that rests at the broker, and what the broker shows of it."""
    stage.broker.fates["VTI"] = Fate.RESTING
    stage.carry_out(stage.approved(SWAP[0]))
    record = stage.ledger.orders()[0]
    shown = stage.broker.find(record.intent)
    assert shown is not None
    if filled != "0":
        shown = replace(shown, state=OrderState.PARTIAL, filled=Shares.of(filled), average_price=Decimal(100))
        record = adopt(record, shown, clock=stage.clock, ledger=stage.ledger)
    return record, shown


def test_a_fill_that_shrinks_is_left_to_a_person() -> None:
    stage = Stage()
    record, shown = resting(stage, filled="40")

    after = adopt(record, replace(shown, filled=Shares.of(39)), clock=stage.clock, ledger=stage.ledger)

    assert (after.state, after.filled) == (OrderState.HUMAN, Shares.of(40))
    assert "39 filled" in stage.ledger.orders()[0].evidence


def test_more_filled_than_was_ordered_is_left_to_a_person() -> None:
    stage = Stage()
    record, shown = resting(stage)
    too_much = replace(shown, state=OrderState.FILLED, filled=Shares.of(101), average_price=Decimal(100))

    assert adopt(record, too_much, clock=stage.clock, ledger=stage.ledger).state is OrderState.HUMAN


def test_another_id_is_left_to_a_person() -> None:
    stage = Stage()
    record, shown = resting(stage)

    after = adopt(record, replace(shown, broker_id="another"), clock=stage.clock, ledger=stage.ledger)

    assert (after.state, after.broker_id) == (OrderState.HUMAN, record.broker_id)


@pytest.mark.parametrize("word", [OrderState.UNKNOWN, OrderState.ACKED])
def test_a_word_that_leads_backwards_moves_the_fill_alone(word: OrderState) -> None:
    stage = Stage()
    record, shown = resting(stage, filled="40")
    later = replace(shown, state=word, filled=Shares.of(50))

    after = adopt(record, later, clock=stage.clock, ledger=stage.ledger)

    assert (after.state, after.filled) == (OrderState.PARTIAL, Shares.of(50))
    assert stage.ledger.orders()[0].filled == Shares.of(50)


def test_nothing_new_leaves_no_fact() -> None:
    stage = Stage()
    record, shown = resting(stage)
    before = list(stage.ledger.facts())

    assert adopt(record, shown, clock=stage.clock, ledger=stage.ledger) == record
    assert list(stage.ledger.facts()) == before


def test_an_order_of_an_account_that_is_gone_stops_the_run() -> None:
    stage = Stage()
    resting(stage)
    stage.household = replace(stage.household, accounts=stage.household.accounts[:1])

    with pytest.raises(Reconcile, match="rollover is open"):
        stage.settle()


def test_a_key_that_the_broker_does_not_know_proves_nothing_while_the_order_may_be_on_its_way() -> None:
    """The plan is void, so nothing is sent again; an hour later nothing that was sent can still arrive."""
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST
    proposal = stage.approved(SWAP[0])
    stage.carry_out(proposal)
    given = Approval(plan=proposal.fingerprint, verdict=Verdict.VOIDED, at=stage.clock.now(), by="test")
    stage.ledger.decide(given)
    states = []
    for minutes in (59, 2):
        stage.clock.pass_by(timedelta(minutes=minutes))
        stage.settle()
        states.append(stage.ledger.orders()[0].state)

    assert states == [OrderState.UNKNOWN, OrderState.NOT_PLACED]
