"""A ledger in memory that keeps the promises of the port."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import Reconcile
from bot.domain.facts import (
    AccountAccepted,
    Armed,
    CashAssigned,
    CashHeld,
    Disarmed,
    Fact,
    GateLocked,
    Kind,
    LossSalesHalted,
    OrderIntended,
    OrderMoved,
    PassphraseSet,
    PlanDecided,
    PlanProposed,
    SnapshotTaken,
    StatementRead,
)
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Proposal

ENDING = {Verdict.VOIDED, Verdict.EXPIRED, Verdict.SUPERSEDED}
RETRIABLE = {OrderState.CANCELED, OrderState.REJECTED, OrderState.EXPIRED, OrderState.NOT_PLACED}


class MemoryLedger:
    """Refuses the same steps as the real one: unapproved orders, lives that run backwards, shrinking fills."""

    def __init__(self) -> None:
        self._facts: list[tuple[str, Fact]] = []
        self._proposals: dict[str, tuple[Proposal, Approval | None]] = {}
        self._orders: dict[str, OrderRecord] = {}

    def record(self, fact: Fact) -> None:
        match fact:
            case SnapshotTaken() | AccountAccepted() | LossSalesHalted() | GateLocked() | PassphraseSet():
                self._facts.append(("", fact))
            case CashHeld() | CashAssigned() | StatementRead() | Armed() | Disarmed():
                self._facts.append(("", fact))
            case PlanProposed():
                self._propose(fact)
            case PlanDecided():
                if not self.decide(fact.approval):
                    raise Reconcile("the verdict on this plan stands")
            case OrderIntended():
                self._intend(fact)
            case OrderMoved():
                self._move(fact)
            case _:
                self._facts.append((fact.plan, fact))

    def decide(self, approval: Approval) -> bool:
        if approval.plan not in self._proposals:
            return False
        proposal, given = self._proposals[approval.plan]
        stands = given is not None and not (given.verdict is Verdict.APPROVED and approval.verdict in ENDING)
        if stands or (approval.verdict is Verdict.APPROVED and approval.at >= proposal.expires_at):
            return False
        self._proposals[approval.plan] = (proposal, approval)
        self._facts.append((approval.plan, PlanDecided(at=approval.at, approval=approval)))
        return True

    def facts(self, *, plan: str = "") -> Sequence[Fact]:
        return [fact for of, fact in self._facts if plan in {"", of}]

    def latest(self, kind: type[Kind]) -> Sequence[Kind]:
        return [fact for _, fact in reversed(self._facts) if isinstance(fact, kind)]

    def proposals(self) -> Sequence[tuple[Proposal, Approval | None]]:
        return list(self._proposals.values())

    def orders(self, *, plan: str = "") -> Sequence[OrderRecord]:
        return [record for record in self._orders.values() if plan in {"", record.intent.plan}]

    def _propose(self, fact: PlanProposed) -> None:
        proposal = fact.proposal
        if any(proposal.plan_id == known.plan_id for known, _ in self._proposals.values()):
            raise Reconcile("this plan is in the books already")
        for plan in self._proposals:
            begun = any(
                order.state not in {OrderState.APPROVED, OrderState.NOT_PLACED} for order in self.orders(plan=plan)
            )
            if not begun:
                self.decide(Approval(plan=plan, verdict=Verdict.SUPERSEDED, at=fact.at, by="propose"))
        self._proposals[proposal.fingerprint] = (proposal, None)
        self._facts.append((proposal.fingerprint, fact))

    def _approved(self, plan: str, at: datetime) -> bool:
        proposal, given = self._proposals[plan]
        return given is not None and given.verdict is Verdict.APPROVED and at < proposal.expires_at

    def _intend(self, fact: OrderIntended) -> None:
        intent = fact.intent
        earlier = [order for order in self.orders(plan=intent.plan) if order.intent.line == intent.line]
        if not self._approved(intent.plan, fact.at):
            raise Reconcile("the plan of this order is not approved")
        if intent.attempt != len(earlier) + 1 or any(order.state not in RETRIABLE for order in earlier):
            raise Reconcile("an earlier order for this line stands in the way")
        self._orders[intent.client_order_id] = OrderRecord(
            intent=intent, state=OrderState.APPROVED, intended_at=fact.at
        )
        self._facts.append((intent.plan, fact))

    def _move(self, fact: OrderMoved) -> None:
        record = self._orders[fact.client_order_id]
        if not record.state.may_become(fact.state):
            raise Reconcile(f"an order that is {record.state} cannot become {fact.state}")
        if fact.filled < record.filled or (record.broker_id and fact.broker_id not in {"", record.broker_id}):
            raise Reconcile("a fill never shrinks, a broker's id is written once")
        if fact.state is OrderState.SENDING and not self._approved(record.intent.plan, fact.at):
            raise Reconcile("the plan of this order is not approved any more")
        self._orders[fact.client_order_id] = replace(
            record,
            state=fact.state,
            broker_id=fact.broker_id or record.broker_id,
            filled=fact.filled,
            average_price=fact.average_price or record.average_price,
            evidence=fact.evidence or record.evidence,
        )
        self._facts.append((record.intent.plan, fact))
