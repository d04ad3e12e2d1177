"""Whole shares repaired: what rounding took from the flow is won back step by step while total drift falls.

Drift hears of classes alone, so a step is wished for by class (a share or two more of this, fewer of that) and then an
account is looked for that can take it, with its own cash or with what another has left. Cash passes between accounts
without any class feeling it: one sells a dear share and buys cheap ones for it, the other does the reverse.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bot.engine.rounding import WHOLE, Rounding, Step

# How far the search goes; each was tried up and down: more finds little, and costs time.
WISHES = 60  # tried in a round
BEST = 6  # shares that make up wishes of three
NEAREST = 2  # accounts that are tried for a wish
TIMES = 5  # of a dear share in an exchange
EXCHANGES = 20  # tried between two accounts

Wish = tuple[tuple[int, int], ...]  # shares, and how many more (or fewer) of each
Exchange = tuple[int, Wish]  # cents that an account gains by it, and what it sells (or buys)
Ways = Callable[[Wish], Iterator[list[Step]]]


class Part(NamedTuple):
    """So many `more` of a share: how much nearer its classes come to goal, and what it costs, in parts of a cent.

    `net` is both together: how far drift falls while there is more cash than its goal.
    """

    net: int
    nearer: int
    cost: int
    more: int
    share: int


class Repair:
    """The wishes of one rounding, and the accounts that can grant them.

    Shares are numbered by fund and weight: those of one number count the same in every account. `place[k]` has the
    slot of share k by account, `price[k]` the cents of one step of it, `touches[k]` its classes (all for one of cash).
    """

    def __init__(self, rounding: Rounding) -> None:
        self.now = rounding
        number = {key: k for k, key in enumerate(sorted({(slot.symbol, slot.weight) for slot in rounding.slots}))}
        self.share = [number[slot.symbol, slot.weight] for slot in rounding.slots]
        self.place: list[dict[int, int]] = [{} for _ in number]
        for i, slot in enumerate(rounding.slots):
            self.place[self.share[i]][slot.wallet] = i
        self.sample = [rounding.slots[min(slots.values())] for slots in self.place]
        self.price = [slot.cost(1) for slot in self.sample]
        everything = frozenset(range(len(rounding.worth)))
        touched = [frozenset(c for c, _ in slot.parts) for slot in self.sample]
        self.touches = [everything if rounding.cash in classes else classes for classes in touched]
        # with few shares to choose from, more of each are worth trying
        self.few = range(1, 1 + max(2, 15 // max(1, len(number))))
        self.exchanges = sorted(self._exchanges([k for k, slot in enumerate(self.sample) if slot.unit == WHOLE]))
        self.gained = [cents for cents, _ in self.exchanges]
        # what holds until the next step is taken
        self.homes: list[dict[int, frozenset[int]]] = [{} for _ in number]
        self.rests: dict[Wish, list[tuple[int, int]]] = {}
        self.listed: dict[int, list[Wish]] = {}

    def _exchanges(self, shares: list[int]) -> Iterator[Exchange]:
        """A share alone, or a few of it against as many of a cheaper one as come near to their worth."""
        price = self.price
        for x in shares:
            yield price[x], ((x, 1),)
            for y in shares:
                for n in range(1, TIMES + 1) if price[x] > price[y] else ():
                    m, cents = divmod(n * price[x], price[y])
                    yield cents, ((x, n), (y, -m))
                    yield price[y] - cents, ((y, m + 1), (x, -n))

    def run(self) -> None:
        """Grant wishes until none can be granted; only steps that lower total drift are taken, so it ends."""
        while any(self._round(size, ways) for ways in (self._alone, self._borrowing) for size in (1, 2, 3)):
            pass

    def _round(self, size: int, ways: Ways) -> bool:
        """Grant what can be granted of the wishes for so many shares, the best first; whether any was."""
        return sum(self._grant(wish, ways) for wish in self._wishes(size)) > 0

    # --- wishes --------------------------------------------------------------------------------------------------
    def _wishes(self, size: int) -> list[Wish]:
        """Steps of one, two or three shares that would lower drift; those first that would lower it most."""
        if size not in self.listed:
            falling = sorted(fall for first, others in self._rows(size) for fall in self._falling(first, others))
            self.listed[size] = [wish for _, wish in falling[:WISHES]]
        return self.listed[size]

    def _rows(self, size: int) -> list[tuple[list[Part], list[Part]]]:
        """What may be joined: the parts on the left with any one of those on the right."""
        shares = range(len(self.price))
        ups = [self._part(k, n) for k in shares for n in self._counts(k)]
        downs = [self._part(k, -n) for k in shares for n in self.few if self._homes(k, -n)]
        if size == 1:
            return [([], ups + downs)]
        if size == 2:
            return [([up], downs) for up in ups]
        ups = sorted((part for part in ups if part.more == 1), reverse=True)[:BEST]
        downs = sorted((part for part in downs if part.more == -1), reverse=True)[:BEST]
        rows = [([up, other], downs) for i, up in enumerate(ups) for other in ups[:i]]
        return rows + [([down, other], ups) for i, down in enumerate(downs) for other in downs[:i]]

    def _falling(self, first: list[Part], others: list[Part]) -> Iterator[tuple[int, Wish]]:
        """Of all that joins the first parts with one of the others what would lower drift, by how far (negative)."""
        over = self.now.worth[self.now.cash] - self.now.goal[self.now.cash]
        nearer, paid = sum(part.nearer for part in first), sum(part.cost for part in first)
        taken = frozenset[int]().union(*(self.touches[part.share] for part in first))
        begun = tuple((part.share, part.more) for part in first)
        for _, gain, cost, n, k in others:
            if taken.isdisjoint(self.touches[k]):
                fall = nearer + gain + abs(over) - abs(over - paid - cost)
            else:
                fall = self._fall((*begun, (k, n))) if all(k != other for other, _ in begun) else 0
            if fall > 0:
                yield -fall, (*begun, (k, n))

    def _part(self, k: int, n: int) -> Part:
        cents, whole = self._cost(k, n), self.now.whole
        nearer = self.now.fall({c: cents * part for c, part in self.sample[k].parts})
        return Part(nearer + cents * whole, nearer, cents * whole, n, k)

    def _cost(self, k: int, n: int) -> int:
        return n * self.price[k] if -1 <= n <= 1 else self.sample[k].cost(n)

    def _fall(self, wish: Wish) -> int:
        """How far total drift would fall."""
        shift: dict[int, int] = {}
        for k, n in wish:
            cents = self._cost(k, n)
            for c, part in (*self.sample[k].parts, (self.now.cash, -self.now.whole)):
                shift[c] = shift.get(c, 0) + cents * part
        return self.now.fall(shift)

    def _counts(self, k: int) -> list[int]:
        """How many shares more are worth trying: a few, and up to a goal of its classes or one beyond."""
        now, slot, counts = self.now, self.sample[k], set(self.few)
        for c, part in slot.parts:
            lack = slot.worth_at_most((now.goal[c] - now.worth[c]) // part)
            counts |= {max(lack, 1), lack + 1}
        return sorted(counts)

    # --- places --------------------------------------------------------------------------------------------------
    def _grant(self, wish: Wish, ways: Ways) -> bool:
        """Take the step as often as there is a place for it and drift still falls; whether it was taken."""
        granted = False
        while any(self._take(steps) for steps in ways(wish)):
            granted = True
        return granted

    def _take(self, steps: list[Step]) -> bool:
        falls = self.now.gain(steps) > 0
        if falls:
            for i, step in steps:
                self.now.move(i, step)
                self.homes[self.share[i]].clear()
            self.rests.clear()
            self.listed.clear()
        return falls

    def _alone(self, wish: Wish) -> Iterator[list[Step]]:
        """In one account: where the least cash would be left, or with fewer of the first share where there is most."""
        rests = self._rests(wish)
        for _, a in rests[bisect_left(rests, (0, 0)) :][:NEAREST]:
            yield self._steps(a, wish)
        k, n = wish[0]
        if n > 1 and rests and rests[-1][0] < 0:
            rest, a = rests[-1]
            fewer = self.sample[k].worth_at_most(self._cost(k, n) + rest)
            if fewer:
                yield self._steps(a, ((k, fewer), *wish[1:]))

    def _borrowing(self, wish: Wish) -> Iterator[list[Step]]:
        """In an account that is short of cash, by an exchange with the one that has most of it left."""
        rests, left = self._rests(wish), self.now.left
        for rest, a in rests[: bisect_left(rests, (0, 0))][: -NEAREST - 1 : -1]:
            others = [(left[b], b) for b in range(len(left)) if b != a and left[b] >= -rest]
            for cents, b in sorted(others)[-1:]:
                first, last = bisect_left(self.gained, -rest), bisect_right(self.gained, cents)
                for _, sold in self.exchanges[first : min(last, first + EXCHANGES)]:
                    if all(a in self._homes(k, -n) and b in self._homes(k, n) for k, n in sold):
                        bought = tuple((k, -n) for k, n in sold)
                        yield _joined(self._steps(a, wish) + self._steps(a, bought) + self._steps(b, sold))

    def _rests(self, wish: Wish) -> list[tuple[int, int]]:
        """What cash would be left in each account that could take the whole wish, the least first."""
        if wish not in self.rests:
            homes = self._homes(*wish[0])
            for k, n in wish[1:]:
                homes &= self._homes(k, n)
            cost, left = sum(self._cost(k, n) for k, n in wish), self.now.left
            self.rests[wish] = sorted([(left[a] - cost, a) for a in homes])
        return self.rests[wish]

    def _homes(self, k: int, n: int) -> frozenset[int]:
        """Accounts that could take so many more (or fewer) of a share if they had the cash."""
        homes = self.homes[k]
        if n not in homes:
            homes[n] = frozenset(a for a, i in self.place[k].items() if self.now.fits(i, n))
        return homes[n]

    def _steps(self, a: int, wish: Wish) -> list[Step]:
        return [(self.place[k][a], n) for k, n in wish]


def _joined(steps: list[Step]) -> list[Step]:
    """The same steps with every slot named once."""
    sums: dict[int, int] = {}
    for i, step in steps:
        sums[i] = sums.get(i, 0) + step
    return list(sums.items())
