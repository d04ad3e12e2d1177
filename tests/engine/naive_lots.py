"""The same past told share by share, with fractions and linear searches: slow, and of nothing that the book is made of.

Every share is its own object. Only whole shares, splits of whole numbers and one group of identical shares.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Method


@dataclass(kw_only=True, eq=False)
class Share:
    """One share; `cost` in cents. `order` is its place among shares of one day."""

    account: str
    cost: Fraction
    acquired: date
    since: date
    purchase: str
    order: int
    used: bool = False


@dataclass(kw_only=True)
class Lost:
    """The loss on one sold share."""

    on: date
    since: date
    cents: Fraction
    purchase: str
    block: int
    washed: bool = False
    forfeited: bool = False


@dataclass(kw_only=True)
class Naive:
    """A household's shares by account, its gains, and the losses on single shares."""

    sheltered: frozenset[str]
    method: Method = Method.FIFO
    shares: dict[str, list[Share]] = field(default_factory=lambda: defaultdict(list))
    gains: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    losses: list[Lost] = field(default_factory=list)
    beyond: Fraction = Fraction(0)
    _order: int = 0
    _block: int = 0

    def tell(self, entries: list[Activity]) -> None:
        """Tell all entries, in the order in which they come."""
        for one in entries:
            match one.kind:
                case ActivityKind.TRADE if one.side is Side.BUY:
                    self._buy(one)
                case ActivityKind.TRADE:
                    self._sell(one)
                case ActivityKind.SPLIT:
                    self._split(one)
                case ActivityKind.RETURN_OF_CAPITAL:
                    self._pay_back(one)
                case _:
                    raise AssertionError(one.kind)

    def _next(self) -> int:
        self._order += 1
        return self._order

    def _buy(self, one: Activity) -> None:
        assert one.price is not None
        order = self._next()
        bought = [
            Share(
                account=one.account,
                cost=Fraction(one.price) * 100,
                acquired=one.on,
                since=one.on,
                purchase=one.activity_id,
                order=order,
            )
            for _ in range(int(one.quantity.count))
        ]
        self.shares[one.account] += bought
        for block in sorted({lost.block for lost in self.losses}):
            self._wash([lost for lost in self.losses if lost.block == block], bought)

    def _sell(self, one: Activity) -> None:
        assert one.price is not None
        mine = self.shares[one.account]
        keys = {
            Method.FIFO: lambda s: (s.acquired, s.order),
            Method.LIFO: lambda s: (-s.acquired.toordinal(), -s.order),
            Method.HIFO: lambda s: (-s.cost, s.acquired, s.order),
        }
        gone = sorted(mine, key=keys[self.method])[: int(one.quantity.count)]
        self.shares[one.account] = [share for share in mine if not any(share is other for other in gone)]
        blocks: dict[tuple[date, int, Fraction], list[Lost]] = defaultdict(list)
        for share in gone:
            gain = Fraction(one.price) * 100 - share.cost
            self.gains[one.account] += gain
            if gain < 0 and one.account not in self.sheltered:
                lost = Lost(on=one.on, since=share.since, cents=-gain, purchase=share.purchase, block=0)
                blocks[share.acquired, share.order, share.cost].append(lost)
        for key in sorted(blocks):
            self._block += 1
            for lost in blocks[key]:
                lost.block = self._block
            self.losses += blocks[key]
            held = sorted((s for all_ in self.shares.values() for s in all_), key=lambda s: (s.acquired, s.order))
            lots: dict[int, list[Share]] = defaultdict(list)
            for share in held:
                lots[share.order].append(share)
            for lot in lots.values():
                self._wash(blocks[key], lot)

    def _wash(self, losses: list[Lost], lot: list[Share]) -> None:
        """Let the shares of one lot replace what one block lost; what they leave of the lot keeps its place."""
        free = [share for share in lot if not share.used]
        taken = []
        for lost in losses:
            near = free and abs(free[0].acquired - lost.on) <= timedelta(days=30)
            if not lost.washed and near and free[0].purchase != lost.purchase:
                share = free.pop(0)
                lost.washed, share.used = True, True
                taken.append(share)
                if share.account in self.sheltered:
                    lost.forfeited = True
                else:
                    share.cost += lost.cents
                    share.since -= lost.on - lost.since
        if taken and free:
            order = self._next()
            for share in taken:
                share.order = order

    def _split(self, one: Activity) -> None:
        mine = self.shares[one.account]
        times = int((len(mine) + one.quantity.count) / len(mine))
        self.shares[one.account] = []
        for share in mine:
            for _ in range(times):
                copy = Share(**vars(share))
                copy.cost = share.cost / times
                self.shares[one.account].append(copy)

    def _pay_back(self, one: Activity) -> None:
        mine = self.shares[one.account]
        each = Fraction(one.net.cents, len(mine))
        for share in mine:
            self.beyond += max(Fraction(0), each - share.cost)
            share.cost = max(Fraction(0), share.cost - each)
