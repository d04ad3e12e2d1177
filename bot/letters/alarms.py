"""Letters about whatever needs a person: an account, a limit, a failed run, money that is missing or too much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.domain.errors import FixTheFile, LogIn, NotAllowed, RebaloopError, Reconcile, TryLater
from bot.domain.household import Household
from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import Environment, Plan, Proposal
from bot.domain.snapshot import Remark
from bot.letters.drift import drift_rows
from bot.letters.notice import Notice, Part, Standing, Tone, notice_letter
from bot.letters.sheet import by_hand, orders_of, why
from bot.letters.words import count, fate, moment

_REMARKS = {
    "login_ends": "A login is about to end",
    "reinvestment_on": "Dividends of {symbol} reinvest themselves in {account}",
    "lots_mismatch": "The lots of {symbol} in {account} do not agree with its keeper",
    "lots_unknown": "The cost of {symbol} in {account} is not known",
    "ticked_differs": "{symbol} in {account} is not what you ticked off",
}
_TROUBLES: dict[type[RebaloopError], str] = {
    LogIn: "A broker wants you to log in",
    TryLater: "A run could not finish",
    Reconcile: "Books and broker need your eye",
    NotAllowed: "A run was not allowed",
    FixTheFile: "A file needs mending",
}


def held_letter(
    *, plan: Plan, household: Household, environment: Environment, refusals: Sequence[str], by_limits: bool
) -> Letter:
    """A plan that cannot be approved as it is: the owner's limit or the open question that stops it, and what it is."""
    advice = "The limits stand under `limits:` in your settings; a run after a change there draws the plan again."
    return notice_letter(
        Notice(
            environment=environment,
            title="A plan does not fit your limits" if by_limits else "An account needs your eye",
            tone=Tone.ALARM,
            parts=(Part(title="Nothing can be approved, because:", entries=tuple(refusals), tone=Tone.ALARM),),
            standing=Standing(rows=drift_rows(plan), before=str(plan.drift_before), after=str(plan.drift_after)),
            orders=orders_of(plan, household),
            closing=(why(plan), advice if by_limits else ""),
        )
    )


def remark_letter(remark: Remark, environment: Environment) -> Letter:
    """Something about an account that its owner should mend, and how."""
    title = _REMARKS.get(remark.code, "{account} needs your eye")
    return notice_letter(
        Notice(
            environment=environment,
            title=title.format(account=remark.account, symbol=remark.symbol),
            tone=Tone.OPEN,
            lead=(remark.message,),
            commands=(remark.mend,) if remark.mend else (),
        )
    )


def trouble_letter(problem: Exception, environment: Environment) -> Letter:
    """A run that failed: what happened, that nothing more was sent, and what helps.

    Of an error that nobody foresaw only its kind is told: its text may hold anything.
    """
    title, message, step = "A run failed", f"This should not have happened ({type(problem).__name__}).", ""
    if isinstance(problem, RebaloopError):
        kinds = (words for kind, words in _TROUBLES.items() if isinstance(problem, kind))
        title, message, step = next(kinds, title), problem.message, problem.next_step
    later = isinstance(problem, TryLater)
    patience = "The next run tries again. There is nothing for you to do, unless this letter comes every day."
    return notice_letter(
        Notice(
            environment=environment,
            title=title,
            cause=message.partition(". ")[0].rstrip("."),
            tone=Tone.OPEN if later else Tone.ALARM,
            lead=(
                message,
                "The run ended there: nothing was planned from a part of the accounts, and nothing more was sent.",
                patience if later else "",
            ),
            commands=(step or "rebaloop run",) if not later else (),
        )
    )


