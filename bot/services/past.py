"""Gathers from the ledger what plans have done: each with the snapshot before it and what was filled."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.facts import LegTicked, PlanProposed, SnapshotTaken
from bot.domain.plan import Proposal
from bot.domain.snapshot import Snapshot
from bot.domain.steps import Fill, Step
from bot.ports import Ledger


def steps(ledger: Ledger) -> tuple[Step, ...]:
    """Every plan of which something was filled or ticked off, oldest first."""
    return tuple(
        Step(
            plan_id=proposal.plan_id,
            on=proposal.plan.as_of_on,
            before=before,
            fills=fills,
            drift=(proposal.plan.drift_before, proposal.plan.drift_after),
        )
        for proposal, before in _proposed(ledger)
        if (fills := (*_filled(proposal, ledger), *_ticked(proposal, ledger)))
    )


def _proposed(ledger: Ledger) -> Iterator[tuple[Proposal, Snapshot]]:
    """Each proposal with the snapshot that it was drawn from: the last one that was written down before it."""
    latest: Snapshot | None = None
    for fact in ledger.facts():
        if isinstance(fact, SnapshotTaken):
            latest = fact.snapshot
        elif isinstance(fact, PlanProposed) and latest is not None:
            yield fact.proposal, latest


def _filled(proposal: Proposal, ledger: Ledger) -> Iterator[Fill]:
    for order in ledger.orders(plan=proposal.fingerprint):
        intent = order.intent
        if order.filled and order.average_price is not None:
            yield Fill(
                account=intent.account,
                side=intent.side,
                symbol=intent.symbol,
                quantity=order.filled,
                price=order.average_price,
            )


def _ticked(proposal: Proposal, ledger: Ledger) -> Iterator[Fill]:
    """What a person carried out, at the plan's prices: nobody tells what it was filled at."""
    facts = ledger.facts(plan=proposal.fingerprint)
    done = {fact.line for fact in facts if isinstance(fact, LegTicked)}
    for line in proposal.plan.lines:
        if line.number in done:
            yield Fill(
                account=line.account, side=line.side, symbol=line.symbol, quantity=line.quantity, price=line.price
            )
