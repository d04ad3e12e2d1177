"""What many lives say together: gaps of wealth against the silo, who loses and when, taxes, drift and risk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise
from statistics import median

from bot.longview.crowd import MATCHES, Question, Side
from bot.longview.life import Life
from bot.longview.ways import Way

EXACT = Context(prec=28)
Wealth = Callable[[Life], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle of many figures, with the tenth and the ninetieth in a hundred."""

    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way beside the silo, over all paths: gaps in basis points of wealth a year, else as the words say.

    `wins_pct` counts paths on which it ended ahead after selling all; `missed_pct` those in which a band was ever
    broken after the trades. Drift in points. `matched` is the gap to a silo of the same after-tax share; None where
    no silo was lived through that has it. Money is the middle of all paths, in cents.
    """

    way: Way
    liquidated: Spread
    standing: Spread
    stepped_up: Spread
    matched: Spread | None
    wins_pct: Decimal
    gap_cents: int
    gains_tax: int
    taxes: int
    realised: int
    missed_pct: Decimal
    stuck_months: Decimal
    drift_middle: Decimal
    drift_worst: Decimal
    share_pct: Decimal
    ran_dry_pct: Decimal


def yearly(mine: int, other: int, months: int) -> Decimal:
    """How much faster one wealth grew than the other from the same start, in basis points a year."""
    if mine <= 0 or other <= 0:
        return Decimal(0)
    ratio = EXACT.divide(Decimal(mine), Decimal(other))
    return (EXACT.power(ratio, EXACT.divide(Decimal(12), Decimal(months))) - 1) * 10_000


def spread(figures: Sequence[Decimal]) -> Spread:
    """The middle and the edges of figures; at least one."""
    rows = sorted(figures)
    return Spread(low=_at(rows, 10), middle=Decimal(median(rows)), high=_at(rows, 90))


def _at(rows: Sequence[Decimal], percent: int) -> Decimal:
    """The figure below which so many in a hundred lie, between its neighbours in proportion."""
    place = Decimal(percent * (len(rows) - 1)) / 100
    below = int(place)
    above = min(below + 1, len(rows) - 1)
    return rows[below] + (rows[above] - rows[below]) * (place - below)


def lines(question: Question, sides: Sequence[Side]) -> list[Line]:
    """One line for every way of the question; the first is what the others are compared with."""
    return [_line(question, sides, at) for at in range(len(question.ways))]


def gaps(sides: Sequence[Side], at: int, months: int, wealth: Wealth) -> list[Decimal]:
    """How much faster a way's wealth grew than the first one's, path by path."""
    return [yearly(wealth(side.lives[at]), wealth(side.lives[0]), months) for side in sides]


def _line(question: Question, sides: Sequence[Side], at: int) -> Line:
    lives, months, count = [side.lives[at] for side in sides], question.home.months, len(sides)
    after = gaps(sides, at, months, lambda life: life.liquidated)
    return Line(
        way=question.ways[at],
        liquidated=spread(after),
        standing=spread(gaps(sides, at, months, lambda life: life.standing)),
        stepped_up=spread(gaps(sides, at, months, lambda life: life.stepped_up)),
        matched=_matched(sides, at, months),
        wins_pct=_percent(sum(gap > 0 for gap in after), count),
        gap_cents=int(median(side.lives[at].liquidated - side.lives[0].liquidated for side in sides)),
        gains_tax=int(median(life.on_gains for life in lives)),
        taxes=int(median(sum(life.taxes) for life in lives)),
        realised=int(median(life.realised for life in lives)),
        missed_pct=_percent(sum(life.stuck > 0 for life in lives), count),
        stuck_months=Decimal(sum(life.stuck for life in lives)) / count,
        drift_middle=Decimal(median(life.worst for life in lives)) / 10_000,
        drift_worst=Decimal(max(life.worst for life in lives)) / 10_000,
        share_pct=_mean_share(lives) / 10_000,
        ran_dry_pct=_percent(sum(life.ran_dry > 0 for life in lives), count),
    )


def _percent(some: int, count: int) -> Decimal:
    return Decimal(100 * some) / count


def _mean_share(lives: Sequence[Life]) -> Decimal:
    return Decimal(sum(life.share for life in lives)) / len(lives)


def _matched(sides: Sequence[Side], at: int, months: int) -> Spread | None:
    """The gap to the silo whose target was raised until both hold the same share of stocks, on average after tax.

    Its wealth at that target lies on the line between the two nearest targets that were lived through.
    """
    if not sides[0].matches:
        return None
    known = sorted(
        [
            (Decimal(0), [side.lives[0] for side in sides]),
            *((up, [side.matches[k] for side in sides]) for k, up in enumerate(MATCHES)),
        ],
        key=lambda pair: pair[0],
    )
    rows = [(_mean_share(lives), lives) for _, lives in known]
    wanted = _mean_share([side.lives[at] for side in sides])
    for (low, below), (high, above) in pairwise(rows):
        if low <= wanted <= high:
            part = (wanted - low) / (high - low)
            other = [
                int(x.liquidated + (y.liquidated - x.liquidated) * part) for x, y in zip(below, above, strict=True)
            ]
            pairs = zip(sides, other, strict=True)
            return spread([yearly(side.lives[at].liquidated, cents, months) for side, cents in pairs])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """The paths that begin in one decade: how many, the middle gap after selling all, and the percent that lost."""

    name: str
    paths: int
    middle: Decimal
    lost_pct: Decimal


def eras(question: Question, sides: Sequence[Side], way: Way) -> list[Era]:
    """When a way loses, by the decade in which a window of history begins."""
    at = question.ways.index(way)
    rows: dict[str, list[Decimal]] = {}
    for side, gap in zip(sides, gaps(sides, at, question.home.months, lambda life: life.liquidated), strict=True):
        path = side.lives[0].path
        rows.setdefault(f"{path[:3]}0s" if path[:1].isdigit() else "draws", []).append(gap)
    return [
        Era(
            name=name, paths=len(row), middle=Decimal(median(row)), lost_pct=_percent(sum(g < 0 for g in row), len(row))
        )
        for name, row in rows.items()
    ]


def taxes_by_year(sides: Sequence[Side], at: int) -> list[int]:
    """What a way's taxable income cost in each year, the mean over all paths, in cents."""
    columns = zip(*(side.lives[at].taxes for side in sides), strict=True)
    return [sum(column) // len(sides) for column in columns]
