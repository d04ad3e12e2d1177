"""The lots book agrees with a model that tells the same past share by share."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from bot.domain.money import Usd
from bot.domain.readings import ActivityKind
from bot.engine.lots.nouns import Books, Method
from tests.engine.naive_lots import Naive
from tests.engine.past import Past

ACCOUNTS = ("taxable", "spouse", "ira")
SHELTERED = frozenset({"ira", "roth"})
UNIT = Fraction(1024, 100)  # dollars: a price can be halved ten times and is still a whole number of cents


def drawn(rng: Random, entries: int = 40) -> Past:
    """A past of purchases, sales, splits and returned capital in three accounts, all in exact cents."""
    past, on, held = Past(), date(2024, 1, 2), Counter[str]()
    splits = 0
    for n in range(entries):
        on += timedelta(days=rng.choice((0, 1, 3, 9, 25)))
        account, at = rng.choice(ACCOUNTS), datetime(on.year, on.month, on.day, 10, tzinfo=UTC) + timedelta(minutes=n)
        what, price = rng.random(), f"{float(rng.randint(4, 12) * UNIT):.2f}"
        if what < 0.5 or not held[account]:
            shares = rng.randint(1, 6)
            past.buy(on, shares, price, account=account, at=at)
            held[account] += shares
        elif what < 0.93:
            shares = rng.randint(1, held[account])
            past.sell(on, shares, price, account=account, at=at)
            held[account] -= shares
        elif what < 0.96 and splits < 3 and held[account] < 40:
            on += timedelta(days=31)  # a loss that waits for a purchase would be counted in other shares
            past.tell(ActivityKind.SPLIT, on, held[account], account=account)
            held[account] *= 2
            splits += 1
        else:
            on += timedelta(days=1)
            cents = held[account] * 8 * rng.randint(1, 112)  # may be halved three times
            past.tell(ActivityKind.RETURN_OF_CAPITAL, on, account=account, usd=f"{cents / 100:.2f}")
            on += timedelta(days=1)
    return past


def lots_of(books: Books) -> dict[str, Counter[tuple[date | None, date | None, Fraction]]]:
    """Shares by day of acquisition, day from which the term counts, and cents a share."""
    counted: dict[str, Counter[tuple[date | None, date | None, Fraction]]] = defaultdict(Counter)
    for account, by_symbol in books.by_account.items():
        for lot in by_symbol["X"].lots:
            assert lot.basis is not None
            each = Fraction(lot.basis.cents) / Fraction(lot.quantity.count)
            counted[account][lot.acquired_on, lot.held_since_on, each] += int(lot.quantity.count)
    return counted


@pytest.mark.parametrize("method", [Method.FIFO, Method.LIFO, Method.HIFO])
@pytest.mark.parametrize("seed", range(60))
def test_share_by_share_the_same_comes_out(method: Method, seed: int) -> None:
    past = drawn(Random(seed))
    naive = Naive(sheltered=SHELTERED, method=method)
    naive.tell(past.entries)

    books = past.books(method=method)
    sales = [sale for by in books.by_account.values() for book in by.values() for sale in book.sales]

    expected: dict[str, Counter[tuple[date, date, Fraction]]] = defaultdict(Counter)
    for account, shares in naive.shares.items():
        for share in shares:
            expected[account][share.acquired, share.since, share.cost] += 1
    assert dict(lots_of(books)) == {account: lots for account, lots in expected.items() if lots}
    washed = [lost for lost in naive.losses if lost.washed]
    assert Usd.total(sale.disallowed for sale in sales).cents == sum(lost.cents for lost in washed)
    assert Usd.total(sale.forfeited for sale in sales).cents == sum(lost.cents for lost in washed if lost.forfeited)
    gains = Usd.total(sale.realized_gain for sale in sales).cents
    assert gains == sum(naive.gains.values()) + naive.beyond
