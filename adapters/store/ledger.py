"""The ledger in SQLite: facts are only added, and the file itself refuses what the life of an order does not allow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.store.codec import decode_fact, encode_fact
from adapters.store.connection import PATIENCE_MS, open_ledger, writing
from adapters.store.rows import (
    SELECT_ORDERS,
    decimal_text,
    instant_text,
    intent_row,
    nano_shares,
    order_record,
    storable,
)
from adapters.store.trouble import damaged, explained
from bot.domain.approval import Approval, Verdict
from bot.domain.errors import Reconcile
from bot.domain.facts import (
    AccountAccepted,
    Fact,
    Kind,
    LegTicked,
    LinesPutOff,
    LossSalesHalted,
    OrderIntended,
    OrderMoved,
    PlanDecided,
    PlanProposed,
    Reconciled,
    ReportSent,
    SnapshotTaken,
)
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Proposal

_PAGE = 200
_LAST = 2**63 - 1


class SqliteLedger:
    """A `bot.ports.Ledger` on one SQLite file; used from the thread that opened it, closed when done.

    Others may read and write the same file at the same time: every change is one immediate transaction, on the disk
    when the call returns. A locked, full or read-only disk is TryLater, and then nothing of the change is there.
    """

    def __init__(self, path: Path, *, patience_ms: int = PATIENCE_MS) -> None:
        self._path = path
        self._connection = open_ledger(path, patience_ms=patience_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        self._connection.close()

    def record(self, fact: Fact) -> None:
        """Add one fact, and what follows from it."""
        with explained(self._path), writing(self._connection):
            match fact:
                case PlanProposed():
                    self._propose(fact)
                case PlanDecided():
                    if not self._decide(fact):
                        raise Reconcile(f"The plan cannot be {fact.approval.verdict.value} any more.")
                case OrderIntended():
                    self._intend(fact)
                case OrderMoved():
                    self._move(fact)
                case LegTicked() | LinesPutOff() | Reconciled() | ReportSent():
                    self._add(fact, fact.plan)
                case SnapshotTaken() | AccountAccepted() | LossSalesHalted():
                    self._add(fact, "")

    def decide(self, approval: Approval) -> bool:
        """Add a verdict; False where the proposal is unknown, has one that stands, or had run out when approved."""
        with explained(self._path), writing(self._connection):
            return self._decide(PlanDecided(at=approval.at, approval=approval))

    def facts(self, *, plan: str = "") -> Iterator[Fact]:
        """All facts up to now, oldest first, read in pages, so that nothing is held open while they are used."""
        last = self._rows("SELECT coalesce(max(seq), 0) FROM fact")[0][0]
        done = 0
        while page := self._rows(
            "SELECT seq, kind, body FROM fact WHERE seq > ? AND seq <= ? AND ? IN ('', plan) ORDER BY seq LIMIT ?",
            (done, last, plan, _PAGE),
        ):
            yield from (self._fact(kind, body) for _, kind, body in page)
            done = page[-1][0]

    def latest(self, kind: type[Kind]) -> Iterator[Kind]:
        """All facts of one kind, the newest first, read one by one: most readers want only the first few."""
        name, before = kind.__name__, _LAST
        query = "SELECT seq, body FROM fact WHERE kind = ? AND seq < ? ORDER BY seq DESC LIMIT 1"
        while rows := self._rows(query, (name, before)):
            before, body = rows[0]
            fact = self._fact(name, body)
            assert isinstance(fact, kind)
            yield fact

    def proposals(self) -> Sequence[tuple[Proposal, Approval | None]]:
        """Every proposal with its latest verdict; Reconcile where one is not what was written down."""
        rows = self._rows(
            "SELECT p.fingerprint, p.verdict, f.body, ("
            " SELECT d.body FROM fact d WHERE d.plan = p.fingerprint AND d.kind = 'PlanDecided'"
            " ORDER BY d.seq DESC LIMIT 1) "
            "FROM proposal p JOIN fact f ON f.plan = p.fingerprint AND f.kind = 'PlanProposed' ORDER BY f.seq"
        )
        return tuple(self._proposal(*row) for row in rows)

    def orders(self, *, plan: str = "") -> Sequence[OrderRecord]:
        """Every order that was ever intended, oldest first."""
        rows = self._rows(SELECT_ORDERS, (plan,))
        return tuple(order_record(row) for row in rows)

    def _add(self, fact: Fact, plan: str) -> None:
        kind, body = encode_fact(fact)
        self._connection.execute(
            "INSERT INTO fact (at, kind, plan, body) VALUES (?, ?, ?, ?)", (instant_text(fact.at), kind, plan, body)
        )

    def _propose(self, fact: PlanProposed) -> None:
        proposal = fact.proposal
        self._add(fact, proposal.fingerprint)
        self._supersede(fact.at)
        self._connection.execute(
            "INSERT INTO proposal (fingerprint, plan_id, environment, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            (
                proposal.fingerprint,
                proposal.plan_id,
                proposal.environment.value,
                instant_text(proposal.created_at),
                instant_text(proposal.expires_at),
            ),
        )

    def _supersede(self, at: datetime) -> None:
        """Older plans give way to a newer one, but for those of which something may have reached a broker."""
        rows = self._rows(
            "SELECT fingerprint FROM proposal WHERE (verdict IS NULL OR verdict = 'approved') AND NOT EXISTS ("
            " SELECT 1 FROM intent WHERE plan = fingerprint AND state NOT IN ('approved', 'not_placed')) ORDER BY rowid"
        )
        for (plan,) in rows:
            given = Approval(plan=plan, verdict=Verdict.SUPERSEDED, at=at, by="propose", why="A newer plan was drawn.")
            self._decide(PlanDecided(at=at, approval=given))

    def _decide(self, fact: PlanDecided) -> bool:
        approval = fact.approval
        changed = self._connection.execute(
            "UPDATE proposal SET verdict = :verdict, decided_at = :at WHERE fingerprint = :plan"
            " AND (verdict IS NULL OR (verdict = 'approved' AND :verdict IN ('voided', 'expired', 'superseded')))"
            " AND (:verdict <> 'approved' OR :at < expires_at)",
            {"verdict": approval.verdict.value, "at": instant_text(approval.at), "plan": approval.plan},
        )
        if changed.rowcount != 1:
            return False
        self._add(fact, approval.plan)
        return True

    def _intend(self, fact: OrderIntended) -> None:
        self._add(fact, fact.intent.plan)
        self._connection.execute(
            "INSERT INTO intent (client_order_id, plan, line, attempt, account, side, symbol, quantity, limit_price,"
            " dearest_first, baseline, state, filled, filled_nano, intended_at, moved_at, evidence)"
            " VALUES (:client_order_id, :plan, :line, :attempt, :account, :side, :symbol, :quantity, :limit_price,"
            " :dearest_first, :baseline, 'approved', '0', 0, :intended_at, :intended_at, '')",
            intent_row(fact.intent, fact.at),
        )

    def _move(self, fact: OrderMoved) -> None:
        key = fact.client_order_id
        rows = self._rows("SELECT plan, state FROM intent WHERE client_order_id = ?", (key,))
        if not rows:
            raise Reconcile(f"The ledger knows no order {key}.")
        plan, state = rows[0][0], OrderState(rows[0][1])
        if not state.may_become(fact.state):
            raise Reconcile(f"The order {key} is {state.value} and cannot become {fact.state.value}.")
        self._add(fact, plan)
        self._connection.execute(
            "UPDATE intent SET state = :state, broker_id = coalesce(nullif(:broker_id, ''), broker_id),"
            " filled = :filled, filled_nano = :nano, average_price = coalesce(:price, average_price),"
            " moved_at = :at, evidence = coalesce(nullif(:evidence, ''), evidence) WHERE client_order_id = :key",
            {
                "key": key,
                "state": fact.state.value,
                "broker_id": fact.broker_id,
                "filled": fact.filled.plain,
                "nano": nano_shares(fact.filled),
                "price": decimal_text(fact.average_price),
                "at": instant_text(fact.at),
                "evidence": storable(fact.evidence),
            },
        )

    def _proposal(
        self, fingerprint: str, verdict: str | None, body: str, decision: str | None
    ) -> tuple[Proposal, Approval | None]:
        proposed = self._fact("PlanProposed", body)
        decided = None if decision is None else self._fact("PlanDecided", decision)
        assert isinstance(proposed, PlanProposed)
        approval = decided.approval if isinstance(decided, PlanDecided) else None
        if proposed.proposal.fingerprint != fingerprint or (approval and approval.verdict) != verdict:
            raise damaged(self._path, f"the plan {proposed.proposal.plan_id} is not what was written down")
        return proposed.proposal, approval

    def _fact(self, kind: str, body: str) -> Fact:
        try:
            return decode_fact(kind, body)
        except ValueError as problem:
            raise damaged(self._path, f"a fact cannot be read: {problem}") from problem

    def _rows(self, query: str, values: tuple[str | int, ...] = ()) -> list[sqlite3.Row]:
        with explained(self._path):
            return self._connection.execute(query, values).fetchall()
