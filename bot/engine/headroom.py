"""Headroom: how far each class's price may jump before no tax-free trade could bring the household back into its bands.

The zero-tax limit is a function of prices. When one class's price is multiplied by a factor, everything that holds it
and every goal moves along; the household can return to its bands as long as some flow puts every class between the
edges of its band. For a base polytope inside a box that is two maximum flows (Hoffman's circulation theorem, 1960), and
each side is monotone, so a bisection finds the edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from bot.domain.instruments import CASH
from bot.domain.plan import Headroom
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.pie import Pie
from bot.engine.solve import network

STEP = 1000  # figures are exact to a tenth of a percent
HIGHEST = 10 * STEP  # a rise of 1,000% counts as any rise


def headroom(pie: Pie, policy: Policy) -> tuple[Headroom, ...]:
    """For each class that is held: the largest sudden fall and rise, in percent, that the shelters could absorb.

    A fall of 100 and a rise of None mean any. Both are 0 where the household cannot return to its bands even today.
    """
    rooms = _Rooms(pie, policy)
    found = []
    for c, name in enumerate(pie.classes):
        if name == CASH or pie.worth[c] <= 0:
            continue
        today = rooms.can_return(c, STEP)
        fall = STEP - _edge(rooms, c, STEP, 0) if today else 0
        top = _edge(rooms, c, STEP, STEP + HIGHEST) if today else STEP
        rise = None if top == STEP + HIGHEST else _percent(top - STEP)
        found.append(Headroom(asset_class=name, fall_pct=_percent(fall), rise_pct=rise))
    return tuple(found)


def _percent(steps: int) -> Decimal:
    return Decimal(steps * 100) / STEP


def _edge(rooms: _Rooms, c: int, good: int, far: int) -> int:
    """The farthest factor (in steps) on the way to `far` from which the household could still return."""
    if rooms.can_return(c, far):
        return far
    while abs(far - good) > 1:
        middle = (far + good) // 2
        if rooms.can_return(c, middle):
            good = middle
        else:
            far = middle
    return good


class _Rooms:
    """The household's money by account and class, ready to be revalued."""

    def __init__(self, pie: Pie, policy: Policy) -> None:
        net = network(pie)
        self._pie = pie
        self._held = net.flow
        self._open = [
            [c == pie.cash or name in wallet.buys for c, name in enumerate(pie.classes)] for wallet in pie.wallets
        ]
        self._fixed = [w - sum(row[c] for row in net.flow) for c, w in enumerate(net.worth)]
        self._band = [bands.edges(policy, name) for name in pie.classes]

    def can_return(self, c: int, steps: int) -> bool:
        """Whether some flow puts every class into its band when class c is worth `steps` thousandths of today."""
        held = [[x * steps // STEP if k == c else x for k, x in enumerate(row)] for row in self._held]
        fixed = [x * steps // STEP if k == c else x for k, x in enumerate(self._fixed)]
        supply = [sum(row) for row in held]
        total = sum(fixed) + sum(supply)
        room = [[supply[a] if free else held[a][k] for k, free in enumerate(row)] for a, row in enumerate(self._open)]
        need, most = [0] * len(fixed), [sum(supply)] * len(fixed)
        for k, (lower, upper, scale) in enumerate(self._band):
            if k != self._pie.cash:  # strictly inside: at its edge a class is out
                need[k] = max(0, lower * total // scale + 1 - fixed[k])
                most[k] = -(-upper * total // scale) - 1 - fixed[k]
        if min(most) < 0:
            return False
        return _placed(supply, need, room) == sum(need) and _placed(supply, most, room) == sum(supply)


def _placed(supply: Sequence[int], most: Sequence[int], room: Sequence[Sequence[int]]) -> int:
    """The most cents that can go from accounts to classes: augmenting paths in a bipartite network."""
    left, space = list(supply), list(most)
    put = [[0] * len(space) for _ in left]
    for a in range(len(left)):
        while left[a] and (path := _path(a, space, room, put)):
            amount = min([left[a], space[path[-1][1]]] + [room[x][c] - put[x][c] for x, c in path])
            amount = min([amount] + [put[x][c] for (_, c), (x, _) in pairwise(path)])
            for step, (x, c) in enumerate(path):
                put[x][c] += amount
                if step:
                    put[x][path[step - 1][1]] -= amount
            left[a] -= amount
            space[path[-1][1]] -= amount
    return sum(supply) - sum(left)


def _path(
    start: int, space: Sequence[int], room: Sequence[Sequence[int]], put: Sequence[Sequence[int]]
) -> list[tuple[int, int]]:
    """A shortest way from an account to a class with space, as (account, class) pairs; empty when there is none."""
    came: dict[int, tuple[int, int]] = {}  # class -> (account that puts into it, class that this account gave up)
    queue, seen = [(start, -1)], {start}
    for x, given in queue:
        for c in range(len(space)):
            if c in came or room[x][c] <= put[x][c]:
                continue
            came[c] = (x, given)
            if space[c]:
                return _walk_back(came, c)
            for y in range(len(put)):
                if y not in seen and put[y][c]:
                    seen.add(y)
                    queue.append((y, c))
    return []


def _walk_back(came: dict[int, tuple[int, int]], c: int) -> list[tuple[int, int]]:
    path = []
    while c >= 0:
        a, given = came[c]
        path.append((a, c))
        c = given
    return path[::-1]
