"""Faults while orders are sent and afterwards: an order is another, refused, cancelled by hand, undone, unrecorded."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.errors import Reconcile, TryLater
from bot.domain.facts import Fact, OrderIntended, OrderMoved
from bot.domain.money import Shares
from bot.domain.orders import OrderState
from bot.domain.snapshot import Side
from bot.services.cycle import Outcome, run
from bot.services.halt import halt
from tests.fakes.ledger import MemoryLedger
from tests.fakes.scripted_broker import Fate
from tests.services.stage import SWAP, Stage

DAY = timedelta(days=1)


class FullDisk(MemoryLedger):
    """Nothing can be written from the first fact of that kind on."""

    full_at: type[Fact] = OrderIntended
    full = False

    def record(self, fact: Fact) -> None:
        self.full = self.full or isinstance(fact, self.full_at)
        if self.full:
            raise TryLater("The disk is full.")
        super().record(fact)


def resting() -> Stage:
    """A sale that was sent by a run, and rests at the broker."""
    stage = Stage()
    stage.say_yes_to_a_drawn_plan()
    stage.broker.fates["VTI"] = Fate.RESTING
    run(stage.house)
    assert states(stage) == [OrderState.ACKED]
    return stage


def states(stage: Stage) -> list[OrderState]:
    return [order.state for order in stage.ledger.orders()]


def test_an_order_under_our_key_that_is_another_halts_everything() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.ANOTHER
    proposal = stage.approved(*SWAP)

    stage.carry_out(proposal)
    again = stage.carry_out(proposal)

    assert "not the one that was meant" in stage.brake.why
    assert [refusal.code for refusal in again.refusals] == ["halted"]
    assert len(stage.broker.sent) == 1


def test_what_was_refused_is_not_tried_again_in_another_size() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.REFUSED
    proposal = stage.approved(*SWAP)

    for _ in range(3):
        stage.carry_out(proposal)

    assert [(intent.symbol, intent.quantity) for intent in stage.broker.sent] == [("VTI", Shares.of(100))]
    assert states(stage) == [OrderState.REJECTED]


def test_a_pulled_brake_cancels_nothing() -> None:
    stage = resting()
    halt(why="a look", by="test", brake=stage.brake)

    run(stage.house)

    assert [order.state for order in stage.broker.recent("rollover")] == [OrderState.ACKED]
    assert len(stage.broker.sent) == 1


def test_an_order_that_a_halted_market_leaves_open_expires_and_is_not_sent_again() -> None:
    stage = resting()
    stage.broker.is_open = False
    stage.broker.expire()
    stage.clock.pass_by(timedelta(hours=7))
    run(stage.house)
    ended, sent = states(stage), len(stage.broker.sent)
    stage.broker.is_open = True
    stage.clock.pass_by(timedelta(hours=17))

    report = run(stage.house)

    assert (ended, sent) == ([OrderState.EXPIRED], 1)
    assert report.outcome is Outcome.PROPOSED
    assert len(stage.broker.sent) == 1


def test_an_order_that_its_owner_cancels_is_final_and_not_sent_again() -> None:
    stage = resting()
    (order,) = stage.broker.recent("rollover")
    stage.broker.cancel("rollover", order.broker_id)
    stage.clock.wait(60)

    for _ in range(3):
        run(stage.house)

    assert states(stage) == [OrderState.CANCELED]
    assert [intent.line for intent in stage.broker.sent] == [1]


@pytest.mark.parametrize("told", [True, False])
def test_a_trade_that_is_undone_later_stops_all_plans(*, told: bool) -> None:
    """The purchase had been booked, compared and reported; its owner hears of it, whether or not the history tells."""
    stage = Stage()
    stage.say_yes_to_a_drawn_plan()
    run(stage.house)
    run(stage.house)
    (bought,) = [entry for entry in stage.broker._history if entry.side is Side.BUY]
    stage.broker._history.remove(bought)
    stage.broker._history += [replace(bought, reversed=True)] if told else []
    till = stage.broker.tills["rollover"]
    till.shares["BND"] -= bought.quantity
    till.unsettled -= bought.net
    stage.clock.pass_by(DAY)

    report = run(stage.house)

    assert report.outcome is Outcome.HELD_BACK
    assert [refusal.code for refusal in report.refusals] == ["shares_missing"]
    assert states(stage) == [OrderState.FILLED, OrderState.FILLED]


@pytest.mark.parametrize("fact", [OrderIntended, OrderMoved])
def test_what_cannot_be_written_down_is_not_sent(fact: type[Fact]) -> None:
    ledger = FullDisk()
    ledger.full_at = fact
    stage = Stage(ledger=ledger)
    proposal = stage.approved(*SWAP)

    with pytest.raises(TryLater, match="The disk is full"):
        stage.carry_out(proposal)

    assert stage.broker.sent == []


def test_books_whose_newest_part_was_deleted_stop_everything(tmp_path: Path) -> None:
    """The orders are in the log beside the file alone (sqlite.org/wal.html) when somebody deletes it."""
    path, left = tmp_path / "ledger.sqlite3", tmp_path / "left.sqlite3"
    with SqliteLedger(path) as ledger:
        stage = Stage(ledger=ledger)
        stage.say_yes_to_a_drawn_plan()
    with SqliteLedger(path) as ledger:
        stage.ledger = ledger
        run(stage.house)
        shutil.copy(path, left)
    with SqliteLedger(left) as ledger:
        stage.ledger = ledger
        assert ledger.orders() == ()

        with pytest.raises(Reconcile, match="older than the account"):
            run(stage.house)

    assert len(stage.broker.sent) == 2
    assert stage.brake.why
