"""Headroom: how far each class's price may jump before no tax-free trade could bring the household back into its bands.

The zero-tax limit is a function of prices. When one class's price is multiplied by a factor, everything that holds it
and every goal moves along; the household can return to its bands as long as some flow puts every class between the
edges of its band. For a base polytope inside a box that is two maximum flows (Hoffman's circulation theorem, 1960).
Where one fails its cut proves it, and the same cut is followed back, by arithmetic alone, to the factor that it allows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from bot.domain.instruments import CASH
from bot.domain.plan import Headroom
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.pie import Pie
from bot.engine.solve import network
from bot.engine.transport import crowded, starving

STEP = 1000  # figures are exact to a tenth of a percent
HIGHEST = 10 * STEP  # a rise of 1,000% counts as any rise
ANY = 1 << 60  # more than there is


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
            blocks = self._along(cut, c)
            good = STEP
            while abs(far - good) > 1:
                middle = (far + good) // 2
                if blocks(middle):
                    far = middle
                else:
                    good = middle
            far = good
        return far

    def _along(self, cut: _Cut, c: int) -> Callable[[int], bool]:
        """By the price of class c (in steps): whether the cut still keeps the household out of its bands."""
        rows = list(zip(self._held, map(partial(self._bound, cut), self._open), strict=True))
        moving = [row[c] for row, bound in rows if c in bound]
        still = sum(row[k] for row, bound in rows for k in bound if k != c)
        priced = [self._fixed[c], *(row[c] for row in self._held)]
        others = sum(self._fixed) + sum(map(sum, self._held)) - sum(priced)

        def blocks(steps: int) -> bool:
            total = others + sum(x * steps // STEP for x in priced)
            money = still + sum(x * steps // STEP for x in moving)
            fixed = [(k, self._fixed[k] * steps // STEP if k == c else self._fixed[k]) for k in cut.classes]
            if cut.starving:
                return sum(self._need(k, total, cents) for k, cents in fixed) > money
            most = [self._most(k, total, cents) for k, cents in fixed]
            return min(most) < 0 or sum(most) < money

        return blocks

    @staticmethod
    def _bound(cut: _Cut, may: Sequence[bool]) -> Collection[int]:
        """The classes whose money in an account the cut counts: all that could go into it, or all that must."""
        inside = [k in cut.classes for k, free in enumerate(may) if free]
        if cut.starving:
            return range(len(may)) if any(inside) else cut.classes
        return cut.classes if all(inside) else ()

    def _need(self, k: int, total: int, fixed: int) -> int:
        """What a class must get at least; strictly inside its band, for at its edge it is out."""
        lower, _, scale = self._band[k]
        return 0 if k == self._cash else max(0, lower * total // scale + 1 - fixed)

    def _most(self, k: int, total: int, fixed: int) -> int:
        """What a class can take at most; negative when what is fixed is too much already."""
        _, upper, scale = self._band[k]
        return ANY if k == self._cash else -(-upper * total // scale) - 1 - fixed

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
        held, fixed = [list(row) for row in self._held], list(self._fixed)
        for row in (*held, fixed):
            row[c] = row[c] * steps // STEP
        supply = [sum(row) for row in held]
        total = sum(fixed) + sum(supply)
        room = [
            [cents if free else x for x, free in zip(row, may, strict=True)]
            for row, may, cents in zip(held, self._open, supply, strict=True)
        ]
        return _Revalued(
            supply=supply,
            room=room,
            need=[self._need(k, total, cents) for k, cents in enumerate(fixed)],
            most=[self._most(k, total, cents) for k, cents in enumerate(fixed)],
        )
