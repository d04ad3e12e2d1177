"""Mixtures to try: accounts, classes and funds of several classes, drawn by hand or at random."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from bot.domain.money import split
from bot.engine.flow import Matrix, Network
from bot.engine.mixed import Mixture, to_cents


def mixture(
    *,
    held: Matrix,
    goal: list[int],
    funds: list[list[Fraction]],
    in_funds: Matrix,
    buys: list[str],
    free: list[int] | None = None,
    fixed: list[int] | None = None,
) -> Mixture:
    """Class 0 is cash; `buys[a]` names the columns that account a may buy, by digit: classes, then funds."""
    classes, accounts = range(len(goal)), range(len(held))
    flow = [list(row) for row in held]
    for a, cents in enumerate(free or []):
        flow[a][0] += cents
    supply = [sum(row) + sum(mixed) for row, mixed in zip(flow, in_funds, strict=True)]
    columns = [[*row, *mixed] for row, mixed in zip(flow, in_funds, strict=True)]
    room = [
        [supply[a] if i == 0 or str(i) in buys[a] else cents for i, cents in enumerate(columns[a])] for a in accounts
    ]
    there = fixed or [0] * len(goal)
    exact = [
        there[c] + sum(row[c] for row in flow) + sum(f[c] * row[j] for row in in_funds for j, f in enumerate(funds))
        for c in classes
    ]
    worth = to_cents([Fraction(cents) for cents in exact], sum(there) + sum(supply))
    size, none = len(goal), [[0] * len(columns[a]) for a in accounts]
    net = Network(flow, [row[:size] for row in none], [row[:size] for row in room], held, worth, goal)
    whole = math.lcm(*(weight.denominator for row in funds for weight in row))
    parts = [[int(weight * whole) for weight in row] for row in funds]
    return Mixture(
        net,
        parts,
        whole,
        flow=[list(row) for row in in_funds],
        low=[row[size:] for row in none],
        room=[row[size:] for row in room],
        base=[list(row) for row in in_funds],
    )


def drift(mix: Mixture) -> int:
    """The sum of the distances to goal."""
    return sum(abs(worth - goal) for worth, goal in zip(mix.net.worth, mix.net.goal, strict=True))


def sold(mix: Mixture) -> int:
    """Cents sold of classes and of funds."""
    pairs = zip([*mix.net.base, *mix.base], [*mix.net.flow, *mix.flow], strict=True)
    return sum(max(0, b - f) for base, flow in pairs for b, f in zip(base, flow, strict=True))


def halves(*pairs: tuple[int, int]) -> list[list[Fraction]]:
    """Funds of cash, stocks and bonds, by their percent of stocks and bonds."""
    return [[Fraction(100 - s - b, 100), Fraction(s, 100), Fraction(b, 100)] for s, b in pairs]


def example(seed: int, funds: int | None = None, *, loose: bool = False) -> Mixture:
    """Accounts, classes and funds at random; with `loose`, classes may stay half a band away from goal."""
    rng = Random(seed)
    accounts, size = rng.randint(1, 4), rng.randint(2, 6)
    kinds = rng.randint(1, 3) if funds is None else funds

    def some() -> int:
        return rng.choice([0, rng.randint(0, 1_000_000)])

    held = [[some() for _ in range(size)] for _ in range(accounts)]
    in_funds = [[some() for _ in range(kinds)] for _ in range(accounts)]
    weights = [split(100, [rng.choice([0, 1, rng.randint(0, 9)]) for _ in range(size - 1)] + [1]) for _ in range(kinds)]
    fixed, free = [some() for _ in range(size)], [some() // 5 for _ in range(accounts)]
    total = sum(map(sum, held)) + sum(map(sum, in_funds)) + sum(fixed) + sum(free)
    mix = mixture(
        held=held,
        free=free,
        goal=split(total, [*(rng.choice([0, rng.randint(1, 9)]) for _ in range(size - 1)), 1]),
        funds=[[Fraction(weight, 100) for weight in row] for row in weights],
        in_funds=in_funds,
        buys=["".join(str(i) for i in range(size + kinds) if rng.random() < 0.5) for _ in range(accounts)],
        fixed=fixed,
    )
    if loose:
        mix.net.slack = [0, *(rng.randint(0, 100_000) for _ in range(size - 1))]
    return mix
