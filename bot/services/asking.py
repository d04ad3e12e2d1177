"""Asks those who decide on a plan, with a link for each; or nobody, where its owner wants it so."""

from __future__ import annotations

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import WrongUse
from bot.domain.letter import LetterLink
from bot.domain.plan import Environment, Proposal
from bot.services.gate import deciders, open_links
from bot.services.house import House

PATH = "/a/"  # what stands between the page's address and a token
AUTOMATIC = "automatic"

_log = structlog.get_logger()


def ask(house: House, proposal: Proposal) -> tuple[LetterLink, ...]:
    """Lay down whose yes the plan needs; a fresh link for each of them, none where there is no page or nothing to say.

    Raises:
        TryLater: when the books cannot be written.
    """
    if house.gate is None or proposal.environment is Environment.DRY_RUN:
        return ()
    people = deciders(proposal, house.household, each_owner=house.terms.each_owner)
    if house.terms.each_owner:
        house.gate.name_deciders(proposal.fingerprint, people)
    if not house.page_url:
        return ()
    tokens = open_links(proposal, people, house.clock, house.gate)
    return tuple(LetterLink(person=one, url=f"{house.page_url}{PATH}{token}") for one, token in tokens.items())


def goes_unasked(house: House, proposal: Proposal) -> bool:
    """Whether a plan that waits is approved without asking: in paper mode alone, where the owner has said so.

    What is larger than the owner's limits never becomes a proposal; of what others were asked they decide.
    """
    paper = {house.terms.environment, proposal.environment} == {Environment.PAPER}
    if not paper or not house.terms.automatic or (house.gate and house.gate.deciders(proposal.fingerprint)):
        return False
    return any(known == proposal and given is None for known, given in house.ledger.proposals())


def approve_unasked(house: House, proposal: Proposal) -> None:
    """Approve a plan without asking, and write down that it was so.

    Raises:
        WrongUse: when somebody has decided on it meanwhile.
    """
    why = "Your settings approve in paper mode without asking."
    given = Approval(plan=proposal.fingerprint, verdict=Verdict.APPROVED, at=house.clock.now(), by=AUTOMATIC, why=why)
    if not goes_unasked(house, proposal) or not house.ledger.decide(given):
        raise WrongUse(f"{proposal.plan_id} does not wait any more. Nothing was approved.")
    _log.info("approval.recorded", plan=proposal.plan_id, verdict=given.verdict.value, by=AUTOMATIC)
