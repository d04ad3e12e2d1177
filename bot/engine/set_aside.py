"""What an account's cash is kept for: its buffer and its earmarks, in whole cents outside the pie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.household import Account, Earmark, Household
from bot.domain.targets import Policy
from bot.engine.open_orders import Projection


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """The cents of one account that lie outside the pie.

    `owed`: earmarks that fall due soon in a shelter; they leave the pie whether they are there yet or not, and sales
    raise what is missing. `kept`: buffer and other earmarks as far as settled cash fills them. `wanted`: all of those
    other earmarks, which new cash fills before any of it is invested.
    """

    owed: int
    kept: int
    wanted: int


def set_aside(
    household: Household, policy: Policy, on: date, account: Account, projection: Projection, sellable: int
) -> Aside:
    """What this account keeps back; `sellable` are the cents that sales could raise there.

    No more is owed than the account can ever raise, and in a taxable account nothing is: there nothing is sold for it.
    """
    soon, later = due_amounts(household, policy, on, account)
    raised = account.managed and account.kind.sheltered
    most = projection.settled + max(0, projection.unsettled) + sellable
    owed = max(0, min(soon, most)) if raised else 0
    wanted = later if raised else soon + later
    kept = max(0, min(account.cash_buffer.cents + wanted, projection.settled - owed))
    return Aside(owed=owed, kept=kept, wanted=wanted)


def due_amounts(household: Household, policy: Policy, on: date, account: Account) -> tuple[int, int]:
    """The cents that this account's earmarks need soon, and those of the others."""
    mine = household.earmarks_of(account.id)
    soon = sum(earmark.amount.cents for earmark in mine if is_due_soon(policy, earmark, on))
    return soon, sum(earmark.amount.cents for earmark in mine) - soon


def is_due_soon(policy: Policy, earmark: Earmark, on: date) -> bool:
    """Whether it falls due within the lead time, or did so already."""
    return earmark.due_on is not None and earmark.due_on - on <= timedelta(days=policy.earmark_lead_days)
