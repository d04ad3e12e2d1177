"""What whole shares cost: drift above the limit in basis points of wealth, and the time of the local search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random
from statistics import median

from bot.domain.targets import Band
from bot.engine.orders import worth_after
from bot.engine.pie import Pie, bake
from bot.engine.shares import Rounding
from bot.engine.solve import Solution, limit, solve
from tests.bench.shocked import shocked
from tests.bench.stopwatch import Readings, goal

SIZES = {(2, 3): 200, (4, 5): 150, (6, 8): 80, (12, 12): 40}  # (accounts, classes): households
MOST = 5.0  # basis points


def main() -> bool:
    """Print the median excess for each size, prices $10 to $500; whether it is within the goal."""
    print("whole shares, bands of zero, drift above the limit of fractions:")
    return sum(_size(*size, count) for size, count in SIZES.items()) == len(SIZES)


def _size(accounts: int, classes: int, count: int) -> bool:
    readings, excess, wealth = Readings(), list[float](), list[float]()
    for seed in range(count):
        file = shocked(Random(seed), accounts, classes, whole=True)
        policy = replace(file.policy, band=Band(absolute_pp=Decimal(0), relative_pct=Decimal(0)))
        pie = bake(file.household, policy, file.snapshot.sorted())
        solution = solve(pie, policy)
        search = _search(pie, solution)
        readings.race({"flow": partial(solve, pie, policy), "search": search})
        after = pie.drift(worth_after(pie, search().drafts()))
        excess.append((after - pie.drift(limit(pie)[0].worth)) / pie.total * 10_000)
        wealth.append(pie.total / 100)
    middle, high = median(excess), sorted(excess)[len(excess) * 95 // 100]
    share = median(s / (s + f) for s, f in zip(readings.by_name["search"], readings.by_name["flow"], strict=True))
    print(
        f"  {f'{accounts}x{classes}':>6}  excess median {middle:5.2f} bp (${middle * median(wealth) / 10_000:,.0f}), "
        f"p95 {high:5.2f} bp   search median {readings.median('search'):6.2f} ms, "
        f"p99 {readings.p99('search'):6.2f} ms, {share:.0%} of flow and search   ({count} households)"
    )
    return goal(f"{accounts}x{classes}: median excess {middle:.2f} bp, goal at most {MOST:.0f} bp", met=middle <= MOST)


def _search(pie: Pie, solution: Solution) -> Callable[[], Rounding]:
    def run() -> Rounding:
        rounding = Rounding(pie, solution, frozenset(), as_routed=False)
        rounding.search()
        return rounding

    return run
