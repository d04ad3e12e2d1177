"""Draws the plan from a snapshot, and binds it to the circumstances in which a yes would hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from string import ascii_uppercase

import structlog

from bot.domain.approval import Verdict
from bot.domain.facts import PlanProposed
from bot.domain.household import Household
from bot.domain.plan import Plan, Proposal
from bot.domain.snapshot import Remark, Snapshot
from bot.domain.targets import Policy
from bot.domain.violations import Violation
from bot.engine.loop import draw
from bot.engine.statements import cautious
from bot.engine.tax.naive import with_deferral
from bot.ports import Clock, Ledger, MarketCalendar
from bot.services.largest import too_large
from bot.services.loss_sales import policy_of_all
from bot.services.terms import Terms, code_version, new_york_date

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A plan and the proposal that it became: None without lines, an older one (`is_new` false) where that stands.

    With `refusals` there is none: an account has an open question, or the plan does not fit the owner's limits, and
    nobody is asked to approve it.
    """

    plan: Plan
    proposal: Proposal | None
    is_new: bool = False
    refusals: tuple[Violation, ...] = ()


def propose(
    *,
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    terms: Terms,
    calendar: MarketCalendar,
    clock: Clock,
    ledger: Ledger,
) -> Proposed:
    """Draw the plan; where it has lines and says something new, write it down, which supersedes older plans.

    The same snapshot under the same settings is not proposed again while that plan waits or was approved or declined.
    A plan that is too large for the owner's limits is not written down, and the limits have to be raised first; nor is
    any while a remark on an account stops them.
    """
    rules = cautious(policy_of_all(policy, ledger), snapshot.remarks)
    plan = with_deferral(draw(household, rules, snapshot), household, rules, snapshot)
    log = _log.bind(household=household.id, drift_before=str(plan.drift_before), drift_after=str(plan.drift_after))
    stops = tuple(_stop(remark) for remark in snapshot.remarks if remark.stops)
    if stops:
        log.warning("plan.stopped", why=[stop.code for stop in stops])
        return Proposed(plan=plan, proposal=None, refusals=stops)
    if not plan.lines:
        log.info("plan.nothing_to_do")
        return Proposed(plan=plan, proposal=None)
    now = clock.now()
    standing = _standing(ledger, snapshot, terms, now)
    if standing is not None:
        log.info("plan.stands", plan=standing.plan_id)
        return Proposed(plan=plan, proposal=standing)
    refusals = too_large(plan, snapshot, terms.limits, terms.price_collar_pct)
    if refusals:
        log.warning("plan.too_large", why=[refusal.message for refusal in refusals])
        return Proposed(plan=plan, proposal=None, refusals=refusals)
    proposal = Proposal(
        plan=plan,
        plan_id=next_plan_id(snapshot.as_of_on, (known.plan_id for known, _ in ledger.proposals())),
        environment=terms.environment,
        created_at=now,
        expires_at=expiry(now, terms.expires_sessions, calendar),
        snapshot_fingerprint=snapshot.fingerprint,
        settings_fingerprint=terms.settings_fingerprint,
        code_version=code_version(),
        price_collar_pct=terms.price_collar_pct,
    )
    ledger.record(PlanProposed(at=now, proposal=proposal))
    log.info("plan.proposed", plan=proposal.plan_id, lines=len(plan.lines), environment=terms.environment.value)
    return Proposed(plan=plan, proposal=proposal, is_new=True)


def _stop(remark: Remark) -> Violation:
    return Violation(code=remark.code, message=f"{remark.message} {remark.mend[:1].upper()}{remark.mend[1:]}.")


def _standing(ledger: Ledger, snapshot: Snapshot, terms: Terms, now: datetime) -> Proposal | None:
    """The newest proposal, if it was drawn in the same circumstances and has neither run out nor been put aside."""
    newest = next(iter(reversed(ledger.proposals())), None)
    if newest is None:
        return None
    proposal, approval = newest
    binds = (snapshot.fingerprint, terms.settings_fingerprint, terms.environment, code_version())
    bound = (
        proposal.snapshot_fingerprint,
        proposal.settings_fingerprint,
        proposal.environment,
        proposal.code_version,
    )
    spoken = approval is None or approval.verdict in {Verdict.APPROVED, Verdict.DECLINED}
    return proposal if binds == bound and spoken and now < proposal.expires_at else None


def next_plan_id(on: date, known: Iterable[str]) -> str:
    """`P-YYYY-MM-DD-A`, or the letter after the last one of that day; AA follows Z."""
    stem = f"P-{on.isoformat()}-"
    taken = {plan_id.removeprefix(stem) for plan_id in known if plan_id.startswith(stem)}
    return stem + _letters(max((_ordinal(letters) for letters in taken), default=0) + 1)


def _letters(ordinal: int) -> str:
    text = ""
    while ordinal:
        ordinal, index = divmod(ordinal - 1, len(ascii_uppercase))
        text = ascii_uppercase[index] + text
    return text


def _ordinal(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * len(ascii_uppercase) + ascii_uppercase.index(letter) + 1
    return total


def expiry(now: datetime, sessions: int, calendar: MarketCalendar) -> datetime:
    """The close of the n-th trading session that is not over yet."""
    session = calendar.session(new_york_date(now))
    if session is None or session.closes_at <= now:
        session = calendar.next_session(new_york_date(now))
    for _ in range(sessions - 1):
        session = calendar.next_session(session.on)
    return session.closes_at
