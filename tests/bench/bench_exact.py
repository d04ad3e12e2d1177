"""Whether the flow is exact: 10,000 random households against the limit found by trying every set of classes."""

from __future__ import annotations

from random import Random

from bot.engine.pie import bake
from bot.engine.solve import limit, solve
from tests.bench.stopwatch import goal
from tests.engine import oracles
from tests.engine.households import household

HOUSEHOLDS = 10_000


def main() -> bool:
    """Print the largest gap in cents between the engine and the enumeration; whether it is 0."""
    limits, plans, bound = list[int](), list[int](), 0
    for seed in range(HOUSEHOLDS):
        file = household(Random(seed), zero_bands=True)
        pie = bake(file.household, file.policy, file.snapshot.sorted())
        least = oracles.limit(file)
        bound += least > 0
        limits.append(abs(pie.drift(limit(pie)[0].worth) - least))
        plans.append(abs(pie.drift(solve(pie, file.policy).worth) - least))
    print(f"exactness on {HOUSEHOLDS:,} random households with bands of zero; at {bound:,} target is out of reach:")
    return all([_closed("the limit", limits), _closed("the flow of the plan", plans)])


def _closed(name: str, gaps: list[int]) -> bool:
    apart = sum(gap > 0 for gap in gaps)
    return goal(f"{name}: largest gap {max(gaps)} cents, {apart} households apart, goal 0", met=not apart)
