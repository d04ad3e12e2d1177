"""The lots of one fund in a taxable account, in the order in which they would be sold."""

from __future__ import annotations

from bisect import insort

from bot.longview.units import UNIT

Lot = tuple[int, int, int]  # what it is sorted by is first: see `Shelf`
YEAR = 12  # months; what is held longer is long-term (IRC 1222)


class Shelf:
    """Lots as (cost of a share, month, shares), the dearest last; or with `oldest` as (-month, cost, shares).

    The last lot is the next to go. Months count from the start; earlier ones are negative.
    """

    __slots__ = ("oldest", "rows")

    def __init__(self, *, oldest: bool = False) -> None:
        self.oldest = oldest
        self.rows: list[Lot] = []

    def put(self, shares: int, cost: int, month: int) -> None:
        """Add a lot."""
        insort(self.rows, (-month, cost, shares) if self.oldest else (cost, month, shares))

    def take(self, shares: int, price: int, month: int) -> tuple[int, int]:
        """Sell so many shares; the short-term and the long-term gain, in `UNIT` parts of a cent."""
        short = long = 0
        while shares > 0 and self.rows:
            first, second, have = self.rows.pop()
            cost, bought = (second, -first) if self.oldest else (first, second)
            sold = min(have, shares)
            if month - bought > YEAR:
                long += sold * (price - cost)
            else:
                short += sold * (price - cost)
            shares -= sold
            if have > sold:
                self.rows.append((first, second, have - sold))
        return short, long

    def waiting(self, price: int, month: int) -> tuple[int, int]:
        """The gain that waits in all lots, short-term and long-term, in cents."""
        short = long = 0
        for first, second, have in self.rows:
            cost, bought = (second, -first) if self.oldest else (first, second)
            if month - bought > YEAR:
                long += have * (price - cost)
            else:
                short += have * (price - cost)
        return short // UNIT, long // UNIT

    def losers(self, dear: int, until: int) -> list[Lot]:
        """Take out the lots that cost more than `dear` a share and were bought until a month; not with `oldest`."""
        at = len(self.rows)
        while at and self.rows[at - 1][0] > dear:
            at -= 1
        taken = [lot for lot in self.rows[at:] if lot[1] <= until]
        if taken:
            self.rows[at:] = [lot for lot in self.rows[at:] if lot[1] > until]
        return taken

    def younger(self, since: int) -> int:
        """The shares that were bought from a month on; not with `oldest`."""
        return sum(shares for _, month, shares in self.rows if month >= since)

    def covered(self, shares: int, price: int, losses: int) -> int:
        """How many of so many shares could be sold, the dearest first, with a gain of no more than `losses`."""
        gone = gain = 0
        for cost, _, have in reversed(self.rows):
            sold = min(have, shares - gone)
            if price > cost:
                sold = min(sold, (losses - gain) // (price - cost))
            gone += sold
            gain += sold * (price - cost)
            if sold < have:
                break
        return gone
