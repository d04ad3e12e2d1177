"""Which of the best flows: the one that leaves the classes evenly funded, then the one that puts each where it belongs.

The class totals that the cheapest flows can reach are the bases of a polymatroid (a sum of boxes cut by one
equation each), so one point has the most even funded ratios W/T of all, from below and from above at once. It is found
by decomposition: level everything like water, let a maximum flow try, split at the minimum cut where it fails
(Fujishige, Lexicographically optimal base of a polymatroid, 1980; no enumeration of sets).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.flow import BIG, Admissible, Network


def level(total: int, low: Sequence[int], high: Sequence[int], weight: Sequence[int]) -> list[int]:
    """Whole cents with this total, between low and high, as near to one common ratio to their weights as can be.

    Like water poured into vessels of these widths: the lowest fills first, and a vessel without width last. Where all
    weights are 0, to one common depth. Spare cents go to the earliest. Requires sum(low) <= total <= sum(high).
    """
    if not weight:
        return []
    if not any(weight):
        weight = [1] * len(weight)
    rows = list(zip(low, high, weight, strict=True))
    height, width = _surface(total, rows)
    parts = [min(max(height * w // width, lo), hi) for lo, hi, w in rows]
    spare = total - sum(parts)
    for i, (lo, hi, w) in enumerate(rows):
        if spare and w and lo <= parts[i] < hi and parts[i] * width <= height * w:
            parts[i] += 1
            spare -= 1
    flat = [i for i, w in enumerate(weight) if not w]
    if spare and flat:
        rest = spare + sum(parts[i] for i in flat)
        for i, x in zip(
            flat, level(rest, [low[i] for i in flat], [high[i] for i in flat], [0] * len(flat)), strict=True
        ):
            parts[i] = x
    return parts


def _surface(total: int, rows: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """The common ratio of the water's surface, as numerator and denominator; at most `total` lies below it."""
    edges = [(x, w) for lo, hi, w in rows if w for x in (lo, hi)]
    # exact order of fractions: two different ones of such widths differ by far more than 2 ** -192
    edges.sort(key=lambda edge: (edge[0] << 192) // edge[1])
    best = edges[0]
    left, right = 0, len(edges) - 1
    while left <= right:
        middle = (left + right) // 2
        x, width = edges[middle]
        if sum(min(max(x * w // width, lo), hi) for lo, hi, w in rows) <= total:
            best, left = edges[middle], middle + 1
        else:
            right = middle - 1
    x, width = best
    rising = [(lo, w) for lo, hi, w in rows if w and lo * width <= x * w < hi * width]
    still = sum(min(max(x * w // width, lo), hi) for lo, hi, w in rows if not (w and lo * width <= x * w < hi * width))
    room = sum(w for _, w in rising)
    # never below the edge: the surface is a floor for every vessel that still fills
    return (total - still, room) if room and (total - still) * width >= x * room else best


def even_out(net: Network) -> None:
    """Shift the totals along free arcs until no class could be better funded at the cost of a better funded one."""
    by_class, by_account, hub = net.potentials()
    free = Admissible(net, by_class, by_account)
    low, high = list(net.worth), list(net.worth)
    for c in net.classes:
        cost, amount = net.leaving(c)
        if amount and hub + cost == by_class[c]:
            low[c] -= amount
        cost, amount = net.entering(c)
        if amount and by_class[c] + cost == hub:
            high[c] += amount
    groups = [[c for c in net.classes if low[c] < high[c]]]
    while groups:
        group = groups.pop()
        if len(group) < 2:
            continue
        stuck = _try(net, free, group, low, high)
        if stuck:
            groups += [[c for c in group if c in stuck], [c for c in group if c not in stuck]]


def _try(net: Network, free: Admissible, group: list[int], low: list[int], high: list[int]) -> set[int]:
    """Level one group; the classes that cannot give up enough, together with all that they could give to."""
    total = sum(net.worth[c] for c in group)
    wish = level(total, [low[c] for c in group], [high[c] for c in group], [net.goal[c] for c in group])
    spare = {c: net.worth[c] - cents for c, cents in zip(group, wish, strict=True)}
    supply = {c: cents for c, cents in spare.items() if cents > 0}
    free.send(supply, {c: -cents for c, cents in spare.items() if cents < 0})
    stuck = [c for c, cents in supply.items() if cents]
    if not stuck:
        return set()
    found = free.reach(stuck)
    inside = [c for c in group if c in found]
    # a group that cannot be split has settled as far as whole cents allow
    return set(inside) if 0 < len(inside) < len(group) else set()


def prefer_places(net: Network, rank: Sequence[Sequence[int]]) -> None:
    """With all class totals kept, move money to where `rank[a][c]` is least: cancel cycles that lower the sum."""
    by_class, by_account, _ = net.potentials()
    free = Admissible(net, by_class, by_account)
    while _cancel_cycle(net, free, rank):
        pass


def _cancel_cycle(net: Network, free: Admissible, rank: Sequence[Sequence[int]]) -> bool:
    """Find one cycle of free arcs whose rank falls, and push as much as fits; False when there is none."""
    near = [0] * len(net.classes)
    came: dict[int, tuple[int, int, int]] = {}
    last = -1
    for _ in range(len(net.classes) + 1):
        last = _approach(net, free, rank, near, came)
        if last < 0:
            return False
    for _ in net.classes:
        last = came[last][1]
    cycle, d = [(*came[last], last)], came[last][1]
    while d != last:
        cycle.append((*came[d], d))
        d = came[d][1]
    amount = min((room for _, _, room, _ in cycle), default=BIG)
    for a, c, _, d in cycle:
        net.flow[a][c] -= amount
        net.flow[a][d] += amount
    return True


def _approach(
    net: Network,
    free: Admissible,
    rank: Sequence[Sequence[int]],
    near: list[int],
    came: dict[int, tuple[int, int, int]],
) -> int:
    """One round of Bellman-Ford over the free arcs; the last class that came nearer, -1 when none did."""
    last = -1
    for c in net.classes:
        for a, out in free.steps(c):
            for d, into in free.drops(a):
                cost = near[c] - rank[a][c] + rank[a][d]
                if d != c and cost < near[d]:
                    near[d], came[d], last = cost, (a, c, min(out, into)), d
    return last
