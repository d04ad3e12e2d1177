"""An approved proposal with all that is needed to carry it out, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.household import Household
from bot.domain.orders import OrderRecord
from bot.domain.plan import PlanLine, Proposal
from bot.domain.targets import Policy
from bot.domain.violations import Violation
from bot.ports import Broker, Clock, Ledger, MarketCalendar
from bot.services.preconditions import ticked_legs
from bot.services.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What became of one line: its order, if one was sent, and what its owner should know of it."""

    line: PlanLine
    order: OrderRecord | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionReport:
    """All lines of a plan after a run; with refusals, none of them was touched in it."""

    proposal: Proposal
    refusals: tuple[Violation, ...] = ()
    legs: tuple[Leg, ...] = ()

    @property
    def voided(self) -> bool:
        """Whether a refusal has ended the approval."""
        return any(refusal.voids for refusal in self.refusals)

    @property
    def orders(self) -> tuple[OrderRecord, ...]:
        """Every order of the plan, of this run and earlier ones."""
        return tuple(leg.order for leg in self.legs if leg.order is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """An approved proposal and all that is needed to carry it out."""

    proposal: Proposal
    household: Household
    policy: Policy
    terms: Terms
    brokers: Mapping[str, Broker]
    calendar: MarketCalendar
    clock: Clock
    ledger: Ledger
    fallback_prices: Mapping[str, Decimal]

    def orders(self) -> dict[int, OrderRecord]:
        """The plan's orders by line, as the ledger has them now."""
        return {order.intent.line: order for order in self.ledger.orders(plan=self.proposal.fingerprint)}


def sendable(proposal: Proposal, ledger: Ledger) -> tuple[PlanLine, ...]:
    """The lines that may leave now: automatic, without an order yet, their manual forerunners ticked off."""
    ordered = {order.intent.line for order in ledger.orders(plan=proposal.fingerprint)}
    ticked = ticked_legs(proposal, ledger)
    by_hand = {line.number for line in proposal.plan.lines if not line.automatic}
    return tuple(
        line
        for line in proposal.plan.lines
        if line.automatic and line.number not in ordered and (not line.after_manual or by_hand <= ticked)
    )
