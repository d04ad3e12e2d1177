"""An approved proposal with all that is needed to carry it out, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.household import Household
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Environment, PlanLine, Proposal
from bot.domain.seeds import Seed
from bot.domain.snapshot import Side
from bot.domain.targets import Policy
from bot.domain.violations import Violation
from bot.ports import Brake, Broker, Clock, Ledger, MarketCalendar
from bot.services.preconditions import ticked_legs
from bot.services.terms import Terms

LOST = frozenset({OrderState.SENDING, OrderState.UNKNOWN})  # the broker may have it, and nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What became of one line: its order, if one was sent, and what its owner should know of it."""

    line: PlanLine
    order: OrderRecord | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionReport:
    """All lines of a plan after a run, and why nothing (more) of it was sent in it."""

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
    """An approved proposal and all that is needed to carry it out.

    `addresses` tells for each account which world its keeper's address belongs to.
    """

    proposal: Proposal
    household: Household
    policy: Policy
    terms: Terms
    brokers: Mapping[str, Broker]
    addresses: Mapping[str, Environment]
    calendar: MarketCalendar
    clock: Clock
    ledger: Ledger
    brake: Brake
    fallback_prices: Mapping[str, Decimal]
    seeds: tuple[Seed, ...] = ()

    def orders(self) -> dict[int, OrderRecord]:
        """The latest order of each line of the plan, as the ledger has them now."""
        return {order.intent.line: order for order in self.ledger.orders(plan=self.proposal.fingerprint)}


def sendable(proposal: Proposal, ledger: Ledger) -> tuple[PlanLine, ...]:
    """The lines that may leave now: automatic, their manual forerunners ticked off, and with no order behind them.

    An order that was proved never to have reached its broker counts as none.
    """
    ordered = {
        order.intent.line
        for order in ledger.orders(plan=proposal.fingerprint)
        if order.state is not OrderState.NOT_PLACED
    }
    ticked = ticked_legs(proposal, ledger)
    by_hand = {line.number for line in proposal.plan.lines if not line.automatic}
    return tuple(
        line
        for line in proposal.plan.lines
        if line.automatic and line.number not in ordered and (not line.after_manual or by_hand <= ticked)
    )


def to_repeat(proposal: Proposal, brokers: Mapping[str, Broker], ledger: Ledger) -> tuple[PlanLine, ...]:
    """The lines whose order a broker that knows orders by our key does not have: it may be sent again under its key."""
    lost = {order.intent.line for order in ledger.orders(plan=proposal.fingerprint) if order.state in LOST}
    return tuple(
        line
        for line in proposal.plan.lines
        if line.number in lost and line.account in brokers and brokers[line.account].capabilities().keyed
    )


def for_settled_cash(proposal: Proposal, household: Household, policy: Policy, ledger: Ledger) -> tuple[PlanLine, ...]:
    """The purchases that wait for cash which the plan's own sales have raised, and which may not be spent unsettled."""
    sold = {
        order.intent.account
        for order in ledger.orders(plan=proposal.fingerprint)
        if order.intent.side is Side.SELL and order.filled
    }
    at_once = {account.id for account in household.accounts if policy.same_day_swaps and account.kind.sheltered}
    late = set() if policy.spend_unsettled_cash else sold - at_once
    return tuple(line for line in sendable(proposal, ledger) if line.side is Side.BUY and line.account in late)
