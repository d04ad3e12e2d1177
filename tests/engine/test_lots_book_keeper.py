"""Lots that were written down must agree with the keeper, or nothing of that symbol is sold where it is taxed."""

import gc
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.readings import ActivityKind
from bot.engine.lots.nouns import Method
from bot.engine.lots.open_lot import OpenLot
from bot.engine.lots.uncollected import uncollected
from tests.engine.past import Past, bases, written

ON = date(2025, 6, 2)
HERE = ("taxable", "X")


def seeded(account: str = "taxable") -> Past:
    """10 shares for $1,000 and 5 for $650, as written in a file; 3 of the oldest were sold later."""
    past = Past()
    past.seed(
        date(2025, 1, 1),
        written(10, 1000, date(2024, 3, 1), place="lots.csv:2"),
        written(5, 650, date(2024, 9, 2), place="lots.csv:3"),
        account=account,
    )
    past.sell(ON, 3, 120, account=account)
    return past


def test_lots_that_agree_are_known_one_by_one() -> None:
    books = seeded().books(held={HERE: ("12", "1350.00")})

    assert books.remarks == ()
    assert [lot.cost_per_share for lot in books.book(*HERE).position.lots] == [Decimal(100), Decimal(130)]
    assert [lot.lot_id for lot in books.book(*HERE).lots] == ["lots.csv:2", "lots.csv:3"]


@pytest.mark.parametrize(("shares", "basis"), [("13", "1350.00"), ("11", None), ("12", "1500.00"), ("0", None)])
def test_a_mismatch_leaves_no_known_cost_to_those_who_plan(shares: str, basis: str | None) -> None:
    books = seeded().books(held={HERE: (shares, basis)})
    book = books.book(*HERE)

    assert [remark.code for remark in books.remarks] == ["lots_mismatch"]
    assert book.frozen
    assert book.position.quantity == Shares.of(shares)
    assert not any(lot.is_loss(Decimal(1)) for lot in book.position.lots)
    assert not any(remark.stops for remark in books.remarks)


def test_a_mismatch_is_told_with_its_figures_and_how_to_mend_it() -> None:
    (counted,) = seeded().books(held={HERE: ("13", None)}).remarks
    (costly,) = seeded().books(held={HERE: ("12", "1500.00")}).remarks

    assert "its lots sum to 12 shares where the keeper holds 13" in counted.message
    assert "$1,350.00 together where the keeper says $1,500.00" in costly.message
    assert "lots.csv:2" in costly.mend
    assert (counted.account, counted.symbol) == HERE


@pytest.mark.parametrize(("shares", "agrees"), [("12.0001", True), ("11.9999", True), ("12.0002", False)])
def test_a_rounded_count_agrees_and_is_taken_over(shares: str, *, agrees: bool) -> None:
    books = seeded().books(held={HERE: (shares, None)})

    assert (books.remarks == ()) is agrees
    assert books.book(*HERE).position.quantity == Shares.of(shares)


@pytest.mark.parametrize(("basis", "agrees"), [("1350.02", True), ("1349.98", True), ("1350.03", False)])
def test_a_cent_for_each_lot_may_be_rounding(basis: str, *, agrees: bool) -> None:
    assert (seeded().books(held={HERE: ("12", basis)}).remarks == ()) is agrees


def test_sold_shares_that_no_lot_had_are_a_mismatch_though_the_rest_agrees() -> None:
    past = seeded()
    past.sell(ON, 20, 120)

    (remark,) = past.books(held={}).remarks

    assert "8 shares more were sold than its lots ever had" in remark.message


def test_in_a_shelter_the_count_is_told_and_the_basis_is_not() -> None:
    place = ("ira", "X")
    past = seeded("ira")

    assert past.books(held={place: ("12", "9.00")}).remarks == ()
    books = past.books(held={place: ("13", "1350.00")})
    assert [remark.code for remark in books.remarks] == ["lots_mismatch"]
    assert not books.book(*place).frozen


def test_shares_of_unknown_cost_are_told_where_they_are_taxed() -> None:
    past = seeded()
    past.tell(ActivityKind.TRANSFER, date(2025, 7, 7), 4)

    (remark,) = past.books(held={HERE: ("16", "2000.00")}).remarks

    assert remark.code == "lots_unknown"
    assert "4 shares (transferred)" in remark.message
    assert not past.books(held={HERE: ("16", "2000.00")}).book(*HERE).frozen


