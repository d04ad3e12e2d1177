"""The exact simplex method against HiGHS, and on programmes made to trip it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import highspy
import pytest

from bot.engine.simplex import Programme

EXAMPLES = 400
INFINITY = highspy.kHighsInf
Bounds = tuple[int | None, int | None]  # None: no bound


@dataclass(frozen=True, kw_only=True)
class Example:
    """Variables with bounds, rows as (factors, total, bounds of the rest), and two sets of costs."""

    bounds: list[tuple[int, int]]
    rows: list[tuple[list[int], int, Bounds]]
    costs: list[list[int]]


def example(seed: int) -> Example:
    """Small factors and many zeros, so that most vertices are degenerate."""
    rng = Random(seed)
    size = rng.randint(1, 8)
    bounds = []
    for _ in range(size):
        low = rng.choice([0, 0, -rng.randint(0, 5)])
        bounds.append((low, low + rng.choice([0, rng.randint(0, 10), 20])))
    rests: list[Bounds] = [(0, 0), (0, None), (None, 0), (-3, 2)]
    rows = [
        ([rng.choice([0, 0, 1, -1, 2, 3, -7]) for _ in range(size)], rng.choice([0, 0, rng.randint(-9, 20)]), rest)
        for rest in (rng.choice(rests) for _ in range(rng.randint(1, 6)))
    ]
    return Example(bounds=bounds, rows=rows, costs=[[rng.randint(-3, 3) for _ in range(size)] for _ in range(2)])


def programme(made: Example) -> Programme:
    """The example for the exact method."""
    exact = Programme()
    for least, most in made.bounds:
        exact.variable(least, most)
    for factors, total, (low, high) in made.rows:
        exact.row(dict(enumerate(factors)), total, low=low, high=high)
    return exact


def by_highs(made: Example) -> float | None:
    """The least cost by HiGHS; None where no point satisfies all rows."""
    highs = highspy.Highs()
    highs.silent()
    variables = [
        highs.addVariable(low, high, obj=cost) for (low, high), cost in zip(made.bounds, made.costs[0], strict=True)
    ]
    for factors, total, (low, high) in made.rows:
        used = [(x.index, factor) for x, factor in zip(variables, factors, strict=True) if factor]
        least, most = (-INFINITY if high is None else total - high), (INFINITY if low is None else total - low)
        highs.addRow(least, most, len(used), [index for index, _ in used], [factor for _, factor in used])
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getObjectiveValue())


def solved(made: Example, costs: Sequence[int]) -> tuple[Programme, Fraction] | None:
    """The exact programme at its least cost, which it keeps; None where no point satisfies all rows."""
    exact = programme(made)
    try:
        exact.repair()
    except ValueError:
        return None
    exact.minimise(dict(enumerate(costs)))
    return exact, cost(exact, costs)


def cost(exact: Programme, costs: Sequence[int]) -> Fraction:
    """What the point costs where the programme stands."""
    return sum((each * exact.value(j) for j, each in enumerate(costs)), Fraction(0))


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_least_cost_is_that_of_highs(seed: int) -> None:
    made = example(seed)
    least, found = by_highs(made), solved(made, made.costs[0])

    assert (least is None) == (found is None)
    assert least is None or found is None or abs(least - float(found[1])) < 1e-6


def test_every_vertex_satisfies_every_row_exactly() -> None:
    for seed in range(EXAMPLES):
        made = example(seed)
        found = solved(made, made.costs[0])
        if found:
            values = [found[0].value(j) for j in range(len(made.bounds))]
            for factors, total, (low, high) in made.rows:
                rest = total - sum(factor * x for factor, x in zip(factors, values, strict=True))
                assert low is None or low <= rest, f"seed {seed}"
                assert high is None or rest <= high, f"seed {seed}"
            for x, (least, most) in zip(values, made.bounds, strict=True):
                assert least <= x <= most, f"seed {seed}"


def test_a_later_aim_costs_an_earlier_one_nothing() -> None:
    for seed in range(EXAMPLES):
        made = example(seed)
        found = solved(made, made.costs[0])
        if found:
            exact, least = found
            exact.hold(dict(enumerate(made.costs[0])))
            before = cost(exact, made.costs[1])
            exact.minimise(dict(enumerate(made.costs[1])))

            assert cost(exact, made.costs[0]) == least, f"seed {seed}"
            assert cost(exact, made.costs[1]) <= before, f"seed {seed}"


def test_prices_say_what_one_more_in_a_total_costs() -> None:
    exact = Programme()
    x, y = exact.variable(), exact.variable(0, 4)
    exact.row({x: 1, y: 1}, 10)
    exact.row({x: 1}, 8, low=0, high=None)
    exact.repair()

    assert exact.minimise({x: 3, y: 1}) == [3, 0]
    assert [exact.value(x), exact.value(y)] == [6, 4]


def test_a_programme_that_cycles_by_steepest_price_ends() -> None:
    """Beale's example, times 4 (Naval Research Logistics Quarterly 2, 1955)."""
    exact = Programme()
    a, b, c, d = (exact.variable() for _ in range(4))
    exact.row({a: 1, b: -240, c: 0, d: 36}, 0, high=None)
    exact.row({a: 2, b: -360, c: 0, d: 12}, 0, high=None)
    exact.row({a: 25, b: -6000, c: -1, d: 900}, 0, high=None)
    exact.row({a: 50, b: -9000, c: -2, d: 300}, 0, high=None)
    exact.row({c: 1}, 1, high=None)
    exact.minimise({a: -75, b: 15000, c: -2, d: 600})

    assert cost(exact, [-75, 15000, -2, 600]) <= -2


def test_a_cost_without_end_is_refused() -> None:
    exact = Programme()
    x, y = exact.variable(), exact.variable()
    exact.row({x: 1, y: -1}, 0)

    with pytest.raises(ValueError, match="without end"):
        exact.minimise({x: -1})


def test_rows_that_contradict_each_other_are_refused() -> None:
    exact = Programme()
    x = exact.variable(0, 10)
    exact.row({x: 1}, 3)
    exact.row({x: 2}, 7)

    with pytest.raises(ValueError, match="no point"):
        exact.repair()
