"""The network: cents that may move between classes inside each account, moved along shortest residual paths.

An account is a node that joins the classes: taking money out of a class c it can leave into any class d that the
account may buy. Moving cents from an overweight class to an underweight one is a path over one account, or over
several (a chain of swaps). The least drift is a maximum flow from the over- to the underweight classes, the least
turnover its cheapest form (Ahuja, Magnanti, Orlin, Network Flows, 1993, chapters 7 and 9: successive shortest paths
with potentials). All amounts are whole cents, all costs whole numbers: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Matrix = list[list[int]]
BIG = 1 << 60  # farther than any path
OUT_OF_PLACE = 1 << 20  # the weight of a cent outside its goal, above the turnover of any path


class Network:
    """The state of the flow; `flow[a][c]` cents of account a lie in class c.

    `low` and `room` bound the flow. `base` is the level below which taking money out of a class is a sale (turnover
    1 a cent); above it, it is the undoing of a purchase, or cash (turnover 0). `worth[c]` is the class's total with all
    that is fixed, `start[c]` where it began, `goal[c]` where it should be and `slack[c]` how far off is good enough.
    """

    __slots__ = ("accounts", "base", "classes", "flow", "goal", "low", "room", "slack", "start", "worth")

    def __init__(
        self, flow: Matrix, low: Matrix, room: Matrix, base: Matrix, worth: Sequence[int], goal: Sequence[int]
    ) -> None:
        self.flow, self.low, self.room, self.base = flow, low, room, base
        self.worth, self.goal, self.start = list(worth), list(goal), list(worth)
        self.slack = [0] * len(self.worth)
        self.accounts = range(len(flow))
        self.classes = range(len(self.worth))

    # --- one arc -------------------------------------------------------------------------------------------------
    def taking(self, a: int, c: int) -> tuple[int, int]:
        """Cost and room of taking money out of class c in account a; no room: (0, 0)."""
        have = self.flow[a][c]
        if have > self.base[a][c]:
            return 0, have - max(self.base[a][c], self.low[a][c])
        return 1, max(0, have - self.low[a][c])

    def putting(self, a: int, c: int) -> tuple[int, int]:
        """Cost and room of putting money into class c in account a; undoing a sale gives turnover back."""
        have = self.flow[a][c]
        if have < self.base[a][c]:
            return -1, max(0, min(self.base[a][c], self.room[a][c]) - have)
        return 0, max(0, self.room[a][c] - have)

    def leaving(self, c: int) -> tuple[int, int]:
        """Cost and room of making class c smaller: a gain above its goal, never below goal or start."""
        now, goal, start = self.worth[c], self.goal[c], self.start[c]
        if now <= min(goal, start):
            return 0, 0
        edge = goal + self.slack[c] if start > goal else goal - self.slack[c]
        if start > goal:
            return (-OUT_OF_PLACE, now - edge) if now > edge else (0, now - goal)
        return (0, now - max(start, edge)) if now > edge else (OUT_OF_PLACE, now - start)

    def entering(self, c: int) -> tuple[int, int]:
        """Cost and room of making class c larger: a gain below its goal, never above goal or start."""
        now, goal, start = self.worth[c], self.goal[c], self.start[c]
        if now >= max(goal, start):
            return 0, 0
        edge = goal - self.slack[c] if start < goal else goal + self.slack[c]
        if start < goal:
            return (-OUT_OF_PLACE, edge - now) if now < edge else (0, goal - now)
        return (0, min(start, edge) - now) if now < edge else (OUT_OF_PLACE, start - now)

    # --- shortest paths ------------------------------------------------------------------------------------------
    def relax(self, by_class: list[int], by_account: list[int]) -> None:
        """Bellman-Ford over the residual arcs, from whatever distances stand in the two lists."""
        flow, low, room, base = self.flow, self.low, self.room, self.base
        fresh = [c for c in self.classes if by_class[c] < BIG]
        while fresh:
            touched = set()
            for a in self.accounts:
                have, least, level, best = flow[a], low[a], base[a], by_account[a]
                for c in fresh:
                    if have[c] > least[c] and by_class[c] < BIG:
                        cost = by_class[c] + (have[c] <= level[c])
                        best = min(best, cost)
                if best < by_account[a]:
                    by_account[a] = best
                    touched.add(a)
            reached = set()
            for a in sorted(touched):
                have, most, level, near = flow[a], room[a], base[a], by_account[a]
                for d in self.classes:
                    if have[d] < most[d]:
                        cost = near - (have[d] < level[d])
                        if cost < by_class[d]:
                            by_class[d] = cost
                            reached.add(d)
            fresh = sorted(reached)

    def improve(self, sources: Sequence[int], *, longest: int = BIG) -> None:
        """Move money from the given classes to where it lacks until no path of at most `longest` turnover helps."""
        while True:
            by_class, by_account = [BIG] * len(self.classes), [BIG] * len(self.accounts)
            for c in sources:
                cost, amount = self.leaving(c)
                if amount and self.start[c] > self.goal[c]:
                    by_class[c] = cost
            self.relax(by_class, by_account)
            best, ends = BIG, list[tuple[int, int]]()
            for c in self.classes:
                cost, amount = self.entering(c)
                if amount and self.start[c] < self.goal[c] and by_class[c] < BIG:
                    best, ends = min(best, by_class[c] + cost), [*ends, (by_class[c] + cost, c)]
            if best >= 0 or best % OUT_OF_PLACE > longest:
                return
            self._saturate(sources, [c for cost, c in ends if cost == best], by_class, by_account)

    def _saturate(self, sources: Sequence[int], ends: list[int], by_class: list[int], by_account: list[int]) -> None:
        """Send all that fits along paths of exactly the distances given."""
        gives = {c: self.leaving(c) for c in sources if self.start[c] > self.goal[c]}
        supply = {c: amount for c, (cost, amount) in gives.items() if cost == by_class[c]}
        Admissible(self, by_class, by_account).send(supply, {c: self.entering(c)[1] for c in ends})

    # --- potentials and cut --------------------------------------------------------------------------------------
    def potentials(self) -> tuple[list[int], list[int], int]:
        """Distances that leave no residual arc with a negative reduced cost: by class, by account, of the hub.

        The hub stands for the goals: class c joins it at the cost of `leaving` and `entering`.
        """
        by_class, by_account, hub = [0] * len(self.classes), [BIG] * len(self.accounts), 0
        while True:
            before = hub, list(by_class)
            self.relax(by_class, by_account)
            for c in self.classes:
                cost, amount = self.entering(c)
                if amount:
                    hub = min(hub, by_class[c] + cost)
            for c in self.classes:
                cost, amount = self.leaving(c)
                if amount:
                    by_class[c] = min(by_class[c], hub + cost)
            if before == (hub, by_class):
                return by_class, by_account, hub

    def reaching(self, wanted: Callable[[int], bool]) -> set[int]:
        """All classes from which some residual path leads to a class that is wanted."""
        found = {c for c in self.classes if wanted(c)}
        fresh, seen = list(found), set[int]()
        while fresh:
            d = fresh.pop()
            for a in self.accounts:
                if a in seen or self.flow[a][d] >= self.room[a][d]:
                    continue
                seen.add(a)
                new = [c for c in self.classes if c not in found and self.flow[a][c] > self.low[a][c]]
                found.update(new)
                fresh.extend(new)
        return found


class Admissible:
    """The residual arcs that lie on shortest paths for given distances: moving along them costs nothing extra."""

    __slots__ = ("_by_account", "_by_class", "_net")

    def __init__(self, net: Network, by_class: list[int], by_account: list[int]) -> None:
        self._net, self._by_class, self._by_account = net, by_class, by_account

    def steps(self, c: int) -> list[tuple[int, int]]:
        """Accounts that take money out of class c on a shortest path, each with the room of that arc."""
        net, here, found = self._net, self._by_class[c], []
        for a, near in enumerate(self._by_account):
            have = net.flow[a][c]
            if have > net.low[a][c] and here + (have <= net.base[a][c]) == near:
                found.append((a, net.taking(a, c)[1]))
        return found

    def drops(self, a: int) -> list[tuple[int, int]]:
        """Classes into which account a puts money on a shortest path, each with the room of that arc."""
        net, here = self._net, self._by_account[a]
        arcs = enumerate(zip(net.flow[a], net.room[a], net.base[a], self._by_class, strict=True))
        found = [d for d, (have, most, level, far) in arcs if have < most and here - (have < level) == far]
        return [(d, net.putting(a, d)[1]) for d in found]

    def send(self, supply: dict[int, int], wanted: dict[int, int]) -> None:
        """Send as much as can go from classes with money to spare to classes that want it.

        What then stays in `supply` finds no way. Each round fills all ways of the fewest steps at once (Dinitz, 1970).
        """
        while any(supply.values()) and any(wanted.values()):
            layers = _Layers(self, supply, wanted)
            if not layers.ends:
                return
            for c, cents in list(supply.items()):
                sent = layers.pour(c, cents, self._net.flow)
                supply[c] -= sent
                self._net.worth[c] -= sent
            for c, lacks in layers.ends.items():
                self._net.worth[c] += wanted[c] - lacks
                wanted[c] = lacks

    def reach(self, sources: Sequence[int]) -> set[int]:
        """Every class that the admissible arcs lead to from the given ones, themselves included."""
        found, fresh, seen = set(sources), list(sources), set[int]()
        while fresh:
            for a, _ in self.steps(fresh.pop()):
                if a not in seen:
                    seen.add(a)
                    new = [d for d, _ in self.drops(a) if d not in found]
                    found.update(new)
                    fresh.extend(new)
        return found


class _Layers:
    """The ways of the fewest steps: `ends` are the wanted classes that they lead to, with the cents each still takes.

    `out[c]` are accounts that take from class c, `into[a]` classes that account a puts into one step further on, each
    with its room and the first of them last; whatever is full or leads nowhere is struck off.
    """

    __slots__ = ("ends", "into", "out")

    def __init__(self, free: Admissible, supply: dict[int, int], wanted: dict[int, int]) -> None:
        self.out: dict[int, list[list[int]]] = {}
        self.into: dict[int, list[list[int]]] = {}
        self.ends: dict[int, int] = {}
        near = {c for c, cents in supply.items() if cents}
        while near and not self.ends:
            before = set(self.into)
            for c in sorted(near):
                self.out[c] = [[a, room] for a, room in reversed(free.steps(c)) if a not in before]
                for a, _ in self.out[c]:
                    if a not in self.into:
                        self.into[a] = [[d, room] for d, room in reversed(free.drops(a))]
            new = set(self.into) - before
            for a in new:
                self.into[a] = [arc for arc in self.into[a] if arc[0] not in self.out]
            near = {d for a in new for d, _ in self.into[a]}
            self.ends = {d: wanted[d] for d in sorted(near) if wanted.get(d)}

    def pour(self, c: int, amount: int, flow: Matrix) -> int:
        """Send up to so many cents onward from a class; the cents that went."""
        if c in self.ends:
            sent = min(amount, self.ends[c])
            self.ends[c] -= sent
            return sent
        left, arcs = amount, self.out.get(c, [])
        while left and arcs:
            a, room = arcs[-1]
            sent = self._pass_on(c, a, min(left, room), flow)
            left -= sent
            arcs[-1][1] -= sent
            if left:
                arcs.pop()
        return amount - left

    def _pass_on(self, c: int, a: int, amount: int, flow: Matrix) -> int:
        """Let an account take up to so many cents out of class c and put them where they lead on."""
        left, arcs = amount, self.into[a]
        while left and arcs:
            d, room = arcs[-1]
            sent = self.pour(d, min(left, room), flow)
            flow[a][c] -= sent
            flow[a][d] += sent
            left -= sent
            arcs[-1][1] -= sent
            if left:
                arcs.pop()
        return amount - left
