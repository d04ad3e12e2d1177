"""What a link points to, and what its holder may do with it at this moment."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import NoSuchPlan, WrongUse
from bot.domain.facts import ConsentGiven
from bot.domain.gate import Link, Ticket, TicketState, token_sha
from bot.domain.plan import Environment, Proposal
from bot.ports import Clock, Gate, Ledger
from bot.services.approve import OVER
from bot.services.lockout import lockout, too_many


def link_behind(token: str, gate: Gate) -> Link:
    """The link that this token opens; NoSuchPlan for a token that nobody was given, found out in constant time."""
    sha = token_sha(token)
    link = gate.link(sha)
    known = link.token_sha if link is not None else "0" * len(sha)
    if not hmac.compare_digest(known, sha) or link is None:
        raise NoSuchPlan("This link leads nowhere. It may have been cut off by a mail program.")
    return link


def consents_to(proposal: Proposal, ledger: Ledger) -> tuple[ConsentGiven, ...]:
    """Everybody's yes to a plan, the first one first."""
    return tuple(fact for fact in ledger.facts(plan=proposal.fingerprint) if isinstance(fact, ConsentGiven))


def missing_yes(proposal: Proposal, people: Sequence[str], ledger: Ledger) -> tuple[str, ...]:
    """Those of the people who have not said yes to a plan."""
    said = {one.person for one in consents_to(proposal, ledger)}
    return tuple(one for one in people if one not in said)


def ticket_for(plan: str, person: str, clock: Clock, ledger: Ledger, gate: Gate) -> Ticket:
    """What a person may do with a plan (its fingerprint) at this moment."""
    proposal, approval = next(entry for entry in ledger.proposals() if entry[0].fingerprint == plan)
    said = tuple(one.person for one in consents_to(proposal, ledger))
    missing = missing_yes(proposal, gate.deciders(plan), ledger)
    lock = None
    if approval is not None:
        state, why = TicketState(approval.verdict.value), _over(proposal, approval)
    elif clock.now() >= proposal.expires_at:
        state, why = TicketState.EXPIRED, OVER[Verdict.EXPIRED].format(proposal.plan_id)
    elif person in said:
        state, why = TicketState.CONSENTED, ""
    elif (lock := lockout(person, clock, ledger)) is not None:
        state, why = TicketState.LOCKED, ""
    else:
        state, why = TicketState.WAITING, ""
    return Ticket(
        proposal=proposal,
        person=person,
        state=state,
        said_yes=said,
        missing=missing,
        until=lock.until if lock else None,
        why=why,
    )


def _over(proposal: Proposal, approval: Approval) -> str:
    said = OVER[approval.verdict].format(proposal.plan_id)
    has_reason = approval.verdict in {Verdict.DECLINED, Verdict.VOIDED} and approval.why
    return f"{said} {approval.why}" if has_reason else said


def reason_against(ticket: Ticket) -> WrongUse | None:
    """Why no passphrase is looked at: of a plan or link that is over nobody learns whether one was right."""
    name = ticket.proposal.plan_id
    if ticket.state is TicketState.LOCKED:
        return too_many()
    if ticket.state is TicketState.CONSENTED:
        others = " and ".join(ticket.missing)
        return WrongUse(f"{ticket.person} has said yes to {name} already; it waits for {others}.")
    if ticket.state is not TicketState.WAITING:
        return WrongUse(ticket.why)
    if ticket.proposal.environment is Environment.DRY_RUN:
        return WrongUse(f"{name} was drawn in dry run: it will not be sent, so there is nothing to approve.")
    return None
