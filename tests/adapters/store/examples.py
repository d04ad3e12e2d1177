"""Small plans, orders and verdicts for the tests of the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Approval, Verdict
from bot.domain.facts import Fact, LegTicked, OrderIntended, OrderMoved, PlanProposed
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderState
from bot.domain.plan import Certificate, Environment, Plan, Proposal
from bot.domain.snapshot import Side

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def proposal(plan_id: str = "2026-03-02-a", *, created_at: datetime = NOON) -> Proposal:
    """A plan without lines that runs out a day later."""
    plan = Plan(
        household="example",
        as_of_on=date(2026, 3, 2),
        lines=(),
        classes=(),
        pie=Usd.of(1000),
        drift_before=Usd.of(10),
        drift_after=Usd.of(1),
        drift_limit=Usd.of(5),
        certificate=Certificate(),
        realized_gain=Usd(),
        tax=Usd(),
        tax_if_sold=Usd(),
        gain_if_sold=Usd(),
        cash_after=(("ira", Usd.of("12.30")),),
    )
    return Proposal(
        plan=plan,
        plan_id=plan_id,
        environment=Environment.PAPER,
        created_at=created_at,
        expires_at=created_at + DAY,
        snapshot_fingerprint="s" * 64,
        settings_fingerprint="t" * 64,
        code_version="0",
        price_collar_pct=Decimal(1),
    )


def verdict(of: Proposal, says: Verdict = Verdict.APPROVED, *, at: datetime = NOON + MINUTE) -> Approval:
    """A verdict that came a minute after the plan."""
    return Approval(plan=of.fingerprint, verdict=says, at=at, by="cli", why="because")


def intent(of: Proposal, *, line: int = 1, attempt: int = 1) -> Intent:
    """An order to buy two and a half shares."""
    return Intent(
        plan=of.fingerprint,
        line=line,
        attempt=attempt,
        account="ira",
        side=Side.BUY,
        symbol="VTI",
        quantity=Shares.of("2.5"),
        limit_price=Decimal("250.10"),
    )


def tick(number: int) -> Fact:
    """A fact of which nothing follows, told apart by its number."""
    return LegTicked(at=NOON, plan="p", line=number)


def moved(order: Intent, state: OrderState, filled: str = "0", **rest: str) -> OrderMoved:
    """An order's next state, two minutes after the plan."""
    return OrderMoved(
        at=NOON + 2 * MINUTE,
        client_order_id=order.client_order_id,
        state=state,
        filled=Shares.of(filled),
        broker_id=rest.get("broker_id", ""),
        evidence=rest.get("evidence", ""),
    )


def approved(path: Path) -> tuple[SqliteLedger, Proposal]:
    """A ledger with one approved plan."""
    ledger, plan = SqliteLedger(path), proposal()
    ledger.record(PlanProposed(at=NOON, proposal=plan))
    assert ledger.decide(verdict(plan))
    return ledger, plan


def intended(path: Path, *states: OrderState) -> tuple[SqliteLedger, Intent]:
    """A ledger with one order that went through these states."""
    ledger, plan = approved(path)
    order = intent(plan)
    ledger.record(OrderIntended(at=NOON + MINUTE, intent=order))
    for state in states:
        ledger.record(moved(order, state))
    return ledger, order
