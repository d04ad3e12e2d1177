"""Where a kept plan stands: what was said of it, what its owner still has to do, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cli.view import waiting_line, whole
from bot.domain.approval import Verdict
from bot.domain.plan import PlanLine, Proposal
from bot.ports import Ledger
from bot.services.approve import find
from bot.services.preconditions import ticked_legs


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A plan with its verdict (None while it waits for one); `by_hand` are the approved lines not ticked off yet."""

    proposal: Proposal
    verdict: Verdict | None
    by_hand: tuple[PlanLine, ...]
    begun: bool

    @property
    def waits(self) -> bool:
        """Whether its owner's word or hands are wanted."""
        return self.verdict is None or bool(self.by_hand)

    @property
    def words(self) -> str:
        """What its owner does next."""
        name = self.proposal.plan_id
        if self.verdict is None:
            return waiting_line(self.proposal)
        if self.by_hand:
            return check_list(self.proposal, self.by_hand)
        if self.verdict is Verdict.DECLINED:
            return f"You said no to {name}, and nothing has changed since. Nothing was sent."
        if not any(line.automatic for line in self.proposal.plan.lines):
            return f"You have ticked off all of {name}.\nnext: put the new holdings into the statement file"
        if self.begun:
            return f"{name} was carried out as far as it went; it is not sent again.\nnext: rebaloop history"
        return f"{name} is approved. Nothing was sent yet.\nnext: rebaloop run"


def standing(proposal: Proposal, ledger: Ledger) -> Standing:
    """Where this proposal stands by the books."""
    _, approval = find(proposal.plan_id, ledger)
    verdict = approval.verdict if approval else None
    return Standing(
        proposal=proposal,
        verdict=verdict,
        by_hand=open_by_hand(proposal, ledger) if verdict is Verdict.APPROVED else (),
        begun=bool(ledger.orders(plan=proposal.fingerprint)),
    )


def open_by_hand(proposal: Proposal, ledger: Ledger) -> tuple[PlanLine, ...]:
    """The lines that a person carries out and has not ticked off."""
    ticked = ticked_legs(proposal, ledger)
    return tuple(line for line in proposal.plan.lines if not line.automatic and line.number not in ticked)


def check_list(proposal: Proposal, lines: tuple[PlanLine, ...]) -> str:
    """Orders for a person's own hands, and how to say that they are done."""
    boxes = [
        f"  [ ] {line.number}. {line.account}: {line.side.value.upper()} {line.quantity} {line.symbol}, "
        f"about {whole(line.usd)}"
        for line in lines
    ]
    numbers = " ".join(str(line.number) for line in lines)
    return "\n".join(
        [f"{proposal.plan_id} waits for your own hands:", *boxes, f"next: rebaloop tick {proposal.plan_id} {numbers}"]
    )
