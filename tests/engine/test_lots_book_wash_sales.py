"""Wash sales as the Internal Revenue Service itself tells them, and what follows for single lots."""

from datetime import date, timedelta

import pytest

from bot.domain.money import Shares, Usd
from bot.domain.readings import ActivityKind
from bot.engine.lots.nouns import Choice, Method
from tests.engine.past import SOLD_ON, Past, a_loss, bases, written

# --- Publication 550 (2025), chapter 4, "Wash Sales" ------------------------------------------------------------------


def test_publication_550_example_1() -> None:
    """100 shares of X for $1,000, sold for $750; within 30 days 100 shares for $800: $250 denied, new basis $1,050."""
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=18), 100, 8)

    book = past.book()

    assert bases(book.lots) == [("100", "1050.00")]
    assert (book.sales[0].realized_gain, book.sales[0].disallowed) == (Usd.of(-250), Usd.of(250))
    assert book.sales[0].recognized(short_term=True) == Usd()


def test_publication_550_more_or_less_bought_example_1() -> None:
    """100 shares of September for $5,000, 50 for $2,750 and 25 for $1,125 in December; the first 100 go for $4,000."""
    past = Past()
    past.buy(date(2024, 9, 20), 100, 50)
    past.buy(date(2024, 12, 13), 50, 55)
    past.buy(date(2024, 12, 20), 25, 45)
    past.sell(date(2025, 1, 3), 100, 40)

    book = past.book()

    assert bases(book.lots) == [("50", "3250.00"), ("25", "1375.00")]
    assert (book.sales[0].disallowed, book.sales[0].recognized(short_term=True)) == (Usd.of(750), Usd.of(-250))


def test_publication_550_more_or_less_bought_example_2() -> None:
    """A loss on 100 shares, then 50 shares on each of four days: the first two purchases replace what was sold."""
    past = Past()
    past.buy(date(2024, 9, 16), 100, 20)
    past.sell(date(2025, 1, 29), 100, 10)
    for day in (3, 4, 5, 6):
        past.buy(date(2025, 2, day), 50, 12)

    assert bases(past.book().lots) == [("50", "1100.00"), ("50", "1100.00"), ("50", "600.00"), ("50", "600.00")]


def test_publication_550_loss_and_gain_on_the_same_day() -> None:
    """Blocks of 100 for $15,800, $10,000 and $9,500 go for $37,500; 250 are bought back: the loss saves no gain."""
    past = Past()
    past.buy(date(2019, 3, 1), 100, 158)
    past.buy(date(2019, 6, 3), 100, 100)
    past.buy(date(2019, 9, 3), 100, 95)
    past.sell(date(2024, 12, 27), 300, 125)
    past.buy(date(2025, 1, 10), 250, 125)

    sale = past.book().sales[0]

    assert [part.recognized for part in sale.parts] == [Usd(), Usd.of(2500), Usd.of(3000)]
    assert sale.disallowed == Usd.of(3300)


# --- Treas. Reg. 1.1091-2(a) and 1.1091-1 -----------------------------------------------------------------------------


@pytest.mark.parametrize(("paid", "basis"), [(90, "110.00"), (70, "90.00")])
def test_the_regulations_examples_of_a_new_basis(paid: int, basis: str) -> None:
    """A share of 1935 for $100 is sold for $80 and bought again for $90, or for $70."""
    past = Past()
    past.buy(date(1935, 5, 1), 1, 100)
    past.sell(date(1955, 1, 15), 1, 80)
    past.buy(date(1955, 2, 1), 1, paid)

    assert bases(past.book().lots) == [("1", basis)]


def test_the_earliest_loss_has_the_first_claim() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 20, 100)
    first = past.sell(date(2025, 6, 2), 10, 90)
    second = past.sell(date(2025, 6, 3), 10, 80)
    past.buy(date(2025, 6, 10), 15, 80)

    book = past.book()

    assert {wash.sale: (lot.quantity.plain, wash.amount) for lot in book.lots for wash in lot.washes} == {
        first: ("10", Usd.of(100)),
        second: ("5", Usd.of(100)),
    }


def test_a_share_replaces_only_once() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 20, 100)
    past.buy(date(2025, 5, 20), 10, 95)
    past.sell(date(2025, 6, 2), 10, 90)
    past.sell(date(2025, 6, 3), 10, 80)

    assert [sale.disallowed for sale in past.book().sales] == [Usd.of(100), Usd()]


