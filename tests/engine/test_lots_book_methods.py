"""Which lots a sale takes."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.money import Shares, Usd
from bot.domain.readings import ActivityKind
from bot.domain.seeds import Origin
from bot.engine.lots.nouns import Choice, Method
from tests.engine.past import Past, bases, written

ON = date(2025, 6, 2)


def three_lots() -> Past:
    """10 shares for $100, 10 for $140 and 10 for $120 each."""
    past = Past()
    for month, price in ((1, 100), (2, 140), (3, 120)):
        past.buy(date(2024, month, 5), 10, price)
    return past


@pytest.mark.parametrize(
    ("method", "left", "gain"),
    [
        (Method.FIFO, [("5", "700.00"), ("10", "1200.00")], 150),
        (Method.LIFO, [("10", "1000.00"), ("5", "700.00")], -50),
        (Method.HIFO, [("10", "1000.00"), ("5", "600.00")], -150),
        (Method.AVERAGE, [("5", "600.00"), ("10", "1200.00")], 50),
    ],
)
def test_fifteen_shares_leave_by_each_method(method: Method, left: list[tuple[str, str]], gain: int) -> None:
    """Sold for $1,850, $123.33 each."""
    past = three_lots()
    past.sell(ON, 15, "123.33", net=Usd.of(1850))

    book = past.book(method=method)

    assert bases(book.lots) == left
    assert book.sales[0].realized_gain == Usd.of(gain)


def test_a_sale_may_name_another_method_than_its_account() -> None:
    past = three_lots()
    sale = past.sell(ON, 10, 150)
    past.choices[sale] = Choice(method=Method.HIFO)
    past.sell(date(2025, 6, 3), 10, 150)

    assert [s.realized_gain for s in past.book().sales] == [Usd.of(100), Usd.of(500)]


def test_a_sale_may_name_its_lots_and_the_rest_is_the_oldest() -> None:
    past = three_lots()
    sale = past.sell(ON, 8, 150)
    past.choices[sale] = Choice(method=Method.SPECIFIC, lots=(("buy-3", Shares.of(4)), ("gone", Shares.of(9))))

    parts = past.book().sales[0].parts

    assert [(part.lot_id, part.quantity.plain) for part in parts] == [("buy-3", "4"), ("buy-1", "4")]


def test_the_dearest_lot_is_the_one_that_took_over_a_loss() -> None:
    """100 shares of $10 were sold at $7; the $300 make 100 shares of $8 dearer than those of $9."""
    past = Past()
    past.buy(date(2025, 1, 6), 100, 10)
    past.sell(ON, 100, 7)
    past.buy(date(2025, 6, 9), 100, 8)
    past.buy(date(2025, 9, 9), 100, 9)
    past.sell(date(2025, 12, 9), 100, 12)

    assert bases(past.book(method=Method.HIFO).lots) == [("100", "900.00")]


def test_unknown_costs_leave_last_where_the_dearest_go_first() -> None:
    past = Past()
    past.tell(ActivityKind.TRANSFER, date(2024, 1, 5), 10)
    past.buy(date(2024, 2, 5), 10, 1)
    past.sell(ON, 10, 5)

    assert bases(past.book(method=Method.HIFO).lots) == [("10", None)]


def test_the_average_is_of_all_that_is_held_when_it_is_sold() -> None:
    """Publication 550's pool: 10 for $1,000 and 10 for $1,400, sold 10; then 10 for $1,800 more."""
    past = Past()
    past.buy(date(2024, 1, 5), 10, 100)
    past.buy(date(2024, 2, 5), 10, 140)
    past.sell(date(2024, 3, 5), 10, 130)
    past.buy(date(2025, 4, 7), 10, 180)
    past.sell(ON, 5, 160)

    book = past.book(method=Method.AVERAGE)

    assert [sale.realized_gain for sale in book.sales] == [Usd.of(100), Usd.of(50)]
    assert bases(book.lots) == [("5", "750.00"), ("10", "1500.00")]
    assert not book.sales[1].parts[0].short_term


def test_one_unknown_cost_makes_the_average_unknown() -> None:
    past = Past()
    past.buy(date(2024, 1, 5), 10, 100)
    past.tell(ActivityKind.TRANSFER, date(2024, 2, 5), 10)
    past.sell(ON, 5, 160)

    book = past.book(method=Method.AVERAGE)

    assert [lot.basis for lot in book.lots] == [None, None]
    assert book.sales[0].basis is None


def test_a_gift_joins_an_average_with_its_basis_for_loss() -> None:
    past = Past()
    past.seed(
        date(2025, 1, 1), written(10, 1000, None), written(10, 1000, None, Origin.GIFT, for_loss="500", place="gift")
    )

    assert bases(past.book(method=Method.AVERAGE).lots) == [("10", "750.00"), ("10", "750.00")]


def test_a_loss_that_an_average_takes_over_is_every_shares() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 10, 100)
    past.buy(date(2025, 5, 20), 10, 80)
    past.sell(ON, 10, 70)

    book = past.book(method=Method.AVERAGE)

    assert book.sales[0].disallowed == Usd.of(200)
    assert bases(book.lots) == [("10", "1100.00")]


def test_capital_returned_to_an_average_lowers_it() -> None:
    past = three_lots()
    past.tell(ActivityKind.RETURN_OF_CAPITAL, ON, usd=3690)

    book = past.book(method=Method.AVERAGE)

    assert bases(book.lots) == [("10", "0.00")] * 3
    assert book.sales[0].realized_gain == Usd.of(90)


def test_lots_of_an_average_are_one_cost_to_those_who_plan() -> None:
    assert {lot.cost_per_share for lot in three_lots().book(method=Method.AVERAGE).position.lots} == {Decimal(120)}
