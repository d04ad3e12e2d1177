"""Headroom: how far each class's price may jump before no tax-free trade could bring the household back into its bands.

The zero-tax limit is a function of prices. When one class's price is multiplied by a factor, everything that holds it
and every goal moves along; the household can return to its bands as long as some flow puts every class between the
edges of its band. For a base polytope inside a box that is two maximum flows (Hoffman's circulation theorem, 1960).
Where one fails its cut proves it, and the same cut is followed back, by arithmetic alone, to the factor that it allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.instruments import CASH
from bot.domain.plan import Headroom
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.pie import Pie
from bot.engine.solve import network
from bot.engine.transport import crowded, starving

STEP = 1000  # figures are exact to a tenth of a percent
HIGHEST = 10 * STEP  # a rise of 1,000% counts as any rise


def headroom(pie: Pie, policy: Policy) -> tuple[Headroom, ...]:
    """For each class that is held: the largest sudden fall and rise, in percent, that the shelters could absorb.

    A fall of 100 and a rise of None mean any. Both are 0 where the household cannot return to its bands even today.
    """
    rooms = _Rooms(pie, policy)
    today = rooms.obstacle(pie.cash, STEP) is None
    found = []
    for c, name in enumerate(pie.classes):
        if name == CASH or pie.worth[c] <= 0:
            continue
        fall = STEP - rooms.edge(c, 0) if today else 0
        top = rooms.edge(c, STEP + HIGHEST) if today else STEP
        rise = None if top == STEP + HIGHEST else _percent(top - STEP)
        found.append(Headroom(asset_class=name, fall_pct=_percent(fall), rise_pct=rise))
    return tuple(found)


def _percent(steps: int) -> Decimal:
    return Decimal(steps * 100) / STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class _Revalued:
    """The household at other prices: what accounts may move where, what each class needs and can take at most."""

    supply: Sequence[int]
    room: Sequence[Sequence[int]]
    need: Sequence[int]
    most: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Classes that need too much together, or (`starving` false) that cannot take what must go there."""

    starving: bool
    classes: frozenset[int]

    def blocks(self, at: _Revalued) -> bool:
        """Whether it still proves, at these prices, that the household cannot return to its bands."""
        inside = [sum(row[c] for c in self.classes) for row in at.room]
        if self.starving:
            reach = sum(min(cents, room) for cents, room in zip(at.supply, inside, strict=True))
            return sum(at.need[c] for c in self.classes) > reach
        if any(at.most[c] < 0 for c in self.classes):
            return True
        stuck = sum(
            max(0, cents - sum(row) + room) for cents, row, room in zip(at.supply, at.room, inside, strict=True)
        )
        return sum(at.most[c] for c in self.classes) < stuck


class _Rooms:
    """The household's money by account and class, ready to be revalued."""

    def __init__(self, pie: Pie, policy: Policy) -> None:
        net = network(pie)
        self._cash = pie.cash
        self._fixed = [w - sum(row[c] for row in net.flow) for c, w in enumerate(net.worth)]
        self._band = [bands.edges(policy, name) for name in pie.classes]
        self._held: list[list[int]] = []
        self._open: list[tuple[bool, ...]] = []
        pooled: dict[tuple[bool, ...], int] = {}
        for row, wallet in zip(net.flow, pie.wallets, strict=True):
            may = tuple(c == pie.cash or name in wallet.buys for c, name in enumerate(pie.classes))
            # accounts that may hold the same classes, and hold nothing else, act as one
            alike = all(free or not cents for free, cents in zip(may, row, strict=True))
            if alike and may in pooled:
                pool = self._held[pooled[may]]
                pool[:] = [x + y for x, y in zip(pool, row, strict=True)]
                continue
            if alike:
                pooled[may] = len(self._held)
            self._held.append(list(row))
            self._open.append(may)

    def edge(self, c: int, far: int) -> int:
        """The farthest factor (in steps) on the way to `far` from which the household could still return."""
        while (cut := self.obstacle(c, far)) is not None:
            good = STEP
            while abs(far - good) > 1:
                middle = (far + good) // 2
                if cut.blocks(self._at(c, middle)):
                    far = middle
                else:
                    good = middle
            far = good
        return far

    def obstacle(self, c: int, steps: int) -> _Cut | None:
        """What keeps the household out of its bands when class c is worth so many thousandths; None: nothing."""
        at = self._at(c, steps)
        full = [k for k, most in enumerate(at.most) if most < 0]
        if full:
            return _Cut(starving=False, classes=frozenset(full[:1]))
        hungry = starving(at.supply, at.need, at.room)
        if hungry is not None:
            return _Cut(starving=True, classes=hungry)
        tight = crowded(at.supply, at.most, at.room)
        return None if tight is None else _Cut(starving=False, classes=tight)

    def _at(self, c: int, steps: int) -> _Revalued:
        held = [[x * steps // STEP if k == c else x for k, x in enumerate(row)] for row in self._held]
        fixed = [x * steps // STEP if k == c else x for k, x in enumerate(self._fixed)]
        supply = [sum(row) for row in held]
        total = sum(fixed) + sum(supply)
        room = [
            [cents if free else x for x, free in zip(row, may, strict=True)]
            for row, may, cents in zip(held, self._open, supply, strict=True)
        ]
        need, most = [0] * len(fixed), [sum(supply)] * len(fixed)
        for k, (lower, upper, scale) in enumerate(self._band):
            if k != self._cash:  # strictly inside: at its edge a class is out
                need[k] = max(0, lower * total // scale + 1 - fixed[k])
                most[k] = -(-upper * total // scale) - 1 - fixed[k]
        return _Revalued(supply=supply, room=room, need=need, most=most)