def unknown_order_letter(orders: Sequence[OrderRecord], environment: Environment) -> Letter:
    """Orders whose fate nobody knows after their session: until it is known nothing new is planned."""
    return notice_letter(
        Notice(
            environment=environment,
            title=f"Nobody knows what became of {count(len(orders), 'order')}",
            tone=Tone.ALARM,
            lead=("No plan is drawn before this is known, because what is held cannot be relied on.",),
            parts=(Part(title="Look at the broker's own pages for:", entries=tuple(fate(one) for one in orders)),),
            closing=("Nothing is sent a second time. Each run looks again.",),
            commands=("rebaloop run",),
        )
    )


def frozen_letter(messages: Sequence[str], environment: Environment) -> Letter:
    """Funds that are not traded while their price or count looks as after a split; a sentence for each."""
    return notice_letter(
        Notice(
            environment=environment,
            title="A fund is frozen",
            cause=messages[0].partition(",")[0],
            tone=Tone.ALARM,
            parts=(Part(title="Not bought and not sold for now, because:", entries=tuple(messages), tone=Tone.ALARM),),
            closing=(
                "After a split, prices and counts agree again by themselves within a day or two.",
                "If they do not, look at the account at the broker.",
            ),
            commands=("rebaloop status",),
        )
    )


def reminder_letter(proposal: Proposal, household: Household, ticked: Sequence[int] = ()) -> Letter:
    """Once, while orders for a person's own hands are not ticked off; later they fold into the next plan."""
    left = by_hand(proposal, household, ticked)
    number = sum(len(one.orders) for one in left)
    return notice_letter(
        Notice(
            environment=proposal.environment,
            title=f"{count(number, 'order')} still for your own hands",
            plan_id=proposal.plan_id,
            tone=Tone.OPEN,
            lead=("If they are done, say so; orders that wait for them then go out.",),
            by_hand=left,
            closing=(
                f"The approval holds until {moment(proposal.expires_at)}.",
                "What is not done by then is part of the next plan. There is no other reminder.",
            ),
        )
    )


def deposit_missing_letter(
    *, account: str, due_on: date, amount: Usd | None, environment: Environment, waited: str = ""
) -> Letter:
    """A payday's money did not come; `amount` None where any deposit would have done, `waited` says until when."""
    what = f"The deposit of {amount}" if amount else "The deposit"
    return notice_letter(
        Notice(
            environment=environment,
            title=f"A deposit has not come: {account}, {due_on}",
            tone=Tone.OPEN,
            lead=(
                f"{what} that was due in {account} on {due_on} is not there{f', {waited}' if waited else ''}.",
                "Nothing is planned for it any more. If it comes later, a run finds it and invests it.",
            ),
            commands=("rebaloop status",),
        )
    )


def deposit_unusual_letter(
    *, account: str, amount: Usd, usual: Usd, environment: Environment, commands: Sequence[str] = ()
) -> Letter:
    """Far more money came than usual: it is held, with a question, until its owner answers."""
    return notice_letter(
        Notice(
            environment=environment,
            title=f"Is this deposit meant to be invested? {amount} in {account}",
            tone=Tone.OPEN,
            lead=(
                f"{amount} came into {account}; {usual} is usual there.",
                "It may be meant for something else, so it is held and no plan spends it.",
                "If it is to be invested, say so. If it is not, set it aside under `earmarks:` in your settings.",
            ),
            commands=tuple(commands),
        )
    )


def nobody_approved_letter(proposal: Proposal, household: Household) -> Letter:
    """A plan ran out without an answer: nothing was sent, and what it would have done."""
    plan = proposal.plan
    return notice_letter(
        Notice(
            environment=proposal.environment,
            title="Nobody approved a plan in time, and nothing was sent",
            plan_id=proposal.plan_id,
            tone=Tone.OPEN,
            lead=(
                why(plan),
                f"It ran out on {moment(proposal.expires_at)}. The next run draws a new plan from what is held then.",
            ),
            standing=Standing(rows=drift_rows(plan), before=str(plan.drift_before), after=str(plan.drift_after)),
            orders=orders_of(plan, household),
            by_hand=by_hand(proposal, household),
            commands=("rebaloop run",),
        )
    )