@pytest.mark.parametrize(
    ("told", "agrees"), [("1900.00", True), ("1700.00", True), ("1600.00", True), ("1800.00", False)]
)
def test_a_keeper_sees_the_wash_sales_of_his_own_account_or_none(told: str, *, agrees: bool) -> None:
    """20 shares for $1,600 took over $100 of their own account and $200 of the spouse's."""
    past = Past()
    for account, price in (("taxable", 90), ("spouse", 80)):
        past.seed(date(2025, 1, 1), written(10, 1000, date(2024, 3, 1)), account=account)
        past.sell(ON, 10, price, account=account)
    past.buy(date(2025, 6, 9), 20, 80)

    assert (past.books(held={HERE: ("20", told)}).remarks == ()) is agrees


def test_lots_under_a_new_name_must_agree_too() -> None:
    past = seeded()
    past.tell(ActivityKind.RENAME, date(2025, 7, 1), new_symbol="Z")

    assert past.books(held={("taxable", "Z"): ("12", "1350.00")}).remarks == ()
    assert past.books(held={("taxable", "Z"): ("13", "1350.00")}).remarks != ()


def test_what_was_missing_under_an_old_name_is_missing_under_the_new_one() -> None:
    past = seeded()
    past.sell(ON, 20, 120)
    past.tell(ActivityKind.RENAME, date(2025, 7, 1), new_symbol="Z")

    assert "8 shares more were sold" in past.books(held={}).remarks[0].message


# --- without anything written down ------------------------------------------------------------------------------------


def test_without_a_seed_nothing_is_compared_and_the_opening_takes_what_is_left() -> None:
    past = Past()
    past.buy(ON, 40, 100)

    books = past.books(held={HERE: ("100", "9000.00")})

    assert books.remarks == ()
    assert bases(books.book(*HERE).lots) == [("60", "5000.00"), ("40", "4000.00")]


def test_an_opening_is_followed_through_a_split_and_returned_capital() -> None:
    """60 of 100 were doubled, and $120 came back: what costs $5,940 now cost $6,060, so 40 had cost $101 each."""
    past = Past()
    past.sell(date(2025, 1, 6), 40, 120)
    past.tell(ActivityKind.SPLIT, date(2025, 2, 3), 60)
    past.tell(ActivityKind.RETURN_OF_CAPITAL, date(2025, 3, 3), usd=120)

    book = past.books(held={HERE: ("120", "5940.00")}).book(*HERE)

    assert bases(book.lots) == [("120", "5940.00")]
    assert book.sales[0].realized_gain == Usd.of(40 * 120 - 40 * 101)


@pytest.mark.parametrize("method", list(Method))
def test_the_whole_basis_is_always_the_keepers(method: Method) -> None:
    past = Past()
    past.buy(ON, 40, 100)
    past.sell(date(2025, 7, 7), 10, 90)

    book = past.books(held={HERE: ("100", "9000.00")}, method=method).book(*HERE)

    assert Usd.total(lot.basis or Usd() for lot in book.lots) == Usd.of(9000)


def test_lots_are_numbered_the_same_whenever_they_are_told() -> None:
    past = seeded()
    past.buy(ON, 1, 100)
    told = past.books(held={HERE: ("13", "1450.00")})

    assert past.books(held={HERE: ("13", "1450.00")}, entries=past.entries[::-1]) == told
    assert isinstance(told.book(*HERE).position.lots[0], TaxLot)


def open_lots() -> int:
    """How many lots of books that are being written lie in memory."""
    return sum(isinstance(one, OpenLot) for one in gc.get_objects())


def test_books_that_nobody_needs_any_more_leave_nothing_for_the_collector() -> None:
    past = Past()
    past.buy(date(2025, 1, 6), 100, 10)
    past.sell(ON, 150, 7)
    past.buy(ON + timedelta(days=5), 10, 8)

    with uncollected():
        before = open_lots()
        past.books(held={HERE: ("200", "900")})
        assert open_lots() == before
