"""A price for every class proves how near to target any plan could come where funds hold several classes.

Count each class at a weight from 0 to 1 and ask how much of its goals can lie where it is counted: no plan can do
better than the sum over accounts of the best that each could hold, and what then lacks is missed twice, once where it
lacks and once where it lies in excess (the duality of linear programmes, with (1 + price) / 2 for the weight). Weights
of 0 and 1 alone are the cut of a network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.engine.mixed import Mixture, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The least drift, in cents, and the weight of each class (`weights[c]` of `whole`) that proves it.

    So weighted, `goal`, `fixed` and `movable` are what the classes should hold, hold anyway, and could hold at most of
    what moves; half the drift is what lacks.
    """

    drift: Fraction
    weights: tuple[int, ...]
    whole: int
    goal: Fraction
    fixed: Fraction
    movable: Fraction

    @property
    def cents(self) -> int:
        """The least drift of whole cents: what lies above goals in all lies below others, so it is even."""
        return 2 * math.ceil(self.drift / 2)


def prove(mix: Mixture) -> Proof:
    """The least drift that any plan could reach, and its proof, which is checked by itself."""
    model = Model(mix)
    prices = model.programme.minimise(model.drift)
    drift = sum((model.programme.value(piece) for piece in model.drift), Fraction(0)) / mix.whole
    halves = [(1 + prices[row]) / 2 for row in model.class_rows]
    whole = math.lcm(*(half.denominator for half in halves))
    weights = tuple(int(half * whole) for half in halves)
    goal = Fraction(sum(w * t for w, t in zip(weights, mix.net.goal, strict=True)), whole)
    fixed = Fraction(sum(w * g for w, g in zip(weights, mix.fixed, strict=True)), whole * mix.whole)
    movable = Fraction(sum(most(mix, a, weights) for a in mix.net.accounts), whole * mix.whole)
    assert all(0 <= weight <= whole for weight in weights), "a weight outside 0 and 1 proves nothing"
    assert 2 * (goal - fixed - movable) == drift, "the optimum and its prices disagree: no plan is safe to propose"
    return Proof(drift=drift, weights=weights, whole=whole, goal=goal, fixed=fixed, movable=movable)


def most(mix: Mixture, a: int, weights: Sequence[int]) -> int:
    """The most that an account could hold of the classes so weighted, in parts of a cent: the dearest columns first."""
    net = mix.net
    columns = [(mix.whole * w, net.low[a][c], net.room[a][c]) for c, w in enumerate(weights)]
    for j, parts in enumerate(mix.parts):
        worth = sum(w * part for w, part in zip(weights, parts, strict=True))
        columns.append((worth, mix.low[a][j], mix.room[a][j]))
    rest = mix.supply(a) - sum(low for _, low, _ in columns)
    best = sum(worth * low for worth, low, _ in columns)
    for worth, low, room in sorted(columns, reverse=True):
        more = min(rest, room - low)
        best += worth * more
        rest -= more
    return best
