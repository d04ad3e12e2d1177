"""The receipt: what became of an approved plan, what went wrong or is open first, then what was filled."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from bot.domain.facts import Break
from bot.domain.household import Household
from bot.domain.letter import Letter
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Proposal
from bot.letters.notice import Notice, Part, Tone, notice_letter
from bot.letters.sheet import by_hand
from bot.letters.words import count, fate


def receipt_letter(
    *,
    proposal: Proposal,
    household: Household,
    orders: Sequence[OrderRecord],
    notes: Mapping[int, str],
    refusals: Sequence[str],
    breaks: Sequence[Break],
    ticked: Container[int] = (),
    gains: Sequence[str] = (),
) -> Letter:
    """What became of an approved plan.

    `notes` say by a line's number why it was not sent, or was made smaller; `refusals` why nothing could be sent;
    `ticked` are the manual lines that its owner has carried out; `gains` are loss sales that realised one.
    """
    filled = [order for order in orders if order.state is OrderState.FILLED]
    odd = sorted((one for one in orders if one.state is not OrderState.FILLED), key=_urgency)
    left_out = tuple(f"line {number}: {note}" for number, note in sorted(notes.items()) if note)
    parts = (
        Part(
            title="The broker holds something else than the books expect:",
            entries=tuple(one.message for one in breaks),
            tone=Tone.ALARM,
        ),
        Part(title="Sold at a gain, against the plan:", entries=tuple(gains), tone=Tone.ALARM),
        Part(title="Nothing more was sent, because:", entries=tuple(refusals), tone=Tone.ALARM),
        Part(title="Needs your eye:", entries=tuple(fate(order) for order in odd), tone=Tone.OPEN),
        Part(title="Changed or left out:", entries=left_out, tone=Tone.OPEN),
        Part(title="Filled:", entries=tuple(fate(order) for order in filled)),
    )
    return notice_letter(
        Notice(
            environment=proposal.environment,
            title=_title(proposal, len(filled), breaks, refusals),
            plan_id=proposal.plan_id,
            tone=Tone.ALARM if breaks or gains or refusals else Tone.OPEN if odd else Tone.CALM,
            parts=parts,
            by_hand=by_hand(proposal, household, ticked),
            closing=_closing(breaks, refusals, odd) if orders or refusals else ("Nothing was sent by rebaloop.",),
            commands=("rebaloop resume",) if breaks else (),
        )
    )


def _urgency(order: OrderRecord) -> int:
    """What was filled in part or rejected comes first, then what nobody knows, then the rest."""
    first = {OrderState.PARTIAL: 0, OrderState.REJECTED: 0, OrderState.HUMAN: 1, OrderState.UNKNOWN: 1}
    return 0 if order.filled else first.get(order.state, 2)


def _title(proposal: Proposal, filled: int, breaks: Sequence[Break], refusals: Sequence[str]) -> str:
    wanted = [line for line in proposal.plan.lines if line.automatic]
    alarm = "BOOKS DISAGREE, " if breaks else ""
    done = f"{filled} of {count(len(wanted), 'order')} filled" if wanted else "Only orders for your own hands"
    return f"{alarm}{'Not carried out' if refusals else done}"


def _closing(breaks: Sequence[Break], refusals: Sequence[str], odd: Sequence[OrderRecord]) -> tuple[str, ...]:
    if breaks:
        return (
            "Nothing was corrected, and nothing is sent any more.",
            "Compare the accounts with the broker's own pages, and then let it go on:",
        )
    if refusals or odd:
        return ("What was not done is left to the next plan, which starts from what is really held.",)
    return ("Books and broker agree to the cent and to the share.",)
