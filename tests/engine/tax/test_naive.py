"""What naive selling would have realised beside a plan, what waits, and what bonds in taxable cost every year."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deferral import Deferral, First, Scope
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.engine.loop import draw
from bot.engine.tax.naive import with_deferral
from tests.engine.drawing import drawn
from tests.engine.tax.tables import taxes

SHIFT = """Stocks stand at 75 of 60 percent; $1,500 of them go to bonds inside the ira.

targets: stocks 60, bonds 40
VTI: stocks 100
BND: bonds 100
ira traditional: 55 VTI; 25 BND
brokerage taxable: {lots}
"""
LOTS = "10 VTI @20 since 2020-01-02; 10 VTI @90 since 2021-01-04"


def beside(picture: str) -> tuple[Plan, Deferral]:
    """The plan of a picture and the taxes beside it."""
    file = drawn(picture)
    plan = with_deferral(draw(file.household, file.policy, file.snapshot), file.household, file.policy, file.snapshot)
    assert plan.deferral is not None
    return plan, plan.deferral


def way(picture: str, scope: Scope, first: First) -> tuple[str, str, str]:
    """What one way would have sold, gained and owed, in dollars."""
    found = beside(picture)[1].way(scope, first)
    return found.sold.plain, found.gain.plain, found.tax.plain


def test_the_shift_sold_highest_cost_first_is_the_plans_own_figure() -> None:
    plan, found = beside(SHIFT.format(lots=LOTS))
    dearest = found.way(Scope.HOUSEHOLD, First.HIGHEST_COST)

    assert (dearest.sold.plain, dearest.gain.plain, dearest.tax.plain) == ("1500.00", "500.00", "75.00")
    assert (dearest.gain, dearest.tax) == (plan.gain_if_sold, plan.tax_if_sold)


def test_the_shift_sold_oldest_first_takes_the_old_cheap_lots() -> None:
    assert way(SHIFT.format(lots=LOTS), Scope.HOUSEHOLD, First.FIFO) == ("1500.00", "850.00", "127.50")


def test_an_account_on_its_own_sells_down_to_its_targets() -> None:
    # $2,000 of stocks alone: 40 percent of it is too much
    assert way(SHIFT.format(lots=LOTS), Scope.ACCOUNT, First.HIGHEST_COST) == ("800.00", "80.00", "12.00")
    assert way(SHIFT.format(lots=LOTS), Scope.ACCOUNT, First.FIFO) == ("800.00", "640.00", "96.00")


def test_an_account_within_its_bands_sells_nothing() -> None:
    picture = SHIFT.format(lots="62 VTI @20; 38 BND @20")

    assert way(picture, Scope.ACCOUNT, First.FIFO) == ("0.00", "0.00", "0.00")


def test_an_account_counts_its_cash_and_not_its_buffer() -> None:
    # 60 percent of 2,000 + 1,000 of cash is 1,800: 200 of stocks are too much
    assert way(SHIFT.format(lots=f"{LOTS}; cash 1500; buffer 500"), Scope.ACCOUNT, First.FIFO)[0] == "200.00"


def test_two_accounts_are_each_brought_back_alone() -> None:
    picture = SHIFT.format(lots="10 VTI @50") + "other taxable: 10 BND @50\n"

    # the one has 40 percent too much of stocks, the other 60 percent too much of bonds
    assert way(picture, Scope.ACCOUNT, First.FIFO) == ("1000.00", "500.00", "75.00")


def test_an_account_that_nobody_manages_is_left_alone() -> None:
    picture = SHIFT.format(lots=LOTS).replace("brokerage taxable", "brokerage taxable unmanaged")

    assert way(picture, Scope.ACCOUNT, First.FIFO)[0] == "0.00"


def test_a_loss_costs_nothing_and_shows_as_one() -> None:
    assert way(SHIFT.format(lots="20 VTI @120"), Scope.HOUSEHOLD, First.FIFO) == ("1500.00", "-300.00", "0.00")


def test_a_fund_of_several_classes_goes_by_the_part_that_is_asked_for() -> None:
    picture = SHIFT.format(lots="20 BAL @20").replace("ira", "BAL: stocks 60 bonds 40 at 100\nira")
    found = beside(picture)[1].way(Scope.HOUSEHOLD, First.FIFO)

    assert found.sold.cents <= 120_000  # of $2,000 only 60 percent are stocks
    assert found.gain.cents * 100 == found.sold.cents * 80


def test_all_gains_of_taxable_accounts_wait() -> None:
    found = beside(SHIFT.format(lots=LOTS))[1]

    assert (found.waiting_gain.plain, found.waiting_tax.plain) == ("900.00", "135.00")


def test_what_a_shelter_holds_does_not_wait() -> None:
    picture = SHIFT.format(lots="10 BND @100").replace("55 VTI", "55 VTI @1")

    assert beside(picture)[1].waiting_gain == Usd()


CASH = """New money lies in taxable, and bonds lag: the plain rule buys them there.

targets: stocks 60, bonds 40
VTI: stocks 100
BND: bonds 100
ira traditional: 60 VTI; 30 BND
brokerage taxable: cash 1000; menu {menu}
"""


def test_bonds_that_the_plan_buys_in_taxable_pay_interest_that_is_taxed_every_year() -> None:
    found = beside(CASH.format(menu="BND"))[1]

    assert (found.interest.plain, found.interest_tax.plain) == ("44.70", "14.30")  # 4.47 percent, at 32


def test_bonds_bought_in_a_shelter_cost_nothing() -> None:
    found = beside(SHIFT.format(lots=LOTS))[1]

    assert (found.interest, found.interest_tax) == (Usd(), Usd())


def test_interest_of_municipal_bonds_is_exempt() -> None:
    picture = CASH.format(menu="MUB").replace("ira", "MUB: bonds 100 taxable_only\nira", 1)
    plan, found = beside(picture)

    assert [line.symbol for line in plan.lines] == ["MUB"]
    assert found.interest == Usd()


@pytest.mark.parametrize("own", [True, False])
def test_the_table_behind_the_figures_is_named(own: bool) -> None:
    file = drawn(CASH.format(menu="BND"))
    policy = replace(file.policy, taxes=taxes() if own else None)
    plan = with_deferral(draw(file.household, policy, file.snapshot), file.household, policy, file.snapshot)

    assert plan.deferral is not None
    assert plan.deferral.table_year == (2026 if own else None)


def test_a_way_that_was_not_looked_at_is_no_way() -> None:
    empty = replace(beside(CASH.format(menu="BND"))[1], naive=())

    with pytest.raises(KeyError):
        empty.way(Scope.ACCOUNT, First.FIFO)
