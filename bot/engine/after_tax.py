"""After-tax dollars: what a real cent counts in the pie where income tax is still to come, and the way back.

Both ways are rounded against the account: what it has is rounded down, what it spends or owes is rounded up. So no sum
that fits in counted cents overdraws an account in real ones, and an order's counted cents follow from its real ones.
"""

from __future__ import annotations

from decimal import Decimal

from bot.domain.household import Household
from bot.domain.plan import Note
from bot.domain.snapshot import Side
from bot.domain.targets import Policy


def at_most(cents: int, weight: Decimal) -> int:
    """What real cents count, rounded down."""
    part, whole = weight.as_integer_ratio()
    return cents * part // whole


def at_least(cents: int, weight: Decimal) -> int:
    """What real cents count, rounded up."""
    return -at_most(-cents, weight)


def real(side: Side, counted: int, weight: Decimal) -> int:
    """The real cents of an order that moves so many counted ones: a sale raises no less, a purchase costs no more."""
    part, whole = weight.as_integer_ratio()
    return counted * whole // part if side is Side.BUY else -(-counted * whole // part)


def of_order(side: Side, cents: int, weight: Decimal) -> int:
    """What an order of so many real cents counts; undoes `real`, since a weight is at most 1."""
    return at_least(cents, weight) if side is Side.BUY else at_most(cents, weight)


def notes(household: Household, policy: Policy) -> list[Note]:
    """That goals, classes and drift are after-tax dollars, with the weights; none where all dollars count alike."""
    kinds = {account.kind: policy.weight(account.kind) for account in household.accounts}
    told = [
        f"a dollar in {kind} counts {weight.normalize():f}" for kind, weight in sorted(kinds.items()) if weight != 1
    ]
    if not told:
        return []
    text = f"Goals, classes and drift are in after-tax dollars: {', '.join(told)}. Orders are in real dollars."
    return [Note(code="after_tax_weights", message=text)]
