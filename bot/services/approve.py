"""Records what a person, or the clock, says of a proposal."""

from __future__ import annotations

import secrets

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import NoSuchPlan, WrongUse
from bot.domain.facts import LegTicked
from bot.domain.plan import Environment, Proposal
from bot.ports import Clock, Ledger

_log = structlog.get_logger()

OVER = {
    Verdict.APPROVED: "{} is approved already; nothing more is needed.",
    Verdict.DECLINED: "{} was declined.",
    Verdict.EXPIRED: "{} has expired: its prices are too old to agree to.",
    Verdict.SUPERSEDED: "A newer plan has taken the place of {}.",
    Verdict.VOIDED: "{} was voided: the circumstances in which it was drawn have changed.",
}


def approve(*, plan_id: str, code: str, by: str, clock: Clock, ledger: Ledger) -> Approval:
    """Say yes to exactly this proposal; `code` is what the person typed, `by` the door it came through.

    Raises:
        NoSuchPlan: for an unknown name.
        WrongUse: for a plan of a dry run, one that no longer waits, or a wrong code.
    """
    proposal = _waiting(plan_id, clock, ledger)
    if proposal.environment is Environment.DRY_RUN:
        raise WrongUse(
            f"{proposal.plan_id} was drawn in dry run: it will not be sent, so there is nothing to approve.",
            next_step="set `mode: paper` and draw a new plan with `rebaloop run`",
        )
    if not secrets.compare_digest(code.strip().upper().encode(), proposal.code.encode()):
        raise WrongUse(
            f"That is not the code of {proposal.plan_id}. Nothing was approved.",
            next_step=f"rebaloop approve {proposal.plan_id}",
        )
    return _record(proposal, Verdict.APPROVED, by, "", clock, ledger)


def decline(*, plan_id: str, by: str, why: str, clock: Clock, ledger: Ledger) -> Approval:
    """Say no; the same circumstances are not proposed again.

    Raises:
        NoSuchPlan: for an unknown name.
        WrongUse: for a plan that no longer waits.
    """
    return _record(_waiting(plan_id, clock, ledger), Verdict.DECLINED, by, why, clock, ledger)


def tick(*, plan_id: str, line: int, clock: Clock, ledger: Ledger) -> LegTicked:
    """Note that a person has carried out a manual line; a second time changes nothing.

    Raises:
        NoSuchPlan: for an unknown name.
        WrongUse: for a line that is not there or not for hands, or a plan that no longer holds.
    """
    proposal, approval = find(plan_id, ledger)
    if approval is not None and approval.verdict is not Verdict.APPROVED:
        raise WrongUse(OVER[approval.verdict].format(proposal.plan_id))
    by_hand = [one.number for one in proposal.plan.lines if not one.automatic]
    if line not in by_hand:
        legs = ", ".join(map(str, by_hand)) or "none"
        raise WrongUse(f"Line {line} of {proposal.plan_id} is not one for your hands (those are: {legs}).")
    for fact in ledger.facts(plan=proposal.fingerprint):
        if isinstance(fact, LegTicked) and fact.line == line:
            return fact
    ticked = LegTicked(at=clock.now(), plan=proposal.fingerprint, line=line)
    ledger.record(ticked)
    _log.info("approval.leg_ticked", plan=proposal.plan_id, line=line)
    return ticked


def expire(*, clock: Clock, ledger: Ledger) -> tuple[Approval, ...]:
    """Close every proposal that waited for a verdict past its time."""
    now = clock.now()
    return tuple(
        _record(proposal, Verdict.EXPIRED, "clock", "Nobody answered in time.", clock, ledger)
        for proposal, approval in ledger.proposals()
        if approval is None and now >= proposal.expires_at
    )


def find(plan_id: str, ledger: Ledger) -> tuple[Proposal, Approval | None]:
    """The proposal of this name with its verdict; NoSuchPlan where there is none."""
    wanted = plan_id.strip().upper()
    for proposal, approval in ledger.proposals():
        if proposal.plan_id == wanted:
            return proposal, approval
    waiting = ", ".join(proposal.plan_id for proposal, approval in ledger.proposals() if approval is None)
    raise NoSuchPlan(f"There is no plan {wanted}.", next_step=f"waiting: {waiting or 'none'}")


def _waiting(plan_id: str, clock: Clock, ledger: Ledger) -> Proposal:
    proposal, approval = find(plan_id, ledger)
    if approval is not None:
        raise WrongUse(OVER[approval.verdict].format(proposal.plan_id))
    if clock.now() >= proposal.expires_at:
        raise WrongUse(OVER[Verdict.EXPIRED].format(proposal.plan_id), next_step="rebaloop run")
    return proposal


def _record(proposal: Proposal, verdict: Verdict, by: str, why: str, clock: Clock, ledger: Ledger) -> Approval:
    approval = Approval(plan=proposal.fingerprint, verdict=verdict, at=clock.now(), by=by, why=why)
    if not ledger.decide(approval):
        raise WrongUse(f"Somebody else has decided on {proposal.plan_id} meanwhile. Nothing was changed.")
    _log.info("approval.recorded", plan=proposal.plan_id, verdict=verdict.value, by=by)
    return approval
