"""What whole shares cost: drift above the limit in basis points of wealth, and the time of the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import count, islice
from random import Random
from statistics import median

from bot.domain.readings import HouseholdFile
from bot.domain.targets import Band, Policy
from bot.engine.orders import worth_after
from bot.engine.pie import Pie, bake
from bot.engine.shares import whole
from bot.engine.solve import limit, solve
from tests.bench.shocked import shocked
from tests.bench.stopwatch import Readings, goal
from tests.engine.households import evenly, log_evenly, realistic

SIZES = {(2, 3): 200, (4, 5): 100, (6, 8): 60, (12, 12): 30}  # (accounts, classes): households
MOST = 5.0  # basis points
WEALTHY = 50_000_000  # cents
Make = Callable[[Random, int, int], HouseholdFile]
DRAWS: dict[str, Make] = {
    "prices drawn by their logarithm, open menus": partial(realistic, price=log_evenly),
    "prices drawn in dollars, open menus": partial(realistic, price=evenly),
    "prices drawn in dollars, restricted menus, shocked": partial(shocked, whole=True),
}


def main() -> bool:
    """Print the median excess for each draw and size, prices $10 to $500; whether all are within the goal."""
    print(f"whole shares, bands of zero, ${WEALTHY // 100:,} or more, drift above the limit of fractions:")
    met = [_size(draw, *size, households) for draw in DRAWS for size, households in SIZES.items()]
    return all(met)


def _size(draw: str, accounts: int, classes: int, households: int) -> bool:
    if (accounts, classes) == min(SIZES):
        print(f"  {draw}")
    readings, excess, wealth = Readings(), list[float](), list[float]()
    for pie, policy in islice(_wealthy(draw, accounts, classes), households):
        solution = solve(pie, policy)
        search = partial(whole, pie, solution, frozenset(), as_routed=False)
        readings.race({"flow": partial(solve, pie, policy), "search": search})
        after = pie.drift(worth_after(pie, search()))
        excess.append((after - pie.drift(limit(pie)[0].worth)) / pie.total * 10_000)
        wealth.append(pie.total / 100)
    middle, high = median(excess), sorted(excess)[len(excess) * 95 // 100]
    share = median(s / (s + f) for s, f in zip(readings.by_name["search"], readings.by_name["flow"], strict=True))
    print(
        f"  {f'{accounts}x{classes}':>6}  excess median {middle:5.2f} bp (${middle * median(wealth) / 10_000:,.0f}), "
        f"p95 {high:5.2f} bp   search median {readings.median('search'):6.2f} ms, "
        f"p99 {readings.p99('search'):6.2f} ms, {share:.0%} of flow and search   ({households} households)"
    )
    return goal(f"{accounts}x{classes}: median excess {middle:.2f} bp, goal at most {MOST:.0f} bp", met=middle <= MOST)


def _wealthy(draw: str, accounts: int, classes: int) -> Iterator[tuple[Pie, Policy]]:
    for seed in count():
        file = DRAWS[draw](Random(seed), accounts, classes)
        policy = replace(file.policy, band=Band(absolute_pp=Decimal(0), relative_pct=Decimal(0)))
        pie = bake(file.household, policy, file.snapshot.sorted())
        if pie.total >= WEALTHY:
            yield pie, policy
