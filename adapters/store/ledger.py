"""The ledger in SQLite: facts are only added, and the file itself refuses what the life of an order does not allow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from adapters.store.codec import decode_fact, encode_fact
from adapters.store.connection import PATIENCE_MS, open_ledger, writing
from adapters.store.memory import Memory
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
    Armed,
    CashAssigned,
    CashHeld,
    ConsentGiven,
    Disarmed,
    Fact,
    GateLocked,
    Kind,
    LegTicked,
    LinesPutOff,
    LossSalesHalted,
    OrderIntended,
    OrderMoved,
    PassphraseRefused,
    PassphraseSet,
    PlanDecided,
    PlanProposed,
    Reconciled,
    ReportSent,
    SnapshotTaken,
    StatementRead,
)
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Proposal

T = TypeVar("T")
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
        self._memory = Memory(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def books(self) -> tuple[Path, sqlite3.Connection]:
        """The file and the connection, for whoever keeps something in the same books."""
        return self._path, self._connection

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
                case ConsentGiven():
                    self._consent(fact)
                case LegTicked() | LinesPutOff() | Reconciled() | ReportSent() | PassphraseRefused():
                    self._add(fact, fact.plan)
                case SnapshotTaken() | AccountAccepted() | LossSalesHalted() | GateLocked() | PassphraseSet():
                    self._add(fact, "")
                case CashHeld() | CashAssigned() | StatementRead() | Armed() | Disarmed():
                    self._add(fact, "")

    def decide(self, approval: Approval) -> bool:
        """Add a verdict; False where the proposal is unknown, has one that stands, or had run out when approved."""
        with explained(self._path), writing(self._connection):
            return self._decide(PlanDecided(at=approval.at, approval=approval))

    def facts(self, *, plan: str = "") -> Iterable[Fact]:
        """All facts up to now, oldest first: those of a plan at once, all in pages, with nothing held open between."""
        return self._recall(("facts", plan), lambda: tuple(self._read(plan))) if plan else self._read(plan)

    def _read(self, plan: str) -> Iterator[Fact]:
        done, last = 0, _LAST
        while page := self._page(plan, done):
            if last == _LAST and len(page) == _PAGE:
                last = self._rows("SELECT max(seq) FROM fact")[0][0]
            yield from (self._fact(kind, body) for seq, kind, body in page if seq <= last)
            done = page[-1][0]
            if len(page) < _PAGE or done >= last:
                return

    def _page(self, plan: str, done: int) -> list[sqlite3.Row]:
        """The next facts of a plan, or of all where it is none."""
        if not plan:
            return self._rows("SELECT seq, kind, body FROM fact WHERE seq > ? ORDER BY seq LIMIT ?", (done, _PAGE))
        query = "SELECT seq, kind, body FROM fact WHERE plan = ? AND seq > ? ORDER BY seq LIMIT ?"
        return self._rows(query, (plan, done, _PAGE))

    def latest(self, kind: type[Kind]) -> Iterator[Kind]:
        """All facts of one kind, the newest first, read one by one: most readers want only the first few."""
        name = kind.__name__
        known: list[tuple[int, Fact | None]] = self._recall(("latest", name), list)
        at = 0
        while True:
            if at == len(known):
                known.append(self._before(name, known[-1][0] if known else _LAST))
            fact = known[at][1]
            if fact is None:
                return
            assert isinstance(fact, kind)
            yield fact
            at += 1

    def _before(self, kind: str, seq: int) -> tuple[int, Fact | None]:
        """The newest fact of a kind before this one, with its number; none where there is no other."""
        query = "SELECT seq, body FROM fact WHERE kind = ? AND seq < ? ORDER BY seq DESC LIMIT 1"
        rows = self._rows(query, (kind, seq))
        return (rows[0][0], self._fact(kind, rows[0][1])) if rows else (0, None)

    def proposals(self) -> Sequence[tuple[Proposal, Approval | None]]:
        """Every proposal with its latest verdict; Reconcile where one is not what was written down."""
        return self._recall("proposals", self._proposals)

    def _proposals(self) -> tuple[tuple[Proposal, Approval | None], ...]:
        rows = self._rows(
            "SELECT p.fingerprint, p.verdict, f.body, ("
            " SELECT d.body FROM fact d WHERE d.plan = p.fingerprint AND d.kind = 'PlanDecided'"
            " ORDER BY d.seq DESC LIMIT 1) "
            "FROM proposal p JOIN fact f ON f.plan = p.fingerprint AND f.kind = 'PlanProposed' ORDER BY f.seq"
        )
        return tuple(self._proposal(*row) for row in rows)

    def orders(self, *, plan: str = "") -> Sequence[OrderRecord]:
        """Every order that was ever intended, oldest first."""
        read = partial(self._rows, SELECT_ORDERS, (plan,))
        return self._recall(("orders", plan), lambda: tuple(order_record(row) for row in read()))

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

    def _consent(self, fact: ConsentGiven) -> None:
        self._add(fact, fact.plan)
        self._connection.execute(
            "INSERT INTO consent (plan, person, at) VALUES (?, ?, ?)", (fact.plan, fact.person, instant_text(fact.at))
        )

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

    def _recall(self, what: Hashable, read: Callable[[], T]) -> T:
        try:
            return self._memory.recall(what, read)
        except sqlite3.Error:
            with explained(self._path):
                raise

    def _rows(self, query: str, values: tuple[str | int, ...] = ()) -> list[sqlite3.Row]:
        try:  # a context manager would take as long as the query
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error:
            with explained(self._path):
                raise
