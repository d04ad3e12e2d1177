"""Tells of a plan that ran out because nobody answered: once, and also where a crash kept the word back."""

from __future__ import annotations

from bot.domain.approval import Verdict
from bot.domain.facts import PlanDecided, ReportSent
from bot.domain.plan import Environment
from bot.letters.alarms import nobody_approved_letter
from bot.services.house import House
from bot.services.report import write


def tell_of_silence(house: House) -> None:
    """A letter where the newest plan has run out without an answer; a dry run asks for none."""
    newest = next(iter(reversed(house.ledger.proposals())), None)
    if newest is None or newest[1] is None or newest[1].verdict is not Verdict.EXPIRED:
        return
    proposal = newest[0]
    told = True
    for fact in house.ledger.facts(plan=proposal.fingerprint):
        told = (told and not isinstance(fact, PlanDecided)) or isinstance(fact, ReportSent)
    if not told and proposal.environment is not Environment.DRY_RUN:
        letter = nobody_approved_letter(proposal, house.household)
        write(letter=letter, plan=proposal.fingerprint, clock=house.clock, ledger=house.ledger, postbox=house.postbox)
