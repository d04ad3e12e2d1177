"""The gate: links that point to a plan, and the yes or no of the people who decide on it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import WrongUse
from bot.domain.facts import ConsentGiven
from bot.domain.gate import Link, Patience, Ticket, token_sha
from bot.domain.household import Household
from bot.domain.plan import Proposal
from bot.ports import Brake, Clock, Gate, Ledger
from bot.services.approve import OVER, decline, find
from bot.services.halt import halt
from bot.services.links import link_behind, reason_against, ticket_for
from bot.services.passphrases import attempt

TOKEN_BYTES = 32
_PATIENCE = Patience()

_log = structlog.get_logger()


def owners(household: Household) -> tuple[str, ...]:
    """Whose accounts they are, each person once: `self` first where there is such a one, then as they stand there."""
    people = dict.fromkeys(account.owner for account in household.accounts)
    return tuple(sorted(people, key=lambda one: one != "self"))


def deciders(proposal: Proposal, household: Household, *, each_owner: bool) -> tuple[str, ...]:
    """Whose yes a plan needs: every owner whose accounts it touches, or the owner of the household alone.

    That one is `self`; where no account is theirs, the owner of the first account.
    """
    people = owners(household)
    names = {line.account for line in proposal.plan.lines}
    touched = {account.owner for account in household.accounts if account.id in names}
    return tuple(one for one in people if each_owner and one in touched) or people[:1]


def open_links(proposal: Proposal, people: Sequence[str], clock: Clock, gate: Gate) -> Mapping[str, str]:
    """A fresh token for each of those who decide; what leaves here is all there is of it, kept is its SHA-256 alone.

    Links that were opened before for the same plan go on working: a letter may arrive twice.
    """
    tokens = {person: secrets.token_urlsafe(TOKEN_BYTES) for person in people}
    plan, now = proposal.fingerprint, clock.now()
    with gate.at_once():
        gate.name_deciders(plan, tuple(people))
        for person, token in tokens.items():
            link = Link(
                token_sha=token_sha(token), plan=plan, person=person, created_at=now, expires_at=proposal.expires_at
            )
            gate.add(link)
    return tokens


def behind(token: str, clock: Clock, ledger: Ledger, gate: Gate) -> Ticket:
    """What a token points to; changes nothing, however often it is asked.

    Raises:
        NoSuchPlan: for a token that nobody was given.
    """
    link = link_behind(token, gate)
    return ticket_for(link.plan, link.person, clock, ledger, gate)


def say_yes(
    *,
    token: str,
    passphrase: str,
    by: str,
    clock: Clock,
    ledger: Ledger,
    gate: Gate,
    patience: Patience = _PATIENCE,
) -> Ticket:
    """One person's yes, through the door `by`; the last one that is needed approves the plan.

    Link, consent and verdict are written in one step: a crash leaves all of them or none. One passphrase is tried at a
    time, so that no crowd of requests can try more than the patience of the gate allows.

    Raises:
        NoSuchPlan: for a token that nobody was given.
        WrongUse: for a wrong passphrase, none that could be right, a lock, or a plan or link that is over.
    """
    link = link_behind(token, gate)
    with gate.at_once():
        ticket = ticket_for(link.plan, link.person, clock, ledger, gate)
        problem = reason_against(ticket) or attempt(
            ticket.proposal, ticket.person, passphrase, by, clock, ledger, gate, patience
        )
        if problem is None:
            if not gate.use(link.token_sha, link.plan, clock.now()):
                raise WrongUse("This link has been used, or has run out. Nothing was approved.")
            _consent(ticket, by, clock, ledger, gate)
    if problem is not None:
        raise problem
    return ticket_for(link.plan, link.person, clock, ledger, gate)


def say_no(*, token: str, by: str, clock: Clock, ledger: Ledger, gate: Gate, why: str = "") -> Ticket:
    """One person's no, which is enough, and needs no passphrase; also from someone who has said yes before.

    Raises:
        NoSuchPlan: for a token that nobody was given.
        WrongUse: for a plan that does not wait any more.
    """
    link = link_behind(token, gate)
    ticket = ticket_for(link.plan, link.person, clock, ledger, gate)
    decline(plan_id=ticket.proposal.plan_id, by=f"{by}:{link.person}", why=why, clock=clock, ledger=ledger)
    return ticket_for(link.plan, link.person, clock, ledger, gate)


def halt_all(*, token: str, by: str, clock: Clock, ledger: Ledger, gate: Gate, brake: Brake) -> Ticket:
    """Pull the brake and decline every plan that waits; no passphrase, and a used link will do until it runs out.

    Raises:
        NoSuchPlan: for a token that nobody was given.
        WrongUse: for a link that has run out.
        TryLater: when the brake cannot be kept; what waits is declined all the same.
    """
    link = link_behind(token, gate)
    if clock.now() >= link.expires_at:
        raise WrongUse("This link has run out. Nothing was halted.", next_step="rebaloop halt")
    reject_all(by=f"{by}:{link.person}", clock=clock, ledger=ledger, brake=brake)
    return ticket_for(link.plan, link.person, clock, ledger, gate)


def reject_all(*, by: str, clock: Clock, ledger: Ledger, brake: Brake, why: str = "") -> tuple[Proposal, ...]:
    """Pull the brake and decline every plan that waits; those that were declined.

    Raises:
        TryLater: when the brake cannot be kept; what waits is declined all the same.
    """
    declined = []
    try:
        halt(why=why or f"everything was rejected by {by}", by=by, brake=brake)
    finally:
        for proposal, approval in ledger.proposals():
            given = Approval(
                plan=proposal.fingerprint, verdict=Verdict.DECLINED, at=clock.now(), by=by, why=why or "All rejected."
            )
            if approval is None and ledger.decide(given):
                declined.append(proposal)
                _log.info("approval.recorded", plan=proposal.plan_id, verdict=given.verdict.value, by=by)
    return tuple(declined)


def say_yes_here(
    *,
    plan_id: str,
    code: str,
    person: str,
    passphrase: str | None,
    people: Sequence[str],
    by: str,
    clock: Clock,
    ledger: Ledger,
    gate: Gate,
    patience: Patience = _PATIENCE,
) -> Ticket:
    """One person's yes at a terminal, by the plan's code, and by a passphrase unless that is None.

    `people` decide on the plan, where nobody was named for it before.

    Raises:
        NoSuchPlan: for an unknown plan.
        WrongUse: for a wrong code or passphrase, a lock, a person who does not decide, or a plan that is over.
    """
    proposal, _ = find(plan_id, ledger)
    plan = proposal.fingerprint
    with gate.at_once():
        ticket = ticket_for(plan, person, clock, ledger, gate)
        problem = reason_against(ticket) or _by_code(ticket, code, gate.deciders(plan) or tuple(people))
        if problem is None and passphrase is not None:
            problem = attempt(ticket.proposal, ticket.person, passphrase, by, clock, ledger, gate, patience)
        if problem is None:
            gate.name_deciders(plan, tuple(people))
            _consent(ticket, by, clock, ledger, gate)
    if problem is not None:
        raise problem
    return ticket_for(plan, person, clock, ledger, gate)


def _by_code(ticket: Ticket, code: str, people: Sequence[str]) -> WrongUse | None:
    name = ticket.proposal.plan_id
    if ticket.person not in people:
        return WrongUse(f"{ticket.person} does not decide on {name}: that is for {' and '.join(people)}.")
    if hmac.compare_digest(code.strip().upper().encode(), ticket.proposal.code.encode()):
        return None
    return WrongUse(f"That is not the code of {name}. Nothing was approved.", next_step=f"rebaloop approve {name}")


def _consent(ticket: Ticket, by: str, clock: Clock, ledger: Ledger, gate: Gate) -> None:
    """Write down a yes, and the verdict where nobody is missing any more."""
    now, proposal, door = clock.now(), ticket.proposal, f"{by}:{ticket.person}"
    if now >= proposal.expires_at:
        raise WrongUse(OVER[Verdict.EXPIRED].format(proposal.plan_id), next_step="rebaloop run")
    ledger.record(ConsentGiven(at=now, plan=proposal.fingerprint, person=ticket.person, by=door))
    _log.info("approval.consent_given", plan=proposal.plan_id, person=ticket.person, by=by)
    if set(gate.deciders(proposal.fingerprint)) <= {*ticket.said_yes, ticket.person}:
        given = Approval(plan=proposal.fingerprint, verdict=Verdict.APPROVED, at=now, by=door)
        if not ledger.decide(given):
            raise WrongUse(f"Somebody else has decided on {proposal.plan_id} meanwhile. Nothing was changed.")
        _log.info("approval.recorded", plan=proposal.plan_id, verdict=given.verdict.value, by=door)