@pytest.mark.parametrize(("days", "washed"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)])
def test_the_window_is_thirty_days_on_either_side(days: int, *, washed: bool) -> None:
    past = a_loss()
    past.buy(SOLD_ON + timedelta(days=days), 100, 8, order_id="other")

    assert bool(past.book().sales[0].disallowed) is washed


def test_a_replacement_is_held_as_long_as_both_together() -> None:
    """Held 147 days, and then from 20 June on: the term began 147 days before that (IRC 1223(3))."""
    past = a_loss()
    past.buy(date(2025, 6, 20), 100, 8)

    lot = past.book().lots[0]

    assert lot.acquired_on == date(2025, 6, 20)
    assert lot.held_since_on == date(2025, 6, 20) - (SOLD_ON - date(2025, 1, 6))


def test_what_replaces_shares_of_long_ago_is_long_term_at_once() -> None:
    past = Past()
    past.seed(date(2024, 12, 31), written(100, 1000, None))
    past.sell(SOLD_ON, 100, "7.50")
    past.buy(date(2025, 6, 20), 100, 8)

    assert not past.book().position.lots[0].is_short_term(date(2025, 6, 20))


def test_only_the_shares_that_replace_are_held_longer() -> None:
    past = a_loss()
    past.buy(date(2025, 6, 20), 150, 8)

    lots = past.book().lots

    assert [(lot.quantity.plain, lot.replaces) for lot in lots] == [("50", False), ("100", True)]
    assert lots[0].held_since_on == date(2025, 6, 20)


def test_each_part_of_a_purchase_has_an_id_of_its_own() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 30, 100)
    for day in (2, 3, 4):
        past.sell(date(2025, 6, day), 10, 90 - day)
    past.buy(date(2025, 6, 9), 40, 80)

    assert {lot.lot_id for lot in past.book().lots} == {"buy-5", "buy-5.2", "buy-5.3", "buy-5.4"}


def test_what_is_left_of_the_same_purchase_replaces_nothing() -> None:
    """Rev. Rul. 56-602: a holding is reduced, not replaced; the fills of one order are one purchase."""
    past = Past()
    past.buy(date(2025, 5, 20), 100, 10, order_id="one")
    past.buy(date(2025, 5, 20), 100, 10, order_id="one")
    past.sell(SOLD_ON, 100, 8)

    assert past.book().sales[0].disallowed == Usd()


def test_shares_that_were_sold_by_then_replace_nothing() -> None:
    past = Past()
    old = past.buy(date(2025, 1, 6), 10, 100)
    new = past.buy(date(2025, 5, 20), 10, 80)
    for name, price in ((new, 85), (old, 84)):
        sale = past.sell(SOLD_ON + timedelta(days=len(past.entries)), 10, price)
        past.choices[sale] = Choice(method=Method.SPECIFIC, lots=((name, Shares.of(10)),))

    assert [sale.disallowed for sale in past.book().sales] == [Usd(), Usd()]


def test_a_chain_of_wash_sales_carries_the_loss_to_its_end() -> None:
    past = a_loss()
    past.buy(date(2025, 6, 5), 100, 7)
    past.sell(date(2025, 6, 20), 100, 6)
    past.buy(date(2025, 7, 1), 100, 6)

    assert bases(past.book().lots) == [("100", "950.00")]  # $700 and the first loss, sold for $600


def test_a_gain_is_never_washed() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 100, 10)
    past.sell(SOLD_ON, 100, 11)
    past.buy(SOLD_ON + timedelta(days=1), 100, 10)

    assert past.book().sales[0].disallowed == Usd()


def test_a_split_in_between_makes_more_shares_replace_the_loss() -> None:
    """20 shares are half sold at a loss of $250; after 2 for 1, twenty of the thirty new ones replace the ten sold."""
    past = Past()
    past.buy(date(2025, 1, 6), 20, 100)
    past.sell(SOLD_ON, 10, 75)
    past.tell(ActivityKind.SPLIT, date(2025, 6, 5), 10)
    past.buy(date(2025, 6, 9), 30, 40)

    assert bases(past.book().lots) == [("20", "1000.00"), ("10", "400.00"), ("20", "1050.00")]
