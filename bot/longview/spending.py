"""Money that leaves a household: what its owner lives on, and what the law takes out of pre-tax accounts."""

from __future__ import annotations

from bot.engine.spread import level
from bot.longview.books import Books

YEAR = 12
FIRST = 73  # the age of the first required distribution of those born before 1960 (IRC 401(a)(9)(C)(v))
# Uniform Lifetime Table from that age on, in tenths of years (Treas. Reg. 1.401(a)(9)-9(c)); the last counts for 120 on
LIFETIMES = (
    *(265, 255, 246, 237, 229, 220, 211, 202, 194, 185, 177, 168, 160, 152, 144, 137, 129, 122, 115, 108, 101, 95, 89),
    *(84, 78, 73, 68, 64, 60, 56, 52, 49, 46, 43, 41, 39, 37, 35, 34, 33, 31, 30, 29, 28, 27, 25, 23, 20),
)


def required(books: Books) -> None:
    """In the last month of a year: the distribution of each pre-tax account goes to taxable, and is income.

    It is worked out on the account's value of that month, where the law takes the year before's last day.
    """
    home = books.home
    if home.age is None or books.month % YEAR != YEAR - 1:
        return
    age = home.age + books.month // YEAR
    taxable = next((a for a, pot in enumerate(home.pots) if pot.taxable), None)
    if age < FIRST or taxable is None:
        return
    for a, pot in enumerate(home.pots):
        if pot.pretax:
            whole = sum(books.values(a)) + books.cash[a]
            cents = max(0, whole) * 10 // LIFETIMES[min(age - FIRST, len(LIFETIMES) - 1)]
            books.cash[a] -= cents
            books.cash[taxable] += cents
            books.year.distributed += cents


def draw(books: Books, cents: int) -> bool:
    """Take what the owner lives on: taxable cash, then pre-tax accounts, then other shelters, taxable shares last.

    A shelter's cash may fall below zero: its steering sells there. False where there was not enough in all.
    """
    for shares_too in (False, True):
        for a in _order(books, shares_too=shares_too):
            pot = books.home.pots[a]
            worth = sum(books.values(a)) if shares_too or not pot.taxable else 0
            taken = min(cents, max(0, worth + books.cash[a]))
            if pot.taxable:
                _raise(books, a, taken - max(0, books.cash[a]))
            books.cash[a] -= taken
            books.year.distributed += taken if pot.pretax else 0
            cents -= taken
            if not cents:
                return True
    return False


def _order(books: Books, *, shares_too: bool) -> list[int]:
    pots = list(enumerate(books.home.pots))
    taxable = [a for a, pot in pots if pot.taxable]
    if shares_too:
        return taxable
    return taxable + [a for a, pot in pots if pot.pretax] + [a for a, pot in pots if not (pot.taxable or pot.pretax)]


def _raise(books: Books, a: int, cents: int) -> None:
    """Sell so many cents of an account, the largest assets first."""
    if cents > 0:
        values = books.values(a)
        left = level(sum(values) - cents, [0] * len(values), values, [1] * len(values))
        for c, (have, after) in enumerate(zip(values, left, strict=True)):
            books.sell(a, c, have - after)
