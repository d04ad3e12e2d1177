"""What the household could still do at other prices: whether tax-free trades could bring it back into its bands.

When one class's price is multiplied by a factor, everything that holds it and every goal moves along. The household can
return to its bands as long as some flow puts every class between the edges of its band; for a base polytope inside a
box that is two maximum flows (Hoffman's circulation theorem, 1960). Where one fails its cut proves it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass

from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.layout import network
from bot.engine.pie import Pie
from bot.engine.transport import crowded, starving

STEP = 1000  # figures are exact to a tenth of a percent
ANY = 1 << 60  # more than there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Revalued:
    """The household at other prices: what accounts may move where, what each class needs and can take at most."""

    supply: Sequence[int]
    room: Sequence[Sequence[int]]
    need: Sequence[int]
    most: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Classes that need too much together, or (`starving` false) that cannot take what must go there."""

    starving: bool
    classes: frozenset[int]

    def blocks(self, at: Revalued) -> bool:
        """Whether these classes alone keep the household out of its bands at such prices."""
        if self.starving:
            within = sum(min(s, sum(row[k] for k in self.classes)) for s, row in zip(at.supply, at.room, strict=True))
            return sum(at.need[k] for k in self.classes) > within
        if any(at.most[k] < 0 for k in self.classes):
            return True
        outside = [k for k in range(len(at.most)) if k not in self.classes]
        rows = zip(at.supply, at.room, strict=True)
        return sum(max(0, s - sum(row[k] for k in outside)) for s, row in rows) > sum(at.most[k] for k in self.classes)


class Rooms:
    """The household's money by account and class, ready to be revalued.

    `fixed[c]` cents of a class stay whatever happens; `held[a][c]` may move within an account to the classes that are
    `open` there. Accounts that may hold the same classes act as one, unless they are asked for `apart`.
    """

    def __init__(self, pie: Pie, policy: Policy, *, apart: bool = False) -> None:
        net = network(pie)
        self.cash = pie.cash
        self.fixed = [w - sum(row[c] for row in net.flow) for c, w in enumerate(net.worth)]
        self._band = [bands.edges(policy, name) for name in pie.classes]
        self.held: list[list[int]] = []
        self.open: list[tuple[bool, ...]] = []
        pooled: dict[tuple[bool, ...], int] = {}
        for row, wallet in zip(net.flow, pie.wallets, strict=True):
            may = tuple(c == pie.cash or name in wallet.buys for c, name in enumerate(pie.classes))
            # accounts that may hold the same classes, and hold nothing else, act as one
            alike = not apart and all(free or not cents for free, cents in zip(may, row, strict=True))
            if alike and may in pooled:
                pool = self.held[pooled[may]]
                pool[:] = [x + y for x, y in zip(pool, row, strict=True)]
                continue
            if alike:
                pooled[may] = len(self.held)
            self.held.append(list(row))
            self.open.append(may)

    def after(self, a: int, parts: Sequence[int]) -> Rooms:
        """The same household once cash of an account has become classes that stay; for accounts that stand apart."""
        other = copy(self)
        other.held = [list(row) for row in self.held]
        other.held[a][self.cash] -= sum(parts)
        other.fixed = [x + y for x, y in zip(self.fixed, parts, strict=True)]
        return other

    def need(self, k: int, total: int, fixed: int) -> int:
        """What a class must get at least; strictly inside its band, for at its edge it is out."""
        lower, _, scale = self._band[k]
        return 0 if k == self.cash else max(0, lower * total // scale + 1 - fixed)

    def most(self, k: int, total: int, fixed: int) -> int:
        """What a class can take at most; negative when what is fixed is too much already."""
        _, upper, scale = self._band[k]
        return ANY if k == self.cash else -(-upper * total // scale) - 1 - fixed

    def at(self, jumping: Collection[int], steps: int) -> Revalued:
        """The household when some classes are worth so many thousandths of today's price."""
        held, fixed = [list(row) for row in self.held], list(self.fixed)
        for row in (*held, fixed):
            for c in jumping:
                row[c] = row[c] * steps // STEP
        supply = [sum(row) for row in held]
        total = sum(fixed) + sum(supply)
        room = [
            [cents if free else x for x, free in zip(row, may, strict=True)]
            for row, may, cents in zip(held, self.open, supply, strict=True)
        ]
        return Revalued(
            supply=supply,
            room=room,
            need=[self.need(k, total, cents) for k, cents in enumerate(fixed)],
            most=[self.most(k, total, cents) for k, cents in enumerate(fixed)],
        )


def obstacle(at: Revalued) -> Cut | None:
    """What keeps the household out of its bands at such prices; None: nothing."""
    full = [k for k, most in enumerate(at.most) if most < 0]
    if full:
        return Cut(starving=False, classes=frozenset(full[:1]))
    hungry = starving(at.supply, at.need, at.room)
    if hungry is not None:
        return Cut(starving=True, classes=hungry)
    tight = crowded(at.supply, at.most, at.room)
    return None if tight is None else Cut(starving=False, classes=tight)
