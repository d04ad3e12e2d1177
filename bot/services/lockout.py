"""How many wrong passphrases are borne: counted from the books, so that no restart forgets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import WrongUse
from bot.domain.facts import ConsentGiven, GateLocked, PassphraseRefused, PassphraseSet
from bot.domain.gate import Lockout, Patience
from bot.domain.plan import Proposal
from bot.ports import Clock, Ledger

EVERYBODY = ""
_TICK = timedelta(microseconds=1)

_log = structlog.get_logger()


def moment(clock: Clock, ledger: Ledger) -> datetime:
    """Now, but always later than anything the gate has written down: a clock that is set back unlocks nothing."""
    kinds = (PassphraseRefused, GateLocked, PassphraseSet)
    written = [fact.at for kind in kinds for fact in _newest(ledger, kind)]
    return max([clock.now(), *(at + _TICK for at in written)])


def lockout(person: str, clock: Clock, ledger: Ledger) -> Lockout | None:
    """The lock that keeps this person from trying a passphrase; None where they may."""
    now, chosen_at = moment(clock, ledger), _chosen_at(person, ledger)
    for lock in ledger.latest(GateLocked):
        if lock.until <= now or (chosen_at is not None and lock.at < chosen_at):
            return None
        if lock.person in {person, EVERYBODY}:
            return Lockout(person=lock.person, wrong=lock.wrong, until=lock.until)
    return None


def refuse(proposal: Proposal | None, person: str, by: str, clock: Clock, ledger: Ledger, patience: Patience) -> None:
    """Write down a wrong passphrase, typed for a plan or for none, and what follows: a lock, or the end of the plan."""
    plan = proposal.fingerprint if proposal else ""
    ledger.record(PassphraseRefused(at=moment(clock, ledger), plan=plan, person=person, by=f"{by}:{person}"))
    _log.warning("approval.passphrase_refused", plan=proposal.plan_id if proposal else None, person=person, by=by)
    if proposal is not None:
        _void_after_many(proposal, clock, ledger, patience)
    if _in_a_row(person, ledger, patience) >= patience.for_person:
        _lock(person, patience.for_person, clock, ledger, patience)
    if _lately(ledger, patience) >= patience.over_all:
        _lock(EVERYBODY, patience.over_all, clock, ledger, patience)


def _void_after_many(proposal: Proposal, clock: Clock, ledger: Ledger, patience: Patience) -> None:
    plan = proposal.fingerprint
    wrong = sum(isinstance(fact, PassphraseRefused) for fact in ledger.facts(plan=plan))
    if wrong >= patience.for_plan:
        why = f"{wrong} wrong passphrases were typed for it."
        ledger.decide(Approval(plan=plan, verdict=Verdict.VOIDED, at=clock.now(), by="gate", why=why))
        _log.warning("approval.recorded", plan=proposal.plan_id, verdict=Verdict.VOIDED.value, by="gate")


def too_many() -> WrongUse:
    """What whoever is locked out is told."""
    return WrongUse("Too many wrong passphrases were typed: wait a quarter of an hour. Nothing was approved.")


def _lock(person: str, wrong: int, clock: Clock, ledger: Ledger, patience: Patience) -> None:
    now = moment(clock, ledger)
    ledger.record(GateLocked(at=now, person=person, wrong=wrong, until=now + patience.locked_for))
    _log.warning("approval.locked", person=person or "everybody", wrong=wrong)


def _in_a_row(person: str, ledger: Ledger, patience: Patience) -> int:
    """How often this person's passphrase was wrong since it was last right, chosen, or locked."""
    right = next((fact.at for fact in ledger.latest(ConsentGiven) if fact.person == person), None)
    starts = [at for at in (right, _locked_at(person, ledger), _chosen_at(person, ledger)) if at is not None]
    return sum(fact.person == person for fact in _since(ledger, patience.forgotten_after, starts))


def _lately(ledger: Ledger, patience: Patience) -> int:
    """How many wrong passphrases there were in the last minute, whoever's, since all were locked the last time."""
    starts = [at for at in (_locked_at(EVERYBODY, ledger),) if at is not None]
    return len(_since(ledger, patience.within, starts))


def _since(ledger: Ledger, span: timedelta, starts: Sequence[datetime]) -> list[PassphraseRefused]:
    """The wrong passphrases of a span that ends with the newest, after all of the starts."""
    found: list[PassphraseRefused] = []
    for fact in ledger.latest(PassphraseRefused):
        newest = found[0].at if found else fact.at
        if fact.at <= max([newest - span, *starts]):
            break
        found.append(fact)
    return found


def _locked_at(person: str, ledger: Ledger) -> datetime | None:
    return next((fact.at for fact in ledger.latest(GateLocked) if fact.person == person), None)


def _chosen_at(person: str, ledger: Ledger) -> datetime | None:
    return next((fact.at for fact in ledger.latest(PassphraseSet) if fact.person == person), None)


def _newest(
    ledger: Ledger, kind: type[PassphraseRefused | GateLocked | PassphraseSet]
) -> list[PassphraseRefused | GateLocked | PassphraseSet]:
    return [fact for fact, _ in zip(ledger.latest(kind), range(1), strict=False)]
