"""One run, as a timer would start it: finish what was begun, otherwise look, propose and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import structlog

from bot import letters
from bot.domain.approval import Approval, Verdict
from bot.domain.facts import LegTicked, Reconciled, ReportSent
from bot.domain.household import Household
from bot.domain.plan import Plan, Proposal
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy
from bot.ports import Broker, Clock, Ledger, MarketCalendar, Postbox
from bot.services.approve import expire
from bot.services.errand import Errand, ExecutionReport, sendable
from bot.services.execute import carry_out
from bot.services.preconditions import ticked_legs
from bot.services.propose import Proposed, propose
from bot.services.reconcile import compare
from bot.services.report import write
from bot.services.settle import settle_open
from bot.services.sync import take_snapshot
from bot.services.terms import Terms

_log = structlog.get_logger()


class Outcome(StrEnum):
    """How a run ended."""

    NOTHING_TO_DO = "nothing_to_do"
    PROPOSED = "proposed"  # a new plan waits for a yes
    WAITING = "waiting"  # a plan of an earlier run still waits: for a yes, for hands, or for the market
    CARRIED_OUT = "carried_out"
    VOIDED = "voided"  # an approved plan could not be carried out any more


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What a run left behind; parts that it did not come to are None."""

    outcome: Outcome
    snapshot: Snapshot | None = None
    plan: Plan | None = None
    proposal: Proposal | None = None
    execution: ExecutionReport | None = None
    reconciled: Reconciled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A household, its rules and terms, and everyone that a run has to ask."""

    household: Household
    policy: Policy
    terms: Terms
    brokers: Mapping[str, Broker]
    calendar: MarketCalendar
    clock: Clock
    ledger: Ledger
    postbox: Postbox
    fallback_prices: Mapping[str, Decimal]


def run(house: House) -> CycleReport:
    """One run; a second one right after it does nothing new.

    Raises:
        RebaloopError: whatever stops a station; everything done until then is in the ledger, the next run goes on.
    """
    settle_open(brokers=house.brokers, clock=house.clock, ledger=house.ledger)
    expire(clock=house.clock, ledger=house.ledger)
    begun = unfinished(house.ledger)
    if begun is not None:
        report = _finish(house, begun)
    elif (waiting := _waits_for_hands(house)) is not None:
        report = CycleReport(outcome=Outcome.WAITING, proposal=waiting)
    else:
        report = _start_anew(house)
    _log.info(
        "cycle.ended",
        household=house.household.id,
        outcome=report.outcome.value,
        plan=report.proposal.plan_id if report.proposal else None,
    )
    return report


def look(house: House) -> Snapshot:
    """What every account of the house holds now; see `sync.take_snapshot`."""
    return take_snapshot(
        household=house.household,
        brokers=house.brokers,
        calendar=house.calendar,
        clock=house.clock,
        ledger=house.ledger,
        fallback_prices=house.fallback_prices,
    )


def draw_up(house: House, snapshot: Snapshot) -> Proposed:
    """The plan for what the house holds; see `propose.propose`."""
    return propose(
        household=house.household,
        policy=house.policy,
        snapshot=snapshot,
        terms=house.terms,
        calendar=house.calendar,
        clock=house.clock,
        ledger=house.ledger,
    )


def unfinished(ledger: Ledger) -> Proposal | None:
    """The oldest approved or voided proposal with something to do, or that its owner has not been told of."""
    for proposal, approval in ledger.proposals():
        if approval is not None and approval.verdict in {Verdict.APPROVED, Verdict.VOIDED}:
            newest = tuple(ledger.facts(plan=proposal.fingerprint))[-1]
            idle_tick = isinstance(newest, LegTicked) and not sendable(proposal, ledger)
            if not isinstance(newest, ReportSent) and not idle_tick:
                return proposal
    return None


def _finish(house: House, proposal: Proposal) -> CycleReport:
    """Carry an approved plan on as far as it goes, compare, and tell its owner."""
    errand = Errand(
        proposal=proposal,
        household=house.household,
        policy=house.policy,
        terms=house.terms,
        brokers=house.brokers,
        calendar=house.calendar,
        clock=house.clock,
        ledger=house.ledger,
        fallback_prices=house.fallback_prices,
    )
    execution = carry_out(errand)
    approval = next(given for known, given in house.ledger.proposals() if known.plan_id == proposal.plan_id)
    over = approval is not None and approval.verdict is Verdict.VOIDED
    if execution.refusals and not over:
        return CycleReport(outcome=Outcome.WAITING, proposal=proposal, execution=execution)
    reconciled = None
    if execution.orders:
        reconciled = compare(
            proposal=proposal,
            household=house.household,
            brokers=house.brokers,
            clock=house.clock,
            ledger=house.ledger,
        )
    _write_receipt(house, execution, reconciled, approval if over else None)
    outcome = Outcome.VOIDED if over else Outcome.CARRIED_OUT
    return CycleReport(outcome=outcome, proposal=proposal, execution=execution, reconciled=reconciled)


def _write_receipt(
    house: House, execution: ExecutionReport, reconciled: Reconciled | None, voided: Approval | None
) -> None:
    letter = letters.receipt_letter(
        proposal=execution.proposal,
        orders=execution.orders,
        notes={leg.line.number: leg.note for leg in execution.legs},
        refusals=[voided.why] if voided else [],
        breaks=reconciled.breaks if reconciled else (),
        ticked=ticked_legs(execution.proposal, house.ledger),
    )
    write(
        letter=letter,
        plan=execution.proposal.fingerprint,
        clock=house.clock,
        ledger=house.ledger,
        postbox=house.postbox,
    )


def _waits_for_hands(house: House) -> Proposal | None:
    """The newest proposal, if it is approved and holds lines that a person's own orders must make way for."""
    newest = next(iter(reversed(house.ledger.proposals())), None)
    if newest is None or newest[1] is None or newest[1].verdict is not Verdict.APPROVED:
        return None
    proposal = newest[0]
    by_hand = {line.number for line in proposal.plan.lines if not line.automatic}
    later = [line for line in proposal.plan.lines if line.automatic and line.after_manual]
    open_yet = by_hand - ticked_legs(proposal, house.ledger)
    return proposal if later and open_yet and house.clock.now() < proposal.expires_at else None


def _start_anew(house: House) -> CycleReport:
    """Take a snapshot, draw a plan from it, and write to the owner about a new one."""
    snapshot = look(house)
    proposed = draw_up(house, snapshot)
    proposal = proposed.proposal
    if proposal is None:
        return CycleReport(outcome=Outcome.NOTHING_TO_DO, snapshot=snapshot, plan=proposed.plan)
    facts = house.ledger.facts(plan=proposal.fingerprint)
    if not any(isinstance(fact, ReportSent) for fact in facts):
        letter = letters.plan_letter(proposal)
        write(letter=letter, plan=proposal.fingerprint, clock=house.clock, ledger=house.ledger, postbox=house.postbox)
    outcome = Outcome.PROPOSED if proposed.is_new else Outcome.WAITING
    return CycleReport(outcome=outcome, snapshot=snapshot, plan=proposed.plan, proposal=proposal)
