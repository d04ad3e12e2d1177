"""The loop in the long view: cash by the closed form, and every month that breaks a band by the live engine."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.targets import Policy
from bot.engine.solve import solve
from bot.longview.books import Books
from bot.longview.cash_months import CashMonths
from bot.longview.home import Home
from bot.longview.silo import Rows
from bot.longview.terms import Terms


class Loop:
    """Plans the household as one pie; it never sells in a taxable account. `solved` counts the engine's plans."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._terms = Terms(home, policy)
        self._cash_months = CashMonths(self._terms)
        self.solved = 0

    def act(self, books: Books) -> Rows:
        """One month."""
        terms, cash = self._terms, books.cash
        values = [books.values(a) for a in range(len(cash))]
        if min(cash) >= 0:
            total = sum(map(sum, values)) + sum(cash)
            goal = terms.goals(total)
            buys = self._cash_months.placed(values, cash, goal)
            if buys is not None:
                after = [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(values, buys, strict=True)]
                if not terms.broken(list(map(sum, zip(*after, strict=True))), goal, total):
                    for a, row in enumerate(buys):
                        for c, cents in enumerate(row):
                            if cents:
                                books.buy(a, c, cents)
                    return after
        return self._planned(books, values)

    def _planned(self, books: Books, values: Rows) -> Rows:
        """What the engine plans for this month, carried out to the cent."""
        self.solved += 1
        terms = self._terms
        flow = solve(terms.pie(values, books.cash), terms.policy).flow
        after = []
        for a, (row, have) in enumerate(zip(flow, values, strict=True)):
            changes = [row[place] for place in terms.places]
            if terms.sheltered[a]:
                changes = [cents - before for cents, before in zip(changes, have, strict=True)]
            books.trade(a, changes)
            after.append([before + change for before, change in zip(have, changes, strict=True)])
        return after


class Selling(Loop):
    """The same household by location, but where its shelters cannot answer it sells in taxable, back to target."""

    def act(self, books: Books) -> Rows:
        """One month."""
        after, terms = super().act(books), self._terms
        worth = list(map(sum, zip(*after, strict=True)))
        total = sum(worth)
        goal = terms.goals(total)
        if not terms.broken(worth, goal, total):
            return after
        for a, row in enumerate(after):
            if terms.sheltered[a]:
                continue
            changes = _shift(row, [have - aim for have, aim in zip(worth, goal, strict=True)])
            books.trade(a, changes)
            after[a] = [have + change for have, change in zip(row, changes, strict=True)]
            worth = [have + change for have, change in zip(worth, changes, strict=True)]
        return after


def _shift(row: Sequence[int], excess: Sequence[int]) -> list[int]:
    """What an account sells of what there is too much of, and buys of what lacks, in cents by asset."""
    sold = [min(have, max(0, over)) for have, over in zip(row, excess, strict=True)]
    left, changes = sum(sold), [-cents for cents in sold]
    for c, over in enumerate(excess):
        bought = min(left, max(0, -over))
        changes[c] += bought
        left -= bought
    changes[excess.index(max(excess))] += left
    return changes
