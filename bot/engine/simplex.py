"""Linear programmes solved exactly, objective after objective, in whole numbers.

The revised simplex method with bounds on every variable (Chvatal, Linear Programming, 1983, chapters 7 and 8). The
inverse of the basis is kept as integers over one common denominator, its determinant, so that every division leaves no
rest (Bareiss, Mathematics of Computation 22, 1968). The steepest price enters; after a run of steps that move nothing
the first variable enters instead, which cannot cycle (Bland, Mathematics of Operations Research 2, 1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

PATIENCE = 12  # steps without progress before the careful rule
ZERO = Fraction(0)


class Programme:
    """Variables with bounds, rows that join them, and a point that satisfies all rows.

    Variables and rows are numbered from 0 as they are made. Each row owns one more variable, its rest, so that the
    terms of row i plus its rest give its total. Nonbasic variables stand at a bound, or at 0 where they have none.
    """

    __slots__ = ("_basis", "_columns", "_high", "_inverse", "_low", "_movable", "_place", "_rests", "_scale", "_value")

    def __init__(self) -> None:
        self._columns: list[list[tuple[int, int]]] = []
        self._low: list[Fraction | None] = []
        self._high: list[Fraction | None] = []
        self._value: list[Fraction] = []
        self._movable: list[bool] = []
        self._place: list[int] = []  # the row in which a variable is basic, or -1
        self._basis: list[int] = []
        self._rests: list[int] = []
        self._inverse: list[list[int]] = []
        self._scale = 1

    # --- the programme -------------------------------------------------------------------------------------------
    def variable(self, low: int | None = 0, high: int | None = None) -> int:
        """A new variable between two bounds; None is no bound."""
        self._columns.append([])
        self._low.append(None)
        self._high.append(None)
        self._value.append(ZERO)
        self._movable.append(True)
        self._place.append(-1)
        j = len(self._columns) - 1
        self.bound(j, None if low is None else Fraction(low), None if high is None else Fraction(high))
        start = low if low is not None else high
        self._value[j] = Fraction(start or 0)
        return j

    def row(self, terms: Mapping[int, int], total: int, *, low: int | None = 0, high: int | None = 0) -> int:
        """A new row: the terms and a rest between two bounds give the total. An equation where both bounds are 0."""
        j, i = self.variable(low, high), len(self._basis)
        for variable, factor in sorted(terms.items()):
            if factor:
                self._columns[variable].append((i, factor))
        self._columns[j].append((i, 1))
        known = [(terms.get(variable, 0), line) for variable, line in zip(self._basis, self._inverse, strict=True)]
        below = [-sum(factor * line[k] for factor, line in known if factor) for k in range(i)]
        for line in self._inverse:
            line.append(0)
        self._inverse.append([*below, self._scale])
        self._basis.append(j)
        self._rests.append(j)
        self._place[j] = i
        self._value[j] = total - sum((factor * self._value[k] for k, factor in terms.items()), ZERO)
        return i

    def bound(self, j: int, low: Fraction | None, high: Fraction | None) -> None:
        """New bounds for a variable; its value must lie between them, or a basic one is brought there by `repair`."""
        self._low[j], self._high[j] = low, high
        self._movable[j] = low is None or low != high

    def value(self, j: int) -> Fraction:
        """Where a variable stands."""
        return self._value[j]

    # --- solving -------------------------------------------------------------------------------------------------
    def repair(self) -> None:
        """Bring every rest within its bounds. ValueError where no point satisfies all rows."""
        wanted = {j: (self._low[j], self._high[j]) for j in self._rests if self._strays(j)}
        while wanted:
            costs = {}
            for j, (low, high) in wanted.items():
                costs[j] = 1 if high is not None and self._value[j] > high else -1
                self.bound(j, *((high, self._value[j]) if costs[j] > 0 else (self._value[j], low)))
            self.minimise(costs)
            cured = [j for j, (low, high) in wanted.items() if self._value[j] == (high if costs[j] > 0 else low)]
            if not cured:
                raise ValueError("no point satisfies all rows")
            for j in cured:
                # only now may it go farther: until here its cost would have drawn it through its bound
                self.bound(j, *wanted.pop(j))

    def _strays(self, j: int) -> bool:
        low, high = self._low[j], self._high[j]
        return (low is not None and self._value[j] < low) or (high is not None and self._value[j] > high)

    def minimise(self, costs: Mapping[int, int]) -> list[Fraction]:
        """Go to a vertex of least cost; the price of each row, i.e. what one more in its total would cost.

        Requires that all rests lie within their bounds (`repair`). Raises ValueError where the cost falls without end.
        """
        still = 0
        while True:
            prices = self._prices(costs)
            entering = self._entering(costs, prices, careful=still > PATIENCE)
            if entering is None:
                return [Fraction(price, self._scale) for price in prices]
            still = 0 if self._step(*entering) else still + 1

    def hold(self, costs: Mapping[int, int]) -> None:
        """Keep to the points of least cost from here on. Call it right after `minimise`."""
        for j in self.bearing(costs):
            self.bound(j, self._value[j], self._value[j])

    def bearing(self, costs: Mapping[int, int]) -> list[int]:
        """The variables that the least cost hangs on: it would rise if they moved. Call it right after `minimise`."""
        prices = self._prices(costs)
        still = [j for j, movable in enumerate(self._movable) if movable and self._place[j] < 0]
        return [j for j in still if self._dearer(costs, prices, j)]

    def rest(self, i: int) -> int:
        """The variable that is the rest of a row."""
        return self._rests[i]

    # --- one step ------------------------------------------------------------------------------------------------
    def _prices(self, costs: Mapping[int, int]) -> list[int]:
        """The price of each row times the scale."""
        lines = [(cost, self._inverse[r]) for r, j in enumerate(self._basis) if (cost := costs.get(j, 0))]
        if not lines:
            return [0] * len(self._basis)
        return [sum(parts) for parts in zip(*([cost * x for x in line] for cost, line in lines), strict=True)]

    def _dearer(self, costs: Mapping[int, int], prices: list[int], j: int) -> int:
        """What one more of a nonbasic variable costs, times the scale."""
        cost = costs.get(j, 0) * self._scale
        for i, factor in self._columns[j]:
            cost -= prices[i] * factor
        return cost

    def _entering(self, costs: Mapping[int, int], prices: list[int], *, careful: bool) -> tuple[int, int] | None:
        """The variable that is to move and which way; None at the least cost."""
        best, found = 0, None
        for j, movable in enumerate(self._movable):
            if not movable or self._place[j] >= 0:
                continue
            cost = self._dearer(costs, prices, j)
            if abs(cost) > best and self._may_go(j, -1 if cost > 0 else 1):
                best, found = abs(cost), (j, -1 if cost > 0 else 1)
                if careful:
                    break
        return found

    def _may_go(self, j: int, way: int) -> bool:
        edge = self._high[j] if way > 0 else self._low[j]
        return edge is None or edge != self._value[j]

    def _step(self, j: int, way: int) -> bool:
        """Move one variable until something stops it, and let that leave the basis; whether anything moved."""
        column = self._columns[j]
        shift = [sum(line[i] * factor for i, factor in column) for line in self._inverse]
        low, high = self._low[j], self._high[j]
        length = None if low is None or high is None else high - low
        leaving = -1
        for r, change in enumerate(shift):
            if not change:
                continue
            k = self._basis[r]
            edge = self._low[k] if change * way > 0 else self._high[k]
            if edge is None:
                continue
            room = abs(self._value[k] - edge) * self._scale / abs(change)
            if length is None or room < length or (room == length and leaving >= 0 and k < self._basis[leaving]):
                length, leaving = room, r
        if length is None:
            raise ValueError("the cost falls without end")
        if length:
            self._value[j] += way * length
            part = way * length / self._scale
            for k, change in zip(self._basis, shift, strict=True):
                if change:
                    self._value[k] -= part * change
        if leaving >= 0:
            self._exchange(leaving, j, shift)
        return length > 0

    def _exchange(self, r: int, j: int, shift: list[int]) -> None:
        """Variable j becomes basic in row r; every division by the old scale is exact."""
        pivot, old, line = shift[r], self._scale, self._inverse[r]
        sign = 1 if pivot > 0 else -1
        for i, change in enumerate(shift):
            row = self._inverse[i]
            if i == r:
                self._inverse[i] = row if sign > 0 else [-x for x in row]
            elif change:
                self._inverse[i] = [sign * (pivot * x - change * y) // old for x, y in zip(row, line, strict=True)]
            elif abs(pivot) != old:
                self._inverse[i] = [abs(pivot) * x // old for x in row]
        self._scale = abs(pivot)
        self._place[self._basis[r]] = -1
        self._basis[r], self._place[j] = j, r
