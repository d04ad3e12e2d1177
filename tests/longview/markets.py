"""Made-up markets for tests: flat, rising at a rate, and short windows of history."""

from __future__ import annotations

from collections.abc import Callable

from bot.longview.market import Path
from bot.longview.units import START


def path(stocks: Callable[[int], int], bonds: Callable[[int], int], months: int = 240, pays: int = 0) -> Path:
    """Prices by month in millionths of $100, no inflation; bonds pay so many millionths of a dollar a month."""
    return Path(
        name="made up",
        prices=tuple(tuple(START * price(m) // 10**6 for m in range(months)) for price in (stocks, bonds)),
        payouts=((0,) * months, (pays,) * months),
        consumer=(10**6,) * months,
    )


def flat(months: int = 240) -> Path:
    """Nothing moves and nothing pays."""
    return path(lambda _: 10**6, lambda _: 10**6, months)
