"""The loss bank, which lives in the long view alone: losses are taken as they come, and gains only against them.

Losses are swapped into a partner fund of the same class; where the shelters are stuck, taxable lots are sold whose gain
the banked losses cover, so that no year ever owes a tax on gains. Assumes that shelters hold a third fund of each class
and that nobody buys by hand. Live, no winner is ever sold.
"""

from __future__ import annotations

from bot.domain.targets import Policy
from bot.engine import bands
from bot.longview.books import Books
from bot.longview.home import Home
from bot.longview.looping import Loop
from bot.longview.silo import Rows
from bot.longview.units import UNIT

THRESHOLD = 105  # a lot is worth a swap when it cost this much for 100
COST_BP = 2  # of each side of a swap, in basis points
HELD = 3  # months since the purchase, so that 61 days are over (IRC 1(h)(11)(B)(iii))
APART = 2  # months between two swaps of a class, so that 30 days are over (IRC 1091(a))


class Banking(Loop):
    """The loop with a loss bank; `active[c]` of the two partner funds is bought since month `since[c]`."""

    def __init__(self, home: Home, policy: Policy) -> None:
        super().__init__(home, policy)
        self._since = [-APART] * len(home.assets)

    def act(self, books: Books) -> Rows:
        """One month."""
        for c, since in enumerate(self._since):
            if books.month - since >= APART and self._harvest(books, c):
                self._since[c] = books.month
        after = super().act(books)
        return self._freed(books, after)

    def _harvest(self, books: Books, c: int) -> bool:
        """Swap what stands at a loss into the partner fund; whether anything was."""
        found = False
        for a, shelves in enumerate(books.shelves):
            if shelves is None:
                continue
            price = books.prices[c]
            taken = shelves[c].losers(price * THRESHOLD // 100, books.month - HELD)
            if not taken:
                continue
            found = True
            sold = sum(shares for _, _, shares in taken)
            # what was bought of the same fund last month, and is kept, washes as many shares' loss out
            washed = min(sold, shelves[c].younger(books.month - 1))
            short = sum(n * (price - cost) for cost, month, n in taken if books.month - month <= 12)
            long = sum(n * (price - cost) for cost, month, n in taken) - short
            books.year.realise(short * (sold - washed) // sold, long * (sold - washed) // sold)
            cost_cents = sold * price // UNIT * 2 * COST_BP // 10_000
            kept = sold - cost_cents * UNIT // price
            books.held[a][c] -= sold - kept
            shelves[c].put(kept, price, books.month)
        return found

    def _freed(self, books: Books, after: Rows) -> Rows:
        """Where a band is still broken: sell what is too much in taxable, as far as banked losses cover the gain."""
        terms = self._terms
        worth = list(map(sum, zip(*after, strict=True)))
        total = sum(worth)
        goal = terms.goals(total)
        if not terms.broken(worth, goal, total):
            return after
        slack = self._slack(total)
        for c in sorted(range(len(worth)), key=lambda c: goal[c] - worth[c]):
            over = worth[c] - goal[c] - slack[c]
            for a, shelves in enumerate(books.shelves):
                if shelves is None or over <= 0:
                    continue
                sold = self._sell_covered(books, a, c, over)
                over -= sold
                lagging = min(range(len(worth)), key=lambda k: worth[k] - goal[k])
                books.buy(a, lagging, sold)
                after[a][c] -= sold
                after[a][lagging] += sold
                worth[c] -= sold
                worth[lagging] += sold
        return after

    def _sell_covered(self, books: Books, a: int, c: int, cents: int) -> int:
        """Sell up to so many cents, the dearest lots first, while the year's gains stay covered; the cents sold."""
        shelves, price = books.shelves[a], books.prices[c]
        if shelves is None:
            return 0
        most = min(cents, books.held[a][c] * price // UNIT)
        shares = shelves[c].covered(most * UNIT // price, price, books.year.bank * UNIT)
        sold = min(most, shares * price // UNIT)
        books.sell(a, c, sold)
        return sold

    def _slack(self, total: int) -> list[int]:
        """Half of each band, in cents."""
        edges = [bands.edges(self._terms.policy, name) for name in self._terms.names]
        return [(upper - lower) * total // (4 * scale) for lower, upper, scale in edges]
