"""Wash sales across the accounts of a household, and what counts as a purchase."""

from datetime import date, timedelta

import pytest

from bot.domain.money import Usd
from bot.domain.readings import ActivityKind
from bot.domain.seeds import Origin
from bot.domain.snapshot import Side
from tests.engine.past import SOLD_ON, Past, a_loss, bases, written


def test_a_purchase_in_a_shelter_takes_the_loss_for_good() -> None:
    """Rev. Rul. 2008-5."""
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=5), 60, 8, account="ira")

    books = past.books()
    sale = books.book("taxable", "X").sales[0]

    assert (sale.disallowed, sale.forfeited) == (Usd.of(150), Usd.of(150))
    assert bases(books.book("ira", "X").lots) == [("60", "480.00")]


def test_a_spouses_purchase_takes_the_loss_over() -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=5), 100, 8, account="spouse")

    books = past.books()

    assert books.book("taxable", "X").sales[0].forfeited == Usd()
    assert bases(books.book("spouse", "X").lots) == [("100", "1050.00")]


def test_the_first_purchase_counts_wherever_it_is() -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=6), 100, 8)
    past.buy(SOLD_ON + timedelta(days=5), 100, 8, account="roth")

    books = past.books()

    assert books.book("taxable", "X").sales[0].forfeited == Usd.of(250)
    assert bases(books.book("taxable", "X").lots) == [("100", "800.00")]


def test_a_loss_inside_a_shelter_is_no_loss() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 100, 10, account="ira")
    past.sell(SOLD_ON, 100, 7, account="ira")
    past.buy(SOLD_ON, 100, 7)

    books = past.books()

    assert books.book("ira", "X").sales[0].disallowed == Usd()
    assert bases(books.book("taxable", "X").lots) == [("100", "700.00")]


@pytest.mark.parametrize(("groups", "washed"), [({"Y": "X"}, True), ({}, False)])
def test_identical_shares_of_another_symbol_replace_too(groups: dict[str, str], *, washed: bool) -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=5), 100, 8, symbol="Y")

    assert bool(past.books(groups=groups).book("taxable", "X").sales[0].disallowed) is washed


def test_a_reinvested_dividend_is_a_purchase() -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=5), 2, 8, reinvested=True)

    book = past.book()

    assert book.sales[0].disallowed == Usd.of(5)
    assert book.lots[0].origin is Origin.REINVESTED


def test_a_purchase_that_was_written_down_replaces_too() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 100, 10)
    past.sell(SOLD_ON, 100, "7.50")
    past.seed(date(2025, 7, 31), written(100, 800, date(2025, 6, 20)), account="spouse")

    assert bases(past.books().book("spouse", "X").lots) == [("100", "1050.00")]


@pytest.mark.parametrize("origin", [Origin.GIFT, Origin.INHERITED, Origin.TRANSFERRED])
def test_what_was_not_bought_replaces_nothing(origin: Origin) -> None:
    past = a_loss()
    past.seed(date(2025, 7, 31), written(100, 800, date(2025, 6, 20), origin), account="spouse")

    assert past.books().book("taxable", "X").sales[0].disallowed == Usd()


def test_an_undone_purchase_replaces_nothing() -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=5), 100, 8, reversed=True)

    assert past.book().sales[0].disallowed == Usd()
    assert past.entries[-1].side is Side.BUY


def test_a_purchase_that_moved_to_a_spouse_replaces_once() -> None:
    """20 shares go at a loss of $3 each; the ten that were bought before and moved replace ten of them, and no more."""
    past = Past()
    past.buy(date(2025, 1, 6), 20, 10)
    past.buy(date(2025, 5, 20), 10, 8)
    past.tell(ActivityKind.TRANSFER, date(2025, 5, 27), -30)
    past.tell(ActivityKind.TRANSFER, date(2025, 5, 27), 30, account="spouse")
    past.sell(SOLD_ON, 20, 7, account="spouse")

    assert past.books().book("spouse", "X").sales[0].disallowed == Usd.of(30)


def test_no_share_is_lost_where_a_purchase_moved_in_two_parts_and_two_shares_of_the_second_replace() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 7, 10, account="spouse")
    past.buy(date(2025, 5, 20), 15, 8)
    for day, shares in (27, 5), (28, 10):
        past.tell(ActivityKind.TRANSFER, date(2025, 5, day), -shares)
        past.tell(ActivityKind.TRANSFER, date(2025, 5, day), shares, account="spouse")
    past.sell(SOLD_ON, 7, 7, account="spouse")
    past.sell(date(2025, 6, 10), 15, 9, account="spouse")

    sale = past.books().book("spouse", "X").sales[1]

    assert [(part.lot_id, part.quantity.plain) for part in sale.parts] == [
        ("buy-2", "5"),
        ("buy-2.2", "8"),
        ("buy-2.2.2", "2"),
    ]
