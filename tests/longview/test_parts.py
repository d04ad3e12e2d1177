"""Lots, taxes, spending and the loss bank, each by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.files.tax_tables import read_tax_tables
from bot.domain.household import Kind
from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income, Losses, Taxes
from bot.longview.bank import Banking
from bot.longview.books import Books
from bot.longview.home import Home, Pot, Rates, model_home
from bot.longview.life import live
from bot.longview.shelf import Shelf
from bot.longview.spending import draw, required
from bot.longview.taxes import TaxYear, on_all
from bot.longview.units import START, UNIT
from bot.longview.ways import Way
from tests.longview.markets import flat, path

SHARE = 10**6
DOLLAR = 10**6
HOME = model_home()


def shelf(*lots: tuple[int, int, int], oldest: bool = False) -> Shelf:
    """Lots of whole shares, dollars and months."""
    found = Shelf(oldest=oldest)
    for shares, cost, month in lots:
        found.put(shares * SHARE, cost * DOLLAR, month)
    return found


def test_the_dearest_lot_goes_first() -> None:
    short, long = shelf((1, 50, 0), (1, 90, 20), (1, 70, 0)).take(2 * SHARE, 100 * DOLLAR, 24)

    assert (short // UNIT, long // UNIT) == (1_000, 3_000)


def test_or_the_oldest() -> None:
    short, long = shelf((1, 90, 20), (1, 50, 0), oldest=True).take(SHARE, 100 * DOLLAR, 24)

    assert (short, long // UNIT) == (0, 5_000)


def test_a_lot_is_long_term_after_more_than_twelve_months() -> None:
    assert shelf((1, 50, 0)).take(SHARE, 100 * DOLLAR, 12)[1] == 0
    assert shelf((1, 50, 0)).take(SHARE, 100 * DOLLAR, 13)[0] == 0


def test_a_part_of_a_lot_leaves_the_rest() -> None:
    lots = shelf((2, 50, 0))
    lots.take(SHARE, 100 * DOLLAR, 24)

    assert lots.waiting(100 * DOLLAR, 24) == (0, 5_000)


def test_covered_sales_stop_where_the_losses_are_used_up() -> None:
    """$30 of losses: the lot at a loss adds $10, so 4 shares of the one that gains $10 may go."""
    lots = shelf((10, 90, 0), (1, 110, 0))

    assert lots.covered(20 * SHARE, 100 * DOLLAR, 3_000 * UNIT) == 5 * SHARE


def test_a_loss_lowers_other_income_by_three_thousand_and_the_rest_goes_on() -> None:
    year = TaxYear()
    year.realise(0, -1_000_000 * UNIT)

    assert year.close(HOME, 10**6) == (-72_000, -72_000)
    assert year.carried == Losses(long=Usd(700_000))


def test_gains_dividends_and_interest_each_pay_their_rate() -> None:
    year = TaxYear()
    year.realise(100_000 * UNIT, 200_000 * UNIT)
    year.interest, year.dividends = 10_000, 20_000

    gains, whole = year.close(HOME, 10**6)

    assert gains == 24_000 + 30_000
    assert whole - gains == 2_400 + 19_000 * 15 // 100 + 1_000 * 24 // 100


def test_brackets_rise_with_consumer_prices() -> None:
    """Ten times the gain at ten times the prices costs ten times the tax."""
    tables = read_tax_tables(FilingStatus.MARRIED_JOINT)
    income = Income(ordinary=Usd.of(200_000))
    home = replace(HOME, taxes=Taxes(filing_status=FilingStatus.MARRIED_JOINT, income=income, tables=tables))
    taxes = []
    for times in (1, 10):
        year = TaxYear()
        year.realise(0, times * 10_000_000 * UNIT)
        taxes.append(year.close(home, times * 10**6)[1])

    assert taxes == [1_690_000, 16_900_000]


def test_a_loss_that_waits_at_the_end_is_worth_what_a_gain_would_cost() -> None:
    assert on_all(HOME, 0, 100_000, Losses()) == 15_000
    assert on_all(HOME, 0, -100_000, Losses()) == -15_000
    assert on_all(HOME, 50_000, -50_000, Losses()) == 0


@pytest.mark.parametrize(("age", "months", "tenths"), [(73, 0, 265), (72, 1, 265), (120, 0, 20)])
def test_what_must_be_taken_out_is_the_value_by_the_table_of_that_age(age: int, months: int, tenths: int) -> None:
    books = Books(replace(HOME, age=age))
    books.month = 12 * months + 11

    required(books)

    assert books.year.distributed == 40_000_000 * 10 // tenths
    assert books.cash == [books.year.distributed, -books.year.distributed]


def test_nothing_must_be_taken_out_before_seventy_three() -> None:
    books = Books(replace(HOME, age=72))
    books.month = 11

    required(books)

    assert books.cash == [0, 0]


def test_spending_takes_cash_then_the_shelter_and_taxable_shares_last() -> None:
    books = Books(HOME)
    books.cash[0] = 100_000

    assert draw(books, 300_000)

    assert books.cash == [0, -200_000]
    assert books.year.distributed == 200_000
    assert books.year.sold_gain == 0


def test_spending_more_than_there_is_runs_dry() -> None:
    home = replace(model_home(pay=0), spending=1_000_000)

    life = live(home, flat(), Way.ADAPTIVE)

    assert 60 < life.ran_dry < 110
    assert life.realised > 0


@pytest.mark.parametrize("way", list(Way))
def test_a_retired_household_of_four_kinds_lives_through_it(way: Way) -> None:
    base = model_home(pay=0)
    roth, hsa = (replace(base.pots[1], kind=kind) for kind in (Kind.ROTH, Kind.HSA))
    home = Home(
        assets=base.assets, pots=(*base.pots, roth, hsa), policy=base.policy, spending=300_000, age=70, months=240
    )

    life = live(home, flat(), way)

    assert life.ran_dry == 0
    spent = 240 * 300_000 + sum(life.taxes[:-1])
    assert life.standing == 180_000_000 - spent - life.taxes[-1]


def test_the_bank_swaps_a_loss_into_the_partner_and_keeps_it() -> None:
    """Stocks fall by a fifth in month 4: all lots older than 61 days are swapped, the basis falls, the loss waits."""
    home = replace(HOME, pots=(replace(HOME.pots[0], pay=0), replace(HOME.pots[1], pay=0)), months=12)
    fallen = path(lambda m: 10**6 if m < 4 else 700_000, lambda _: 10**6, 12)

    life = live(home, fallen, Way.BANK)

    assert life.on_gains == -72_000
    assert live(home, fallen, Way.ADAPTIVE).on_gains == 0


def test_the_bank_swaps_a_class_at_most_every_other_month() -> None:
    bank = Banking(HOME, HOME.policy)
    books = Books(HOME)
    books.prices = [START, START // 2]
    bank.act(books)
    banked = books.year.bank
    books.month, books.prices = 1, [START, START // 3]
    bank.act(books)

    assert banked > 0
    assert books.year.bank == banked


def test_pots_say_how_they_are_taxed() -> None:
    kinds = {kind: Pot(kind=kind, lots=()) for kind in Kind}

    assert [kind for kind, pot in kinds.items() if pot.taxable] == [Kind.TAXABLE]
    assert [kind for kind, pot in kinds.items() if pot.pretax] == [Kind.TRADITIONAL, Kind.WORKPLACE]
    assert Rates().qualified_ppm == Decimal("0.95") * 10**6
