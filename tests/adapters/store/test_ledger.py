"""The ledger remembers facts, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.errors import Reconcile, TryLater
from bot.domain.facts import LegTicked, OrderIntended, OrderMoved, PlanDecided, PlanProposed, SnapshotTaken
from bot.domain.money import Shares
from bot.domain.orders import OrderRecord, OrderState
from bot.ports import Ledger
from tests.adapters.store.examples import (
    DAY,
    MINUTE,
    NOON,
    approved,
    intended,
    intent,
    moved,
    proposal,
    tick,
    verdict,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


def test_it_is_a_ledger(path: Path) -> None:
    ledger: Ledger = SqliteLedger(path)

    assert list(ledger.facts()) == []


def test_facts_are_read_back_oldest_first(path: Path) -> None:
    facts = [tick(number) for number in range(1, 450)]
    with SqliteLedger(path) as ledger:
        for fact in facts:
            ledger.record(fact)
    with SqliteLedger(path) as ledger:
        assert list(ledger.facts()) == facts


def test_facts_may_be_added_while_they_are_read(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(tick(1))
        for fact in ledger.facts():
            ledger.record(fact)

        assert list(ledger.facts()) == [tick(1), tick(1)]


def test_the_facts_of_a_plan_are_those_that_name_it_or_its_orders(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING)
    ledger.record(tick(1))

    kinds = [type(fact).__name__ for fact in ledger.facts(plan=order.plan)]

    assert kinds == ["PlanProposed", "PlanDecided", "OrderIntended", "OrderMoved"]


def test_a_new_proposal_waits(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))

        assert ledger.proposals() == ((proposal(), None),)


def test_a_verdict_is_remembered_with_its_fact(path: Path) -> None:
    ledger, plan = approved(path)

    assert ledger.proposals() == ((plan, verdict(plan)),)
    assert list(ledger.facts())[-1] == PlanDecided(at=verdict(plan).at, approval=verdict(plan))


@pytest.mark.parametrize("says", [Verdict.APPROVED, Verdict.DECLINED])
def test_an_approved_plan_cannot_be_approved_or_declined_again(path: Path, says: Verdict) -> None:
    ledger, plan = approved(path)

    assert not ledger.decide(verdict(plan, says))
    assert len(list(ledger.facts())) == 2


@pytest.mark.parametrize("says", [Verdict.VOIDED, Verdict.EXPIRED, Verdict.SUPERSEDED])
def test_an_approval_can_be_taken_back_by_the_circumstances(path: Path, says: Verdict) -> None:
    ledger, plan = approved(path)

    assert ledger.decide(verdict(plan, says))
    assert ledger.proposals() == ((plan, verdict(plan, says)),)


@pytest.mark.parametrize("first", [Verdict.DECLINED, Verdict.EXPIRED, Verdict.SUPERSEDED, Verdict.VOIDED])
@pytest.mark.parametrize("then", list(Verdict))
def test_every_other_verdict_stands(path: Path, first: Verdict, then: Verdict) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))
        assert ledger.decide(verdict(proposal(), first))

        assert not ledger.decide(verdict(proposal(), then))


@pytest.mark.parametrize(("late", "counts"), [(timedelta(microseconds=-1), True), (timedelta(), False)])
def test_a_plan_can_be_approved_until_it_runs_out(path: Path, late: timedelta, *, counts: bool) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))

        assert ledger.decide(verdict(proposal(), at=NOON + DAY + late)) is counts


def test_a_verdict_on_an_unknown_plan_does_not_count(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        assert not ledger.decide(verdict(proposal()))


def test_recording_a_verdict_that_does_not_count_is_refused(path: Path) -> None:
    ledger, plan = approved(path)

    with pytest.raises(Reconcile, match="cannot be declined any more"):
        ledger.record(PlanDecided(at=NOON, approval=verdict(plan, Verdict.DECLINED)))


def test_a_newer_plan_supersedes_those_that_wait_or_were_not_begun(path: Path) -> None:
    ledger, first = approved(path)
    ledger.record(OrderIntended(at=NOON + MINUTE, intent=intent(first)))
    second, third = proposal("b"), proposal("c")
    for plan in (second, third):
        ledger.record(PlanProposed(at=NOON + 3 * MINUTE, proposal=plan))

    found = [(plan.plan_id, said and said.verdict) for plan, said in ledger.proposals()]

    assert found == [(first.plan_id, Verdict.SUPERSEDED), ("b", Verdict.SUPERSEDED), ("c", None)]
    assert [fact.approval.plan for fact in ledger.facts() if isinstance(fact, PlanDecided)][1:] == [
        first.fingerprint,
        second.fingerprint,
    ]


def test_a_newer_plan_leaves_alone_one_of_which_an_order_went_out(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING)
    ledger.record(PlanProposed(at=NOON + 3 * MINUTE, proposal=proposal("b")))

    said = ledger.proposals()[0][1]

    assert said is not None
    assert (said.plan, said.verdict) == (order.plan, Verdict.APPROVED)


def test_the_same_plan_twice_is_refused_whole(path: Path) -> None:
    ledger, plan = approved(path)

    with pytest.raises(Reconcile, match="in the books already"):
        ledger.record(PlanProposed(at=NOON, proposal=plan))
    assert ledger.proposals() == ((plan, verdict(plan)),)
    assert len(list(ledger.facts())) == 2


def test_an_intended_order_has_not_been_sent(path: Path) -> None:
    ledger, order = intended(path)

    assert ledger.orders() == (OrderRecord(intent=order, state=OrderState.APPROVED, intended_at=NOON + MINUTE),)


def test_what_an_unkeyed_broker_knew_before_is_remembered_with_the_order(path: Path) -> None:
    ledger, plan = approved(path)
    order = replace(intent(plan), baseline=("1001", "1002"), dearest_first=True)
    ledger.record(OrderIntended(at=NOON + MINUTE, intent=order))

    assert ledger.orders()[0].intent == order


def test_an_order_that_was_there_before_is_never_taken_for_ours(path: Path) -> None:
    ledger, plan = approved(path)
    order = replace(intent(plan), baseline=("1001", "1002"))
    ledger.record(OrderIntended(at=NOON + MINUTE, intent=order))
    ledger.record(moved(order, OrderState.SENDING))

    with pytest.raises(Reconcile, match="before ours was sent"):
        ledger.record(moved(order, OrderState.ACKED, broker_id="1002"))
    assert ledger.orders()[0].broker_id == ""


def test_facts_of_one_kind_come_newest_first(path: Path) -> None:
    ledger, plan = approved(path)
    for number in range(1, 4):
        ledger.record(tick(number))

    assert [tick.line for tick in ledger.latest(LegTicked)] == [3, 2, 1]
    assert [fact.proposal for fact in ledger.latest(PlanProposed)] == [plan]
    assert list(ledger.latest(SnapshotTaken)) == []


def test_an_order_keeps_what_a_later_fact_does_not_say(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING)
    ledger.record(moved(order, OrderState.ACKED, broker_id="b1", evidence="201"))
    filled = OrderMoved(
        at=NOON + DAY,
        client_order_id=order.client_order_id,
        state=OrderState.PARTIAL,
        filled=Shares.of("1.123456789"),
        average_price=Decimal("250.0500"),
    )
    ledger.record(filled)

    assert ledger.orders(plan=order.plan) == (
        OrderRecord(
            intent=order,
            state=OrderState.PARTIAL,
            intended_at=NOON + MINUTE,
            broker_id="b1",
            filled=Shares.of("1.123456789"),
            average_price=Decimal("250.05"),
            evidence="201",
        ),
    )


def test_the_orders_of_another_plan_are_left_out(path: Path) -> None:
    ledger, _ = intended(path)

    assert ledger.orders(plan="another") == ()


def test_an_order_needs_an_approved_plan(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))

        with pytest.raises(Reconcile, match="not approved"):
            ledger.record(OrderIntended(at=NOON, intent=intent(proposal())))
        assert len(list(ledger.facts())) == 1


def test_an_order_needs_a_plan_that_has_not_run_out(path: Path) -> None:
    ledger, plan = approved(path)

    with pytest.raises(Reconcile, match="has run out"):
        ledger.record(OrderIntended(at=NOON + DAY, intent=intent(plan)))


def test_an_order_of_a_voided_plan_is_not_sent(path: Path) -> None:
    ledger, order = intended(path)
    ledger.decide(verdict(proposal(), Verdict.VOIDED))

    with pytest.raises(Reconcile, match="not approved any more"):
        ledger.record(moved(order, OrderState.SENDING))


def test_a_second_attempt_waits_for_the_end_of_the_first(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING, OrderState.UNKNOWN)
    again = OrderIntended(at=NOON + MINUTE, intent=intent(proposal(), attempt=2))

    with pytest.raises(Reconcile, match="stands in the way"):
        ledger.record(again)
    ledger.record(moved(order, OrderState.NOT_PLACED))
    ledger.record(again)

    assert [record.state for record in ledger.orders()] == [OrderState.NOT_PLACED, OrderState.APPROVED]


def test_a_step_that_an_order_does_not_have_is_refused(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING, OrderState.UNKNOWN)

    with pytest.raises(Reconcile, match="is unknown and cannot become sending"):
        ledger.record(moved(order, OrderState.SENDING))


def test_an_order_that_nobody_intended_cannot_move(path: Path) -> None:
    with SqliteLedger(path) as ledger, pytest.raises(Reconcile, match="knows no order"):
        ledger.record(moved(intent(proposal()), OrderState.ACKED))


def test_a_count_that_no_broker_fills_is_refused(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING)

    with pytest.raises(Reconcile, match="No broker fills"):
        ledger.record(moved(order, OrderState.PARTIAL, "0.0000000001"))


def test_a_broken_character_in_a_broker_s_answer_is_no_obstacle(path: Path) -> None:
    ledger, order = intended(path, OrderState.SENDING)
    ledger.record(moved(order, OrderState.REJECTED, evidence="no \ud800"))

    assert ledger.orders()[0].evidence == "no \\ud800"


def test_a_changed_proposal_is_noticed(path: Path) -> None:
    ledger, _ = approved(path)
    ledger._connection.execute("DROP TRIGGER fact_never_changes")
    ledger._connection.execute('UPDATE fact SET body = replace(body, \'"pie":"1000.00"\', \'"pie":"9000.00"\')')

    with pytest.raises(Reconcile, match="not what was written down"):
        ledger.proposals()


def test_a_verdict_without_its_fact_is_noticed(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        ledger.record(PlanProposed(at=NOON, proposal=proposal()))
        ledger._connection.execute("UPDATE proposal SET verdict = 'approved', decided_at = '2026-03-02'")

        with pytest.raises(Reconcile, match="not what was written down"):
            ledger.proposals()


def test_a_fact_that_cannot_be_read_is_noticed(path: Path) -> None:
    with SqliteLedger(path) as ledger:
        ledger._connection.execute("INSERT INTO fact (at, kind, plan, body) VALUES ('', 'Dream', '', '{}')")

        with pytest.raises(Reconcile, match="no such kind of fact: Dream"):
            list(ledger.facts())


def test_a_ledger_that_another_keeps_locked_is_for_later(path: Path) -> None:
    with SqliteLedger(path) as holder, SqliteLedger(path, patience_ms=1) as waiting:
        holder._connection.execute("BEGIN IMMEDIATE")

        with pytest.raises(TryLater, match="nothing was sent"):
            waiting.record(tick(1))
        holder._connection.execute("ROLLBACK")
        waiting.record(tick(2))

        assert list(holder.facts()) == [tick(2)]
