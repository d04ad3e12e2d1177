"""A century of markets by the month, and the paths through it: every window of history, and blocks drawn at random."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from random import Random

from bot.longview.units import START

TABLE = "market_monthly_pddl_1926_2023.csv"  # Shiller's averages, public domain (PDDL); config/FORMAT.md
BILLION = 10**9  # rates are whole billionths
STOCKS, BONDS = 0, 1  # the series of the table
BLOCK = 12  # months of history that stay together in a draw
QUARTER = 3  # stocks pay every third month, bonds every month


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The months of the table; rates in billionths, by series: change of price without, and income.

    `consumer` are consumer prices in thousandths of the index.
    """

    months: tuple[str, ...]
    growth: tuple[tuple[int, ...], ...]
    income: tuple[tuple[int, ...], ...]
    consumer: tuple[int, ...]

    def starts(self, year: int, length: int) -> range:
        """The places of the months in which windows of so many months begin, from a year on."""
        first = next((at for at, month in enumerate(self.months) if month >= str(year)), len(self.months))
        return range(first, len(self.months) - length + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What happens month by month: by series, the price of a share and what it pays out, in millionths of a dollar.

    `consumer` are consumer prices in millionths of those at the start. Every price starts at $100.
    """

    name: str
    prices: tuple[tuple[int, ...], ...]
    payouts: tuple[tuple[int, ...], ...]
    consumer: tuple[int, ...]


@cache
def century() -> Market:
    """The table of the package."""
    text = resources.files("config").joinpath(TABLE).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    yields = [_billionths(row["div_yield"]) // 12 for row in rows]
    interest = [_billionths(row["bond_inc"]) for row in rows]
    stocks = [_billionths(row["stock_tr"]) - paid for row, paid in zip(rows, yields, strict=True)]
    bonds = [_billionths(row["bond_tr"]) - paid for row, paid in zip(rows, interest, strict=True)]
    return Market(
        months=tuple(row["month"][:7] for row in rows),
        growth=(tuple(stocks), tuple(bonds)),
        income=(tuple(yields), tuple(interest)),
        consumer=tuple(int(Decimal(row["cpi"]) * 1000) for row in rows),
    )


def _billionths(rate: str) -> int:
    return int(Decimal(rate) * BILLION)


def window(market: Market, start: int, length: int) -> Path:
    """History itself, from a month on."""
    return _walk(market, market.months[start], range(start, start + length), start)


def drawn(market: Market, number: int, length: int, *, since: int, seed: int = 0) -> Path:
    """Blocks of twelve months of history from a year on, drawn at random; the same number draws the same path.

    Block bootstrap after Kuensch (1989), with blocks that do not overlap in the path.
    """
    dice = Random(f"{seed} {number}")  # noqa: S311 - repeatable on purpose
    first = max(1, market.starts(since, 1).start)
    begins = [dice.randrange(first, len(market.months) - BLOCK + 1) for _ in range(-(-length // BLOCK))]
    places = [begin + step for begin in begins for step in range(BLOCK)][:length]
    return _walk(market, f"draw {number}", places, None)


def _walk(market: Market, name: str, places: Iterable[int], base: int | None) -> Path:
    """Chain the months at these places; consumer prices against one month, or step by step."""
    steps = list(places)
    chains = [_chain(market.growth[s], market.income[s], steps, QUARTER if s == STOCKS else 1) for s in (STOCKS, BONDS)]
    return Path(
        name=name,
        prices=tuple(prices for prices, _ in chains),
        payouts=tuple(payouts for _, payouts in chains),
        consumer=_consumer(market.consumer, steps, base),
    )


def _chain(
    growth: Sequence[int], income: Sequence[int], steps: Sequence[int], every: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Prices after each month, and what is paid out in it: what came in since the last payment."""
    price, waiting = START, 0
    prices, payouts = [], []
    for month, at in enumerate(steps):
        waiting += price * income[at] // BILLION
        price += price * growth[at] // BILLION
        prices.append(price)
        due = month % every == every - 1
        payouts.append(waiting if due else 0)
        waiting = 0 if due else waiting
    return tuple(prices), tuple(payouts)


def _consumer(index: Sequence[int], steps: Sequence[int], base: int | None) -> tuple[int, ...]:
    if base is not None:
        return tuple(index[at] * 10**6 // index[base] for at in steps)
    level, levels = 10**6, []
    for at in steps:
        level = level * index[at] // index[at - 1]
        levels.append(level)
    return tuple(levels)
