"""Those who see every account alone: new cash by target, and back to target by sales where a band is broken."""

from __future__ import annotations

from bot.domain.targets import Policy
from bot.engine.spread import level
from bot.longview.books import Books
from bot.longview.home import Home
from bot.longview.terms import Terms

YEAR = 12
Rows = list[list[int]]  # cents by account and asset, after the month's trades


class Silo:
    """Rebalances each account by itself, in any month that breaks its band, or once a year."""

    def __init__(self, home: Home, policy: Policy, *, annual: bool = False, trades: bool = True) -> None:
        self._terms = Terms(home, policy)
        self._annual, self._trades = annual, trades

    def act(self, books: Books) -> Rows:
        """One month."""
        return [self._alone(books, a) for a in range(len(books.cash))]

    def _alone(self, books: Books, a: int) -> list[int]:
        terms, cash, values = self._terms, books.cash[a], books.values(a)
        if cash >= 0:
            changes = terms.goals(cash)
        else:
            left = level(sum(values) + cash, [0] * len(values), values, terms.weights)
            changes = [after - before for before, after in zip(values, left, strict=True)]
        books.trade(a, changes)
        after = [have + change for have, change in zip(values, changes, strict=True)]
        total = sum(after)
        if not self._trades or total <= 0:
            return after
        goal = terms.goals(total)
        if books.month % YEAR == YEAR - 1 if self._annual else terms.broken(after, goal, total):
            books.trade(a, [aim - have for aim, have in zip(goal, after, strict=True)])
            return goal
        return after
