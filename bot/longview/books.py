"""The books of one household on one path: shares and cash by account, lots where they are taxed, the year so far."""

from __future__ import annotations

from collections.abc import Sequence

from bot.longview.home import Home
from bot.longview.shelf import Shelf
from bot.longview.taxes import TaxYear
from bot.longview.units import PPM, START, UNIT


class Books:
    """What is held, `held[a][c]` in millionths of a share, `cash[a]` in cents, at the `prices` of a `month`.

    `shelves[a][c]` are the lots of a taxable account, None in a shelter.
    """

    __slots__ = ("cash", "held", "home", "month", "prices", "shelves", "year")

    def __init__(self, home: Home, *, oldest_first: bool = False) -> None:
        self.home, self.month = home, 0
        self.prices: Sequence[int] = [START] * len(home.assets)
        self.held = [[sum(lot.cents for lot in lots) * UNIT // START for lots in pot.lots] for pot in home.pots]
        self.cash = [pot.cash for pot in home.pots]
        self.year = TaxYear()
        self.shelves = [[Shelf(oldest=oldest_first) for _ in home.assets] if pot.taxable else None for pot in home.pots]
        for pot, shelves in zip(home.pots, self.shelves, strict=True):
            for shelf, lots in zip(shelves or (), pot.lots, strict=False):
                for lot in lots:
                    shelf.put(lot.cents * UNIT // START, START * lot.cost_ppm // PPM, -lot.age)

    def values(self, a: int) -> list[int]:
        """What an account holds of each asset, in cents."""
        return [have * price // UNIT for have, price in zip(self.held[a], self.prices, strict=True)]

    def buy(self, a: int, c: int, cents: int) -> None:
        """Cash of an account becomes shares."""
        if cents <= 0:
            return
        price = self.prices[c]
        shares = cents * UNIT // price
        self.held[a][c] += shares
        self.cash[a] -= cents
        shelves = self.shelves[a]
        if shelves is not None:
            shelves[c].put(shares, price, self.month)

    def sell(self, a: int, c: int, cents: int) -> None:
        """Shares become cash of the account; the gain of a taxable one counts in this year."""
        if cents <= 0:
            return
        price, have = self.prices[c], self.held[a][c]
        shares = have if cents >= have * price // UNIT else min(have, -(-cents * UNIT // price))
        self.held[a][c] -= shares
        self.cash[a] += cents
        shelves = self.shelves[a]
        if shelves is not None:
            self.year.realise(*shelves[c].take(shares, price, self.month))

    def trade(self, a: int, changes: Sequence[int]) -> None:
        """Sales first, then purchases, in cents by asset."""
        for c, cents in enumerate(changes):
            if cents < 0:
                self.sell(a, c, -cents)
        for c, cents in enumerate(changes):
            if cents > 0:
                self.buy(a, c, cents)
