"""One lot as its owner reads it: terms, the two bases of a gift, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.cli.lot_lines import LotLine, WashLine, late_sales, lot_lines, without_numbers
from bot.cli.lots_rows import COLUMNS, acquired, harmless, lot_row, sale_row, wash_words
from bot.domain.household import Account, Household, Kind
from bot.domain.lots import Position
from bot.domain.money import Shares, Usd
from bot.domain.seeds import Origin
from bot.domain.snapshot import Snapshot
from bot.engine.lots.nouns import Book, Books, Lot, Sale, Sold, Wash

TODAY = date(2026, 3, 2)
JOINT = Account(id="joint", kind=Kind.TAXABLE)


def lot(**more: object) -> Lot:
    """Ten shares for $1,000, two years ago."""
    made = Lot(
        lot_id="a",
        account="joint",
        symbol="VTI",
        quantity=Shares.of(10),
        basis=Usd.of(1000),
        acquired_on=date(2024, 3, 1),
        origin=Origin.BOUGHT,
        place="a",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # a test's own shorthand


def line(*, price: str | None = "120", today: date = TODAY, **more: object) -> LotLine:
    return LotLine(
        lot=lot(**more),
        account=JOINT,
        short_id="12345678",
        source="a",
        washes=(),
        price=None if price is None else Decimal(price),
        today=today,
        agrees=True,
    )


def books(*lots: Lot, sales: tuple[Sale, ...] = ()) -> Books:
    book = Book(position=Position(symbol="VTI", lots=()), lots=lots, sales=sales)
    return Books(by_account={"joint": {"VTI": book}})


def sale(on: date, basis: Usd | None = Usd(100)) -> Sale:
    sold = Sold(
        lot_id="a",
        quantity=Shares.of(1),
        acquired_on=None,
        proceeds=Usd(100),
        basis=basis,
        gain=Usd(100) - (basis or Usd()),
        short_term=False,
    )
    return Sale(sale_id=f"s-{on}", account="joint", on=on, symbol="VTI", quantity=Shares.of(1), parts=(sold,))


# --- terms -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("since", "today", "long_from"),
    [
        (date(2025, 3, 2), date(2026, 3, 2), date(2026, 3, 3)),  # on the anniversary itself it is short
        (date(2024, 2, 29), date(2024, 6, 1), date(2025, 3, 1)),
        (date(2023, 3, 1), date(2024, 2, 29), date(2024, 3, 2)),
    ],
)
def test_the_day_it_turns_long_is_the_day_after_its_anniversary(since: date, today: date, long_from: date) -> None:
    young = line(acquired_on=since, today=today)

    assert (young.term, young.long_from_on) == ("short", long_from)
    assert line(acquired_on=since, today=long_from).term == "long"


def test_a_tacked_holding_counts_from_its_earlier_day() -> None:
    tacked = line(acquired_on=date(2026, 2, 1), held_since_on=date(2024, 1, 1))

    assert (tacked.term, tacked.held_since_on) == ("long", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("origin", "words"), [(Origin.TRANSFERRED, ("unknown", "unknown")), (Origin.OPENING, ("long ago", "long"))]
)
def test_without_a_day_it_depends_on_where_it_came_from(origin: Origin, words: tuple[str, str]) -> None:
    dateless = line(acquired_on=None, origin=origin)

    assert (acquired(dateless), dateless.term) == words


# --- gains -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("price", "gain"), [("120", 200), ("100", 0), ("80", 0), ("70", 0), ("60", -100)])
def test_a_gift_is_a_loss_only_below_what_it_was_worth_when_it_was_given(price: str, gain: int) -> None:
    """Its giver paid $1,000; it was worth $700 (IRC 1015(a))."""
    assert line(price=price, origin=Origin.GIFT, basis_for_loss=Usd.of(700)).gain == Usd.of(gain)


def test_what_nobody_knows_is_said_so_and_never_zero() -> None:
    row = lot_row(line(basis=None))

    assert {row[name] for name in ("cost_usd", "cost_per_share_usd", "gain_usd", "gain_pct")} == {"unknown"}


def test_without_a_price_there_is_neither_value_nor_gain() -> None:
    row = lot_row(line(price=None))

    assert (row["price_usd"], row["value_usd"], row["gain_usd"]) == ("unknown", "unknown", "unknown")


def test_of_a_cost_of_nothing_there_is_a_gain_but_no_percentage() -> None:
    row = lot_row(line(basis=Usd()))

    assert (row["cost_usd"], row["gain_usd"], row["gain_pct"]) == ("0.00", "1200.00", "")


def test_a_lock_that_has_passed_is_not_told() -> None:
    assert lot_row(line(locked_until_on=TODAY))["locked_until_on"] == ""
    assert lot_row(line(locked_until_on=date(2026, 3, 3)))["locked_until_on"] == "2026-03-03"


def test_the_columns_are_those_of_every_row() -> None:
    assert tuple(lot_row(line())) == COLUMNS


# --- sales -----------------------------------------------------------------------------------------------------------
def test_sales_count_as_late_since_the_year_began_or_for_two_months() -> None:
    days = [date(2025, 12, 1), date(2025, 12, 31), date(2026, 1, 2), date(2026, 2, 27)]
    told = books(sales=tuple(map(sale, days)))
    household = Household(id="home", accounts=(JOINT,), instruments=())

    assert [one.on for one in late_sales(household, told, TODAY)] == days[1:]
    assert [one.on for one in late_sales(household, told, date(2026, 12, 1))] == days[2:]


def test_a_sale_inside_a_shelter_is_none_of_them() -> None:
    household = Household(id="home", accounts=(replace(JOINT, kind=Kind.ROTH),), instruments=())

    assert late_sales(household, books(sales=(sale(TODAY),)), TODAY) == ()


def test_a_sale_of_unknown_cost_has_no_known_gain() -> None:
    row = sale_row(sale(TODAY, basis=None))

    assert (row["basis_usd"], row["gain_usd"], row["long_usd"]) == ("unknown", "unknown", "unknown")


def test_a_wash_sale_that_is_not_remembered_any_more_is_still_told() -> None:
    household = Household(id="home", accounts=(JOINT,), instruments=())
    washed = books(lot(washes=(Wash(sale="gone", amount=Usd.of(5)),)))
    snapshot = Snapshot(as_of_on=TODAY, holdings=(), prices=())

    (told,) = lot_lines(household, snapshot, washed, ())

    (wash,) = told.washes
    assert wash_words(wash) == f"sale {wash.sale}: 5.00"


def test_a_wash_sale_is_told_with_its_account_and_day() -> None:
    wash = WashLine(sale="12345678", account="joint", on=TODAY, amount=Usd.of(5))

    assert wash_words(wash) == "sale 12345678 in joint on 2026-03-02: 5.00"


# --- text ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("lots-2026-02-27.csv", "lots-2026-02-27.csv"),
        ("lots_20260227.csv", "lots_20260227.csv"),
        ("lots-2026-02.csv", "lots-2026-02.csv"),
        ("Z12345678.csv", "Z****5678.csv"),
        ("20458812.csv", "****8812.csv"),
        ("1234-5678.csv", "*****5678.csv"),
        ("1234 5678 9.csv", "*******78 9.csv"),
        ("lots of 2026.csv", "lots of 2026.csv"),
    ],
)
def test_the_name_of_a_file_keeps_its_days_but_no_long_number(name: str, shown: str) -> None:
    assert without_numbers(name) == shown


@pytest.mark.parametrize("cell", ["=1+1", "+x", "-x", "@x", "\tx", "-1+1", "--5"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.30", "5", "lots.csv:3", ""])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell
