"""What was begun and goes on: in this run, or when hands, cash or the market are ready for it."""

from __future__ import annotations

from datetime import date

from bot.domain.approval import Verdict
from bot.domain.facts import LegTicked, ReportSent
from bot.domain.plan import Proposal
from bot.ports import Ledger
from bot.services.errand import LOST, for_settled_cash, is_told, put_off, sendable, to_repeat
from bot.services.house import House
from bot.services.moves import by_match
from bot.services.preconditions import in_session, ticked_legs
from bot.services.terms import new_york_date


def unfinished(ledger: Ledger) -> Proposal | None:
    """The oldest approved or voided proposal with something to do, or that its owner has not been told of."""
    for proposal, approval in ledger.proposals():
        if approval is not None and approval.verdict in {Verdict.APPROVED, Verdict.VOIDED}:
            newest = tuple(ledger.facts(plan=proposal.fingerprint))[-1]
            idle_tick = isinstance(newest, LegTicked) and not sendable(proposal, ledger)
            if not is_told(proposal, ledger) and not idle_tick:
                return proposal
    return None


def due_again(house: House) -> Proposal | None:
    """The newest proposal, where it goes on: with an order to repeat, a line that was put off, or settled cash."""
    proposal = _approved(house)
    if proposal is None or not in_session(house.calendar, house.clock.now()):
        return None
    if to_repeat(proposal, house.brokers, house.ledger) or put_off(proposal, house.ledger):
        return proposal
    if not for_settled_cash(proposal, house.household, house.policy, house.ledger):
        return None
    today = new_york_date(house.clock.now())
    facts = house.ledger.facts(plan=proposal.fingerprint)
    told_today = any(isinstance(fact, ReportSent) and fact.on == today for fact in facts)
    return None if told_today or _settles_on(house, proposal) > today else proposal


def _waits_for_cash(house: House) -> Proposal | None:
    """The newest proposal, if it is approved and holds purchases that wait until its own sales have settled."""
    proposal = _approved(house)
    if proposal is None or not for_settled_cash(proposal, house.household, house.policy, house.ledger):
        return None
    return proposal if new_york_date(house.clock.now()) < _settles_on(house, proposal) else None


def _waits_for_its_hour(house: House) -> Proposal | None:
    """The newest proposal, if it is approved and something that passes keeps lines of it from leaving."""
    proposal = _approved(house)
    return proposal if proposal is not None and put_off(proposal, house.ledger) else None


def _settles_on(house: House, proposal: Proposal) -> date:
    """The day on which everything that the plan has sold is cash."""
    sold_on = [new_york_date(one.intended_at) for one in house.ledger.orders(plan=proposal.fingerprint) if one.filled]
    sessions = [house.calendar.session(on) or house.calendar.next_session(on) for on in sold_on]
    return max(session.settles_on for session in sessions)


def _approved(house: House) -> Proposal | None:
    """The newest proposal, if it is approved and has not run out."""
    newest = next(iter(reversed(house.ledger.proposals())), None)
    if newest is None or newest[1] is None or newest[1].verdict is not Verdict.APPROVED:
        return None
    return newest[0] if house.clock.now() < newest[0].expires_at else None


def _waits_for_hands(house: House) -> Proposal | None:
    """The newest proposal, if it is approved and holds lines that a person's own orders must make way for."""
    proposal = _approved(house)
    if proposal is None:
        return None
    by_hand = {line.number for line in proposal.plan.lines if not line.automatic}
    later = [line for line in proposal.plan.lines if line.automatic and line.after_manual]
    open_yet = by_hand - ticked_legs(proposal, house.ledger)
    return proposal if later and open_yet else None


def waits_for_anything(house: House) -> Proposal | None:
    """The proposal that nothing new may come before: it waits for an answer, for hands, for cash, or for its hour."""
    return (
        _waits_for_an_answer(house.ledger)
        or _waits_for_hands(house)
        or _waits_for_cash(house)
        or _waits_for_its_hour(house)
    )


def _waits_for_an_answer(ledger: Ledger) -> Proposal | None:
    """The proposal of an order that nobody knows the fate of: what is held cannot be relied on until it is known."""
    doubtful = {
        order.intent.plan
        for order in ledger.orders()
        if order.state in LOST or (by_match(order) and not order.state.is_final)
    }
    return next((proposal for proposal, _ in reversed(ledger.proposals()) if proposal.fingerprint in doubtful), None)
