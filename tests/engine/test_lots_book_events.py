"""What changes lots beside trades: splits, new names, returned capital, transfers, corrections, gifts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.readings import ActivityKind
from bot.domain.seeds import Origin
from tests.engine.past import Past, bases, written

BOUGHT_ON = date(2024, 3, 1)
ON = date(2025, 6, 2)
LATER = date(2025, 9, 1)


def two_lots() -> Past:
    """10 shares for $100 each, and 5 for $130 each half a year later."""
    past = Past()
    past.buy(BOUGHT_ON, 10, 100)
    past.buy(date(2024, 9, 2), 5, 130)
    return past


# --- splits -----------------------------------------------------------------------------------------------------------


def test_a_split_spreads_the_basis_and_keeps_the_dates() -> None:
    past = two_lots()
    past.tell(ActivityKind.SPLIT, ON, 15)

    lots = past.book().lots

    assert bases(lots) == [("20", "1000.00"), ("10", "650.00")]
    assert lots[0].acquired_on == BOUGHT_ON


def test_a_reverse_split_leaves_fractions() -> None:
    past = two_lots()
    past.tell(ActivityKind.SPLIT, ON, "-13.5")

    assert bases(past.book().lots) == [("1", "1000.00"), ("0.5", "650.00")]


def test_a_split_that_does_not_come_out_even_loses_no_share_and_no_cent() -> None:
    past = Past()
    for _ in range(3):
        past.buy(BOUGHT_ON, 1, "33.33")
    past.tell(ActivityKind.SPLIT, ON, -1)

    lots = past.book().lots

    assert Shares.total(lot.quantity for lot in lots) == Shares.of(2)
    assert Usd.total(lot.basis or Usd() for lot in lots) == Usd.of("99.99")


def test_a_fraction_paid_out_in_cash_is_sold() -> None:
    """105 shares become 10, and $50 for half a share; the oldest half share goes (Rev. Rul. 66-365)."""
    past = Past()
    past.buy(BOUGHT_ON, 105, 10)
    past.tell(ActivityKind.SPLIT, ON, -95, usd=50)

    book = past.book()

    assert bases(book.lots) == [("10", "1000.00")]
    assert (book.sales[0].quantity, book.sales[0].realized_gain) == (Shares.of("0.5"), Usd())


def test_the_price_of_a_fraction_tells_its_size() -> None:
    past = Past()
    past.buy(BOUGHT_ON, 9, 10)
    past.tell(ActivityKind.SPLIT, ON, -8, usd=10, price=Decimal(80))

    assert past.book().sales[0].quantity == Shares.of("0.125")


def test_a_split_of_nothing_changes_nothing() -> None:
    past = Past()
    past.tell(ActivityKind.SPLIT, ON, 5)
    past.seed(date(2024, 1, 1), written(1, 10, None, symbol="Y"))

    assert past.books(held={("taxable", "Y"): ("1", None)}).remarks == ()


# --- returned capital -------------------------------------------------------------------------------------------------


def test_returned_capital_lowers_every_basis_by_its_shares() -> None:
    past = two_lots()
    past.tell(ActivityKind.RETURN_OF_CAPITAL, ON, usd=150)

    assert bases(past.book().lots) == [("10", "900.00"), ("5", "600.00")]


def test_capital_returned_beyond_the_basis_is_gain() -> None:
    """IRC 301(c)(3): $1,600 on 15 shares is $1,066.67 on the first lot, $66.67 more than it cost."""
    past = two_lots()
    past.tell(ActivityKind.RETURN_OF_CAPITAL, ON, usd=1600)

    book = past.book()

    assert bases(book.lots) == [("10", "0.00"), ("5", "116.67")]
    assert (book.sales[0].quantity, book.sales[0].recognized(short_term=False)) == (Shares(), Usd.of("66.67"))


def test_capital_returned_on_shares_that_are_gone_is_gain() -> None:
    past = two_lots()
    past.sell(ON, 15, 100)
    past.tell(ActivityKind.RETURN_OF_CAPITAL, LATER, usd=30)

    assert past.books(held={}).book("taxable", "X").sales[1].realized_gain == Usd.of(30)


# --- names and transfers ----------------------------------------------------------------------------------------------


def test_a_new_symbol_keeps_dates_and_basis() -> None:
    past = two_lots()
    past.tell(ActivityKind.RENAME, ON, new_symbol="Z")
    past.sell(LATER, 12, 110, symbol="Z")

    book = past.books().book("taxable", "Z")

    assert bases(book.lots) == [("3", "390.00")]
    assert book.sales[0].realized_gain == Usd.of(60)
    assert "X" not in past.books().by_account["taxable"]


def test_an_opening_is_found_under_its_old_name() -> None:
    past = Past()
    past.tell(ActivityKind.RENAME, ON, new_symbol="Z")
    past.buy(LATER, 5, 100, symbol="Z")

    book = past.books(held={("taxable", "Z"): ("15", "1100.00")}).book("taxable", "Z")

    assert bases(book.lots) == [("10", "600.00"), ("5", "500.00")]


def test_shares_that_came_from_elsewhere_have_no_known_cost() -> None:
    past = Past()
    past.tell(ActivityKind.TRANSFER, ON, 10)

    lot = past.book().lots[0]

    assert (lot.basis, lot.origin) == (None, Origin.TRANSFERRED)


def test_shares_that_went_elsewhere_are_the_oldest_and_no_sale() -> None:
    past = two_lots()
    past.tell(ActivityKind.TRANSFER, ON, -12)

    book = past.book()

    assert bases(book.lots) == [("3", "390.00")]
    assert book.sales == ()


@pytest.mark.parametrize(("left", "came"), [(date(2025, 6, 2), date(2025, 6, 9)), (date(2025, 6, 9), date(2025, 6, 2))])
def test_a_transfer_inside_the_household_takes_dates_and_basis_along(left: date, came: date) -> None:
    past = two_lots()
    past.tell(ActivityKind.TRANSFER, left, -12)
    past.tell(ActivityKind.TRANSFER, came, 12, account="spouse")

    lots = past.books().book("spouse", "X").lots

    assert bases(lots) == [("10", "1000.00"), ("2", "260.00")]
    assert lots[0].acquired_on == BOUGHT_ON


def test_a_transfer_out_of_a_shelter_brings_no_basis() -> None:
    past = Past()
    past.buy(BOUGHT_ON, 10, 100, account="ira")
    past.tell(ActivityKind.TRANSFER, ON, -10, account="ira")
    past.tell(ActivityKind.TRANSFER, ON, 10)

    assert bases(past.book().lots) == [("10", None)]


# --- corrections ------------------------------------------------------------------------------------------------------


def test_an_entry_that_is_told_twice_counts_once() -> None:
    past = two_lots()
    past.seed(date(2023, 12, 29), written(1, 90, None))
    told = [*past.entries, *past.entries]

    books = past.books(held={("taxable", "X"): ("16", "1740.00")}, entries=told)

    assert books.remarks == ()
    assert bases(books.book("taxable", "X").lots) == [("1", "90.00"), ("10", "1000.00"), ("5", "650.00")]


def test_an_entry_that_was_corrected_does_not_count_though_it_was_told_before() -> None:
    past = two_lots()
    past.entries.append(replace(past.entries[1], reversed=True))

    books = past.books(held={("taxable", "X"): ("10", "1000.00")})

    assert bases(books.book("taxable", "X").lots) == [("10", "1000.00")]


def test_a_sale_of_more_than_there_was_has_no_basis_for_the_rest() -> None:
    past = two_lots()
    past.sell(ON, 20, 100)

    sale = past.books(held={}).book("taxable", "X").sales[0]

    assert [part.basis for part in sale.parts] == [None, Usd.of(1000), Usd.of(650)]
    assert (sale.quantity, sale.basis) == (Shares.of(20), None)


# --- how shares came --------------------------------------------------------------------------------------------------


def test_commissions_belong_to_the_cost_and_come_off_the_proceeds() -> None:
    past = Past()
    past.buy(BOUGHT_ON, 10, 100, net=Usd.of(-1005))
    past.sell(ON, 10, 110, net=Usd.of(1095))

    assert past.books(held={}).book("taxable", "X").sales[0].realized_gain == Usd.of(90)


@pytest.mark.parametrize(("price", "gain"), [(120, 200), (100, 0), (90, 0), (80, 0), (79, -10)], ids=str)
def test_between_its_two_bases_a_gift_is_neither_gain_nor_loss(price: int, gain: int) -> None:
    """The giver paid $1,000, and it was worth $800 (IRC 1015(a))."""
    past = Past()
    past.seed(date(2025, 1, 1), written(10, 1000, BOUGHT_ON, Origin.GIFT, for_loss="800"))
    lot = past.book().position.lots[0]
    past.sell(ON, 10, price)

    assert past.book().sales[0].realized_gain == Usd.of(gain)
    assert lot.gain(Shares.of(10), Decimal(price)) == Usd.of(gain)
    assert lot.is_loss(Decimal(price)) is (gain < 0)


def test_a_gift_of_unknown_worth_is_never_a_loss() -> None:
    past = Past()
    past.seed(date(2025, 1, 1), written(10, 1000, BOUGHT_ON, Origin.GIFT))

    assert not past.book().position.lots[0].is_loss(Decimal(1))


def test_an_inheritance_is_long_term_on_the_day_after() -> None:
    """IRC 1223(9)."""
    past = Past()
    past.seed(ON, written(10, 1000, ON, Origin.INHERITED))
    past.sell(date(2025, 6, 3), 5, 120)

    book = past.book()

    assert book.sales[0].recognized(short_term=False) == Usd.of(100)
    assert not book.position.lots[0].is_short_term(date(2025, 6, 3))


def test_entries_up_to_the_day_of_the_seed_are_in_it() -> None:
    past = two_lots()
    past.seed(ON, written(15, 1700, None))
    past.sell(ON, 1, 100)
    past.sell(LATER, 5, 120)

    assert bases(past.books(held={("taxable", "X"): ("10", "1133.33")}).book("taxable", "X").lots) == [
        ("10", "1133.33")
    ]


def test_the_latest_seed_of_a_symbol_counts() -> None:
    past = Past()
    past.seed(BOUGHT_ON, written(3, 30, None))
    past.seed(ON, written(5, 60, None))

    assert bases(past.books(held={("taxable", "X"): ("5", "60.00")}).book("taxable", "X").lots) == [("5", "60.00")]


def test_a_term_is_counted_from_the_day_that_is_told_for_it() -> None:
    lot = TaxLot(quantity=Shares.of(1), acquired_on=ON, held_since_on=BOUGHT_ON)

    assert not lot.is_short_term(LATER)
    assert lot.held_for(ON) is not None
