"""One run, as a timer would start it: finish what was begun, otherwise look, propose and report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.facts import LinesPutOff, LossSalesHalted, OrderMoved, Reconciled, ReportSent
from bot.domain.letter import Letter
from bot.domain.plan import Plan, Proposal
from bot.domain.snapshot import Snapshot
from bot.domain.violations import Violation
from bot.letters.alarms import held_letter, remark_letter
from bot.letters.plan import plan_letter
from bot.letters.receipt import receipt_letter
from bot.ports import Ledger
from bot.services.approve import expire
from bot.services.asking import approve_unasked, ask, goes_unasked
from bot.services.begun import due_again, unfinished, waits_for_anything
from bot.services.errand import ExecutionReport, is_told
from bot.services.execute import carry_out
from bot.services.held_back import remember
from bot.services.held_cash import hold_new
from bot.services.house import House, errand_for
from bot.services.manual_legs import awaited, remind
from bot.services.preconditions import ticked_legs
from bot.services.propose import Proposed, propose
from bot.services.reconcile import compare
from bot.services.report import write, write_once
from bot.services.settle import settle_open
from bot.services.strangers import stop_at_twins
from bot.services.sync import Sight, see
from bot.services.unanswered import tell_of_silence

_TOLD_BY_STATUS = {"statement_old"}  # nothing waits for it: priced as of today, it is as good as a newer one
A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)

_log = structlog.get_logger()


class Outcome(StrEnum):
    """How a run ended."""

    NOTHING_TO_DO = "nothing_to_do"
    PROPOSED = "proposed"  # a new plan waits for a yes
    WAITING = "waiting"  # a plan of an earlier run still waits: for a yes, for hands, or for the market
    CARRIED_OUT = "carried_out"
    VOIDED = "voided"  # an approved plan could not be carried out any more
    HELD_BACK = "held_back"  # a plan was drawn that nobody may approve: a limit, or a question about an account


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What a run left behind; parts that it did not come to are None."""

    outcome: Outcome
    snapshot: Snapshot | None = None
    plan: Plan | None = None
    proposal: Proposal | None = None
    execution: ExecutionReport | None = None
    reconciled: Reconciled | None = None
    refusals: tuple[Violation, ...] = ()


def run(house: House) -> CycleReport:
    """One run; a second one right after it does nothing new.

    Raises:
        RebaloopError: whatever stops a station; everything done until then is in the ledger, the next run goes on.
    """
    house.postbox.deliver()
    catch_up(house)
    remind(house)
    begun = unfinished(house.ledger) or due_again(house)
    if begun is not None:
        report = _finish(house, begun)
    elif (waiting := waits_for_anything(house)) is not None:
        report = CycleReport(outcome=Outcome.WAITING, proposal=waiting)
    else:
        report = _start_anew(house)
    _log.info(
        "cycle.ended",
        household=house.household.id,
        outcome=report.outcome.value,
        plan=report.proposal.plan_id if report.proposal else None,
    )
    house.postbox.deliver()
    return report


def catch_up(house: House) -> None:
    """What every run begins with: open orders are settled, old proposals run out, and look-alikes stop everything."""
    settle_open(brokers=house.brokers, calendar=house.calendar, clock=house.clock, ledger=house.ledger)
    expire(clock=house.clock, ledger=house.ledger)
    tell_of_silence(house)
    stop_at_twins(brokers=house.brokers, clock=house.clock, ledger=house.ledger, brake=house.brake)


def wind_up(house: House) -> CycleReport:
    """What is left of a day when the exchange has shut: open orders are settled, and what became of a plan is told."""
    house.postbox.deliver()
    catch_up(house)
    begun = unfinished(house.ledger)
    report = CycleReport(outcome=Outcome.NOTHING_TO_DO) if begun is None else _finish(house, begun)
    house.postbox.deliver()
    return report


def look(house: House) -> Snapshot:
    """What every account of the house holds now."""
    return observe(house).snapshot


def observe(house: House) -> Sight:
    """The same with all that was read for it; see `sync.see`."""
    return see(
        household=house.household,
        brokers=house.brokers,
        calendar=house.calendar,
        clock=house.clock,
        ledger=house.ledger,
        fallback_prices=house.fallback_prices,
        seeds=house.seeds,
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


def _finish(house: House, proposal: Proposal) -> CycleReport:
    """Carry an approved plan on as far as it goes, compare, and tell its owner."""
    errand = errand_for(house, proposal)
    execution = carry_out(errand)
    if not execution.refusals:
        remember(errand, execution.put_off)
    approval = next(given for known, given in house.ledger.proposals() if known.plan_id == proposal.plan_id)
    over = approval is not None and approval.verdict is Verdict.VOIDED
    if not over and not _has_news(house.ledger, proposal, execution):
        return CycleReport(outcome=Outcome.WAITING, proposal=proposal, execution=execution)
    reconciled = None
    if execution.orders:
        stop_at_twins(brokers=house.brokers, clock=house.clock, ledger=house.ledger, brake=house.brake)
        reconciled = compare(
            proposal=proposal,
            household=house.household,
            brokers=house.brokers,
            clock=house.clock,
            ledger=house.ledger,
            brake=house.brake,
        )
    _write_receipt(house, execution, reconciled, approval if over else None)
    outcome = Outcome.VOIDED if over else Outcome.CARRIED_OUT
    return CycleReport(outcome=outcome, proposal=proposal, execution=execution, reconciled=reconciled)


def _has_news(ledger: Ledger, proposal: Proposal, execution: ExecutionReport) -> bool:
    """Whether its owner has not been told yet of something: what a run did, or what became of an open order."""
    if not execution.refusals:
        return not is_told(proposal, ledger)
    news = False
    for fact in ledger.facts(plan=proposal.fingerprint):
        over = isinstance(fact, LinesPutOff) and not fact.lines
        news = over or isinstance(fact, OrderMoved) or (news and not isinstance(fact, ReportSent))
    return news


def _write_receipt(
    house: House, execution: ExecutionReport, reconciled: Reconciled | None, voided: Approval | None
) -> None:
    letter = receipt_letter(
        proposal=execution.proposal,
        household=house.household,
        orders=execution.orders,
        notes={leg.line.number: leg.note for leg in execution.legs},
        refusals=[voided.why] if voided else [],
        breaks=reconciled.breaks if reconciled else (),
        gains=_gains(house.ledger, execution),
        ticked=ticked_legs(execution.proposal, house.ledger),
    )
    write(
        letter=letter,
        plan=execution.proposal.fingerprint,
        clock=house.clock,
        ledger=house.ledger,
        postbox=house.postbox,
    )


def _gains(ledger: Ledger, execution: ExecutionReport) -> list[str]:
    """What its owner must know of loss sales of this plan that realised a gain."""
    since = min((order.intended_at for order in execution.orders), default=None)
    return [
        f"{fact.account}: the sale of {fact.symbol} realised a gain of {fact.gain} by the broker's own costs; "
        f"nothing is sold at a loss there until you say: rebaloop accept {fact.account}"
        for fact in ledger.latest(LossSalesHalted)
        if since is not None and fact.at >= since
    ]


def _start_anew(house: House) -> CycleReport:
    """Take a snapshot, draw a plan from it, and write to the owner about a new one, and about what wants mending."""
    sight = observe(house)
    house, snapshot = hold_new(house, sight), sight.snapshot
    for remark in snapshot.remarks:
        if not remark.stops and remark.code not in _TOLD_BY_STATUS:
            patience = A_DAY if remark.code == "login_ends" else A_MONTH
            _write_once(house, remark_letter(remark, house.terms.environment), patience)
    ticked_off = awaited(sight.readings, house.ledger, house.clock.now())
    if ticked_off is not None:
        return CycleReport(outcome=Outcome.WAITING, snapshot=snapshot, proposal=ticked_off)
    proposed = draw_up(house, snapshot)
    proposal = proposed.proposal
    if proposed.refusals:
        _tell_held_back(house, snapshot, proposed)
        return CycleReport(outcome=Outcome.HELD_BACK, snapshot=snapshot, plan=proposed.plan, refusals=proposed.refusals)
    if proposal is None:
        return CycleReport(outcome=Outcome.NOTHING_TO_DO, snapshot=snapshot, plan=proposed.plan)
    unasked = goes_unasked(house, proposal)
    facts = house.ledger.facts(plan=proposal.fingerprint)
    if not any(isinstance(fact, ReportSent) for fact in facts):
        links, sessions = () if unasked else ask(house, proposal), house.terms.expires_sessions
        letter = plan_letter(proposal, house.household, links=links, sessions=sessions, automatic=unasked)
        write(letter=letter, plan=proposal.fingerprint, clock=house.clock, ledger=house.ledger, postbox=house.postbox)
    if unasked:
        approve_unasked(house, proposal)
        return _finish(house, proposal)
    outcome = Outcome.PROPOSED if proposed.is_new else Outcome.WAITING
    return CycleReport(outcome=outcome, snapshot=snapshot, plan=proposed.plan, proposal=proposal)


def _tell_held_back(house: House, snapshot: Snapshot, proposed: Proposed) -> None:
    """One letter a day about a plan that nobody may approve."""
    letter = held_letter(
        plan=proposed.plan,
        household=house.household,
        environment=house.terms.environment,
        refusals=[refusal.message for refusal in proposed.refusals],
        by_limits=not any(remark.stops for remark in snapshot.remarks),
    )
    _write_once(house, letter, A_DAY)


def _write_once(house: House, letter: Letter, patience: timedelta) -> None:
    write_once(letter=letter, patience=patience, clock=house.clock, ledger=house.ledger, postbox=house.postbox)
