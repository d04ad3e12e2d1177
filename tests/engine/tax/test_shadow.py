"""The running ledger of naive selling: year by year, each way with lots of its own, none of them sold twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from bot.domain.deferral import First, Scope
from bot.domain.money import Shares, Usd
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Side
from bot.domain.steps import Fill, NaiveYear, Step
from bot.engine.tax.shadow import naive_years
from tests.engine.drawing import drawn

PICTURE = """An ira that swaps while ten old and ten dear shares lie in taxable.

targets: stocks 60, bonds 40
VTI: stocks {vti}
BND: bonds 100
ira traditional: 55 VTI; 25 BND
brokerage taxable: {lots}
"""
LOTS = "10 VTI @20 since 2020-01-02; 10 VTI @90 since 2021-01-04"


def day(lots: str = LOTS, vti: int = 100) -> HouseholdFile:
    return drawn(PICTURE.format(lots=lots, vti=vti))


def swap(side: Side, shares: int, on: date, file: HouseholdFile) -> Step:
    """The ira swaps so many shares of stocks against bonds of the same worth."""
    price = file.snapshot.price("VTI")
    assert price is not None
    other = Side.BUY if side is Side.SELL else Side.SELL
    bonds = Shares(shares * price / 100)
    return Step(
        plan_id=f"P-{on}",
        on=on,
        before=replace(file.snapshot, as_of_on=on),
        fills=(
            Fill(account="ira", side=side, symbol="VTI", quantity=Shares.of(shares), price=price),
            Fill(account="ira", side=other, symbol="BND", quantity=bonds, price=Decimal(100)),
        ),
        drift=(Usd(), Usd()),
    )


def ledger(*steps: Step, scope: Scope = Scope.HOUSEHOLD, first: First = First.FIFO) -> list[tuple[int, str, str, str]]:
    """One way, as (year, sold, gain, tax)."""
    file = day()
    return [
        shown(one)
        for one in naive_years(file.household, file.policy, steps)
        if (one.scope, one.first) == (scope, first)
    ]


def shown(one: NaiveYear) -> tuple[int, str, str, str]:
    return one.year, one.sold.plain, one.gain.plain, one.tax.plain


def test_no_plan_is_no_ledger() -> None:
    assert ledger() == []


def test_a_shift_is_sold_in_taxable_in_either_order() -> None:
    step = swap(Side.SELL, 12, date(2026, 3, 2), day())

    assert ledger(step) == [(2026, "1200.00", "820.00", "123.00")]
    assert ledger(step, first=First.HIGHEST_COST) == [(2026, "1200.00", "260.00", "39.00")]


def test_what_was_sold_once_is_not_sold_again() -> None:
    steps = [swap(Side.SELL, 12, date(year, 3, 2), day()) for year in (2026, 2027)]

    # of twenty shares eight are left, all of them bought at 90
    assert ledger(*steps) == [(2026, "1200.00", "820.00", "123.00"), (2027, "800.00", "80.00", "12.00")]


def test_what_was_bought_instead_is_sold_back_at_its_new_cost() -> None:
    there = swap(Side.SELL, 12, date(2026, 3, 2), day())
    back = swap(Side.BUY, 12, date(2026, 6, 2), day())
    again = swap(Side.SELL, 12, date(2026, 9, 2), day())

    # bonds bought at 100 go at 100; then stocks: eight of 90, and four of the twelve bought back at 100
    assert ledger(there, back, again) == [(2026, "3600.00", "900.00", "135.00")]


def test_years_are_taxed_apart() -> None:
    gain = swap(Side.SELL, 5, date(2026, 3, 2), day())
    loss = swap(Side.SELL, 5, date(2027, 3, 2), day(vti=10))

    assert ledger(gain, loss) == [(2026, "500.00", "400.00", "60.00"), (2027, "50.00", "-50.00", "0.00")]


def test_shares_that_the_real_account_bought_since_are_there_to_be_sold() -> None:
    first = swap(Side.SELL, 20, date(2026, 3, 2), day())
    later = swap(Side.SELL, 3, date(2027, 3, 2), day(lots=f"{LOTS}; 5 VTI @70 since 2026-06-01"))

    assert ledger(first, later)[1] == (2027, "300.00", "90.00", "28.80")


def test_shares_that_the_real_account_sold_since_are_gone() -> None:
    first = swap(Side.SELL, 1, date(2026, 3, 2), day())
    later = swap(Side.SELL, 15, date(2027, 3, 2), day(lots="10 VTI @20 since 2020-01-02; 2 VTI @90 since 2021-01-04"))

    assert ledger(first, later)[1] == (2027, "1100.00", "740.00", "111.00")


def test_an_account_on_its_own_is_brought_back_once() -> None:
    steps = [swap(Side.SELL, 1, date(year, 3, 2), day()) for year in (2026, 2027)]

    assert ledger(*steps, scope=Scope.ACCOUNT) == [
        (2026, "800.00", "640.00", "96.00"),
        (2027, "0.00", "0.00", "0.00"),
    ]


def test_an_account_on_its_own_drifts_and_is_brought_back_again() -> None:
    first = swap(Side.SELL, 1, date(2026, 3, 2), day())
    risen = swap(Side.SELL, 1, date(2027, 3, 2), day(vti=200))

    # 1,200 of stocks became 2,400 of 3,200: 480 too much, of lots bought at 20
    assert ledger(first, risen, scope=Scope.ACCOUNT)[1][1] == "480.00"


def test_new_money_of_an_account_on_its_own_buys_what_it_lacks_before_anything_is_sold() -> None:
    first = swap(Side.SELL, 1, date(2026, 3, 2), day())
    saved = swap(Side.SELL, 1, date(2027, 3, 2), day(lots=f"{LOTS}; 10 BND @100 since 2026-06-01"))

    # 1,200 of stocks, 800 of bonds and 1,000 of money are 60 percent stocks of 2,000 and room for more
    assert ledger(first, saved, scope=Scope.ACCOUNT)[1][1] == "0.00"


@given(st.lists(st.tuples(st.sampled_from(list(Side)), st.integers(1, 30)), max_size=6))
@settings(max_examples=60)
def test_without_a_move_of_prices_no_gain_is_realised_twice(swaps: list[tuple[Side, int]]) -> None:
    file = day()
    steps = [swap(side, shares, date(2027 + at, 3, 2), file) for at, (side, shares) in enumerate(swaps)]

    for scope in Scope:
        for first in First:
            told = [
                one
                for one in naive_years(file.household, file.policy, steps)
                if (one.scope, one.first) == (scope, first)
            ]
            assert Usd() <= Usd.total(one.gain for one in told) <= Usd.of(900)
