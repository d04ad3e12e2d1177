"""Headroom: how far each class's price may move before no tax-free trade could bring the household back into its bands.

The zero-tax limit is a function of prices (see `rooms`). Where a sudden move is too much a cut proves it, and the same
cut is followed back, by arithmetic alone, to the factor that it allows. A gradual rise under which the loop keeps
swapping gets stuck earlier than a jump of the same size: see `_gradual`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Context, Decimal
from functools import partial

from bot.domain.instruments import CASH
from bot.domain.plan import Headroom
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.pie import Pie
from bot.engine.rooms import STEP, Cut, Rooms, obstacle

HIGHEST = 10 * STEP  # a rise of 1,000% counts as any rise
_EXACT = Context(prec=28)


def headroom(pie: Pie, policy: Policy) -> tuple[Headroom, ...]:
    """For each class that is held: the largest sudden fall and rise, in percent, that the shelters could absorb.

    A fall of 100 and a rise of None mean any. Both are 0 where the household cannot return to its bands even today.
    """
    rooms = Rooms(pie, policy)
    today = obstacle(rooms.at((), STEP)) is None
    found = []
    for c, name in enumerate(pie.classes):
        if name == CASH or pie.worth[c] <= 0:
            continue
        fall = STEP - _edge(rooms, c, 0)[0] if today else 0
        top, cut = _edge(rooms, c, STEP + HIGHEST) if today else (STEP, None)
        found.append(
            Headroom(
                asset_class=name,
                fall_pct=_percent(fall),
                rise_pct=None if top == STEP + HIGHEST else _percent(top - STEP),
                gradual_rise_pct=_gradual(pie, policy, rooms, c, cut) if today else Decimal(0),
            )
        )
    return tuple(found)


def _percent(steps: int) -> Decimal:
    return Decimal(steps * 100) / STEP


def _edge(rooms: Rooms, c: int, far: int) -> tuple[int, Cut | None]:
    """The farthest factor (in steps) on the way to `far` from which the household can still return, and what binds."""
    binding = None
    while (cut := obstacle(rooms.at((c,), far))) is not None:
        binding, blocks = cut, _along(rooms, cut, c)
        good = STEP
        while abs(far - good) > 1:
            middle = (far + good) // 2
            if blocks(middle):
                far = middle
            else:
                good = middle
        far = good
    return far, binding


def _along(rooms: Rooms, cut: Cut, c: int) -> Callable[[int], bool]:
    """By the price of class c (in steps): whether the cut still keeps the household out of its bands."""
    rows = list(zip(rooms.held, map(partial(_bound, cut), rooms.open), strict=True))
    moving = [row[c] for row, bound in rows if c in bound]
    still = sum(row[k] for row, bound in rows for k in bound if k != c)
    priced = [rooms.fixed[c], *(row[c] for row in rooms.held)]
    others = sum(rooms.fixed) + sum(map(sum, rooms.held)) - sum(priced)

    def blocks(steps: int) -> bool:
        total = others + sum(x * steps // STEP for x in priced)
        money = still + sum(x * steps // STEP for x in moving)
        fixed = [(k, rooms.fixed[k] * steps // STEP if k == c else rooms.fixed[k]) for k in cut.classes]
        if cut.starving:
            return sum(rooms.need(k, total, cents) for k, cents in fixed) > money
        most = [rooms.most(k, total, cents) for k, cents in fixed]
        return min(most) < 0 or sum(most) < money

    return blocks


def _bound(cut: Cut, may: Sequence[bool]) -> Collection[int]:
    """The classes whose money in an account the cut counts: all that could go into it, or all that must."""
    inside = [k in cut.classes for k, free in enumerate(may) if free]
    if cut.starving:
        return range(len(may)) if any(inside) else cut.classes
    return cut.classes if all(inside) else ()


def _gradual(pie: Pie, policy: Policy, rooms: Rooms, c: int, cut: Cut | None) -> Decimal | None:
    """The rise, in percent, at which a class gets stuck if it comes slowly and the loop swaps to target on the way.

    With F of the class fixed in a household of V, target t and upper edge u: the shelters hold none of it any more when
    its price has grown by (tV/F)^(1/(1-t)), for until then V grows with its power t; from there on only F grows, and
    leaves its band after another u(1-t)/((1-u)t). None: any rise, or where something else than the class itself is in
    the way, so that the closed form does not hold.
    """
    lower, upper, scale = bands.edges(policy, pie.classes[c])
    target = Decimal(lower + upper) / (2 * scale)
    edge = Decimal(upper) / scale
    alone = cut is None or (not cut.starving and cut.classes == {c})
    if not alone or rooms.fixed[c] <= 0 or not 0 < target < edge < 1:
        return None
    swapped = max(Decimal(1), _EXACT.power(target * pie.total / rooms.fixed[c], 1 / (1 - target)))
    start = max(target, Decimal(rooms.fixed[c]) / pie.total)
    stuck = edge * (1 - start) / ((1 - edge) * start)
    rise = (swapped * stuck - 1) * 100
    return (
        None if rise > HIGHEST * 100 // STEP else max(Decimal(0), rise.quantize(Decimal("0.1"), rounding="ROUND_FLOOR"))
    )
