"""The same household as a linear programme for HiGHS: least drift, least turnover, how even and how well placed.

Variables: what lies of each class in each managed account (in thousands of dollars), and how far each class is off its
goal. A class never ends beyond its goal nor farther from it than it began, once debts are cured: no trade without a
purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy

from bot.domain.instruments import CASH
from tests.engine.cures import cured
from tests.engine.oracles import Facts, Purse

UNIT = 100_000  # cents: HiGHS works to about 1e-7, so to far less than a cent
CENT = 1.5 / UNIT
CENTS_OF_A_CURE = 6  # by which the rounding of one cure may move a class
Rank = Callable[[Purse, str], int]


class Programme:
    """The network as linear constraints; each method adds its own result as a constraint for those that follow.

    `swaps` false: only free cash and money funds may move.
    """

    def __init__(self, known: Facts, *, swaps: bool = True) -> None:
        self.known, self.start = known, cured(known)
        self.highs = highspy.Highs()
        self.highs.silent()
        self.lies = {(p.id, name): self._cents(p, name, swaps=swaps) for p in known.purses for name in known.classes}
        for purse in known.purses:
            mine = sum(self.lies[purse.id, name] for name in known.classes)
            self.highs.addConstr(mine == purse.supply / UNIT)
        self.worth = {name: self._worth(name) for name in known.classes}
        self.off = sum(self._distance(name) for name in known.classes)
        self.sold = sum(self._sold(p, name) for p in known.purses for name in p.held if p.held[name])

    def _cents(self, purse: Purse, name: str, *, swaps: bool) -> Any:  # noqa: ANN401 - highspy publishes no types
        low = 0 if swaps or name == CASH else purse.held[name]
        return self.highs.addVariable(low / UNIT, purse.could_hold(name) / UNIT)

    def _worth(self, name: str) -> Any:  # noqa: ANN401 - highspy publishes no types
        worth = self.highs.addVariable(*self._ends(name))
        lies = sum(self.lies[purse.id, name] for purse in self.known.purses)
        self.highs.addConstr(worth - lies == self.known.fixed[name] / UNIT)
        return worth

    def _ends(self, name: str) -> tuple[float, float]:
        """Between start and goal; where a debt was cured, the start is known to within a few cents."""
        low, high = sorted((self.start[name], self.known.goal[name]))
        room = sum(CENTS_OF_A_CURE for purse in self.known.purses if purse.debt)
        return (low - room) / UNIT, (high + room) / UNIT

    def _distance(self, name: str) -> Any:  # noqa: ANN401 - highspy publishes no types
        off, goal = self.highs.addVariable(0), self.known.goal[name] / UNIT
        self.highs.addConstr(off - self.worth[name] >= -goal)
        self.highs.addConstr(off + self.worth[name] >= goal)
        return off

    def _sold(self, purse: Purse, name: str) -> Any:  # noqa: ANN401 - highspy publishes no types
        sold = self.highs.addVariable(0)
        self.highs.addConstr(sold + self.lies[purse.id, name] >= purse.held[name] / UNIT)
        return sold

    def _least(self, wanted: Any) -> int:  # noqa: ANN401 - highspy publishes no types
        self.highs.minimize(wanted)
        assert self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return round(self.highs.getObjectiveValue() * UNIT)

    def drift(self) -> int:
        """The least total drift, in cents; kept from here on."""
        least = self._least(self.off)
        self.highs.addConstr(self.off <= least / UNIT + CENT)
        return least

    def turnover(self) -> int:
        """The least that must be sold for it, in cents; kept from here on."""
        if isinstance(self.sold, int):
            return 0
        least = self._least(self.sold)
        self.highs.addConstr(self.sold <= least / UNIT + CENT)
        return least

    def could_rise(self, name: str, totals: dict[str, int]) -> int:
        """By how many cents a class could stand higher if only classes that are better funded paid for it."""
        others = [c for c in self.known.classes if c != name and self._no_better(c, name, totals)]
        for c in others:
            self.highs.changeColBounds(self.worth[c].index, totals[c] / UNIT - CENT, highspy.kHighsInf)
        most = -self._least(0 - self.worth[name])
        for c in others:
            self.highs.changeColBounds(self.worth[c].index, *self._ends(c))
        return most - totals[name]

    def _no_better(self, other: str, name: str, totals: dict[str, int]) -> bool:
        """Whether a class is funded no better than another, to within a few cents."""
        goal = self.known.goal
        return totals[other] * goal[name] <= totals[name] * goal[other] + 5 * max(goal[name], goal[other])

    def misplaced(self, rank: Rank, totals: dict[str, int]) -> int:
        """The least sum of rank times dollars with these totals."""
        for name in self.known.classes:
            self.highs.changeColBounds(self.worth[name].index, totals[name] / UNIT - CENT, totals[name] / UNIT + CENT)
        ranks = [(rank(p, name), self.lies[p.id, name]) for p in self.known.purses for name in self.known.classes]
        return self._least(sum(cost * lies for cost, lies in ranks if cost) + 0 * self.off)
