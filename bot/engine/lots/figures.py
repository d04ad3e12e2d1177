"""What an entry of an account's history says in figures: cost, proceeds, and the fraction that a split paid out."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from bot.domain.money import SHARE_STEP
from bot.domain.readings import Activity

_PRICED = Decimal("0.0001")  # as fine as cents can tell a fraction of a share
_MOST_FOR_ONE = 1000  # no split was ever rougher


def cost_of(one: Activity) -> int | None:
    """What a purchase cost in cents, commissions included (Treas. Reg. 1.1012-1(a)); None where nobody says."""
    if one.net.cents < 0:
        return -one.net.cents
    return None if one.price is None else _cents(one.quantity.count, one.price)


def proceeds_of(one: Activity) -> int:
    """What a sale brought in cents, after commissions."""
    if one.net.cents > 0 or one.price is None:
        return max(0, one.net.cents)
    return _cents(one.quantity.count, one.price)


def _cents(shares: Decimal, price: Decimal) -> int:
    return round(shares * price * 100)


def fraction_paid(one: Activity, before: Decimal, after: Decimal) -> Decimal:
    """The fraction of a share that a split paid out in cash: what its price tells, else what the simplest ratio leaves.

    105 shares that become 10 were split 1 for 10, and half a share was paid out.
    """
    if one.net.cents <= 0:
        return Decimal(0)
    if one.price and one.net.dollars < one.price:
        return (one.net.dollars / one.price).quantize(_PRICED)
    for old in range(1, _MOST_FOR_ONE):
        new = (after * old / before).to_integral_value(ROUND_CEILING)
        if new * before < (after + 1) * old:
            return (new * before / old - after).quantize(SHARE_STEP)
    return Decimal(0)
