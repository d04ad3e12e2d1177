"""The whole numbers of the long view: cents, millionths of a share, and millionths of a dollar a share."""

from __future__ import annotations

START = 100 * 10**6  # every price at the beginning, in millionths of a dollar
UNIT = 10**10  # shares times price, for one cent
PPM = 10**6  # parts of a share or a weight
BP = 10_000  # rates of tax are basis points


def cents_of(shares: int, price: int) -> int:
    """What so many millionths of a share are worth, in whole cents; rounded down."""
    return shares * price // UNIT


def shares_for(cents: int, price: int) -> int:
    """How many millionths of a share so many cents buy; rounded down."""
    return cents * UNIT // price


def rounded(amount: int, rate_bp: int) -> int:
    """A rate in basis points of an amount in cents, to the nearest cent; of a negative amount the opposite."""
    if amount < 0:
        return -rounded(-amount, rate_bp)
    return (amount * rate_bp + BP // 2) // BP
