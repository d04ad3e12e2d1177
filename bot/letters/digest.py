"""Once a month, when there was little to write about: what the household looks like and what was done for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.domain.plan import Environment, Plan
from bot.letters.drift import drift_rows
from bot.letters.notice import Notice, Part, Standing, Tone, notice_letter
from bot.letters.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month in numbers; `first_on` is its first day, `deferred` the tax that its plans put off.

    `waiting` names plans without an answer, `remarks` say what wants mending, `ahead` what comes next.
    """

    first_on: date
    looks: int
    plans: int
    orders: int
    realized_gain: Usd
    deferred: Usd
    waiting: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()


def digest_title(first_on: date) -> str:
    """The title by which a digest is known again."""
    return f"Your household in {first_on:%B %Y}"


def digest_letter(month: Month, plan: Plan, environment: Environment) -> Letter:
    """The month, with the pie as a plan of today sees it."""
    quiet = not month.remarks and not month.waiting
    return notice_letter(
        Notice(
            environment=environment,
            title=digest_title(month.first_on),
            tone=Tone.CALM if quiet else Tone.OPEN,
            lead=(
                f"The pie is worth {plan.pie}; its drift is {plan.drift_before}.",
                f"Looked at {_times(month.looks)}; {count(month.plans, 'plan')}, {count(month.orders, 'fill')}.",
                f"Gains realised: {month.realized_gain}. Tax put off: {month.deferred}.",
                "Nothing needs you." if quiet else "",
            ),
            parts=(
                Part(title="Waits for your answer:", entries=month.waiting, tone=Tone.OPEN),
                Part(title="Wants mending:", entries=month.remarks, tone=Tone.OPEN),
                Part(title="Next:", entries=month.ahead),
            ),
            standing=_standing(plan),
            closing=(_doing(plan.lines),),
        )
    )


def _standing(plan: Plan) -> Standing:
    return Standing(rows=drift_rows(plan), before=str(plan.drift_before), after=str(plan.drift_after))


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _doing(lines: Sequence[object]) -> str:
    return f"A plan of today would have {count(len(lines), 'order')}." if lines else "There is nothing to do today."
