"""Whether money fits: a flow from accounts to classes, or the set of classes that proves that there is none.

Account a has `supply[a]` cents and may put at most `room[a][c]` of them into class c (Ford, Fulkerson 1956).
"""

from __future__ import annotations

from collections.abc import Sequence

Room = Sequence[Sequence[int]]


def starving(supply: Sequence[int], need: Sequence[int], room: Room) -> frozenset[int] | None:
    """Classes that together need more than all accounts could put there; None when every need can be met."""
    flow = _Flow(supply, need, room)
    for a in flow.accounts:
        flow.pour(a)
    short = [c for c, lacks in enumerate(flow.space) if lacks]
    return frozenset(flow.feeding(short)) if short else None


def crowded(supply: Sequence[int], most: Sequence[int], room: Room) -> frozenset[int] | None:
    """Classes that together take less than what has nowhere else to go; None when all money finds a place."""
    flow = _Flow(supply, most, room)
    for a in flow.accounts:
        flow.pour(a)
        if flow.left[a]:
            return frozenset(flow.reached(a))
    return None


class _Flow:
    """The flow so far: `put[a][c]`, what each account has `left` and how much `space` each class has."""

    def __init__(self, supply: Sequence[int], space: Sequence[int], room: Room) -> None:
        self.left, self.space, self.room = list(supply), list(space), room
        self.put = [[0] * len(self.space) for _ in self.left]
        self.accounts = sorted(range(len(self.left)), key=lambda a: -list(room[a]).count(0))
        for a in self.accounts:
            left, put = self.left[a], self.put[a]
            for c, free in enumerate(self.space):
                if not left:
                    break
                if free and room[a][c]:
                    put[c] = min(left, free, room[a][c])
                    left -= put[c]
                    self.space[c] -= put[c]
            self.left[a] = left

    def pour(self, a: int) -> None:
        """Send what account a has left along shortest ways, past other accounts where need be."""
        while self.left[a] and any(self.space):
            path = self._path(a)
            if not path:
                return
            amounts = [self.left[a], self.space[path[-1][1]], *(self.room[x][c] - self.put[x][c] for x, c in path)]
            amounts += [self.put[x][path[i][1]] for i, (x, _) in enumerate(path[1:])]
            self._move(path, min(amounts))

    def _move(self, path: list[tuple[int, int]], amount: int) -> None:
        for i, (a, c) in enumerate(path):
            self.put[a][c] += amount
            if i:
                self.put[a][path[i - 1][1]] -= amount
        self.left[path[0][0]] -= amount
        self.space[path[-1][1]] -= amount

    def _path(self, start: int) -> list[tuple[int, int]]:
        """A shortest way to a class with space, as (account, class) steps; empty when there is none."""
        came: dict[int, tuple[int, int]] = {}  # class -> (account that puts into it, class that this account gave up)
        queue, seen = [(start, -1)], {start}
        for a, given in queue:
            for c, space in enumerate(self.space):
                if c in came or self.room[a][c] <= self.put[a][c]:
                    continue
                came[c] = (a, given)
                if space:
                    return _walk_back(came, c)
                for other in self.accounts:
                    if other not in seen and self.put[other][c]:
                        seen.add(other)
                        queue.append((other, c))
        return []

    def feeding(self, short: list[int]) -> set[int]:
        """The short classes, and all whose money could still be moved into them."""
        found, fresh, seen = set(short), list(short), set[int]()
        while fresh:
            c = fresh.pop()
            for a in self.accounts:
                if a not in seen and self.room[a][c] > self.put[a][c]:
                    seen.add(a)
                    new = [d for d, cents in enumerate(self.put[a]) if cents and d not in found]
                    found.update(new)
                    fresh.extend(new)
        return found

    def reached(self, start: int) -> set[int]:
        """The classes into which an account could push money, past other accounts."""
        found, queue, seen = set[int](), [start], {start}
        for a in queue:
            for c in range(len(self.space)):
                if c not in found and self.room[a][c] > self.put[a][c]:
                    found.add(c)
                    new = [other for other in self.accounts if other not in seen and self.put[other][c]]
                    seen.update(new)
                    queue.extend(new)
        return found


def _walk_back(came: dict[int, tuple[int, int]], c: int) -> list[tuple[int, int]]:
    path = []
    while c >= 0:
        a, given = came[c]
        path.append((a, c))
        c = given
    return path[::-1]
