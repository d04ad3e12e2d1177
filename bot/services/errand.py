"""An approved proposal with all that is needed to carry it out, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.facts import LinesPutOff, ReportSent
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
    """All lines of a plan after a run, why nothing (more) of it was sent in it, and which lines were put off."""

    proposal: Proposal
    refusals: tuple[Violation, ...] = ()
    legs: tuple[Leg, ...] = ()
    put_off: tuple[int, ...] = ()

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


def put_off(proposal: Proposal, ledger: Ledger) -> tuple[PlanLine, ...]:
    """The lines that would have left, but for something that passes; they may leave while the approval holds."""
    words = [fact for fact in ledger.facts(plan=proposal.fingerprint) if isinstance(fact, LinesPutOff)]
    numbers = words[-1].lines if words else ()
    return tuple(line for line in sendable(proposal, ledger) if line.number in numbers) if numbers else ()


def is_told(proposal: Proposal, ledger: Ledger) -> bool:
    """Whether its owner has had a letter since anything happened to it."""
    facts = tuple(ledger.facts(plan=proposal.fingerprint))
    return bool(facts) and isinstance(facts[-1], ReportSent)


def to_try(errand: Errand) -> tuple[PlanLine, ...]:
    """The lines of this run: all that may leave where something is new, otherwise only what was waited for."""
    again = to_repeat(errand.proposal, errand.brokers, errand.ledger)
    lines = sendable(errand.proposal, errand.ledger)
    if not again and is_told(errand.proposal, errand.ledger):
        settled = for_settled_cash(errand.proposal, errand.household, errand.policy, errand.ledger)
        awaited = (*put_off(errand.proposal, errand.ledger), *settled)
        lines = tuple(line for line in lines if line in awaited)
    return tuple(sorted((*lines, *again), key=lambda line: line.number))


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
