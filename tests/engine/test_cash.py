"""What counts as cash, what of it may be spent today, and where it goes."""

from __future__ import annotations

from bot.domain.plan import Plan
from tests.engine.drawing import codes, orders


def test_cash_goes_to_the_class_that_lags_in_proportion(plan: Plan) -> None:
    """Each class is brought to the same share of its goal: 80 percent.

    targets: stocks 50, bonds 25, gold 25
    VTI: stocks 1
    BND: bonds 1
    GLD: gold 1
    OLD: old 1
    brokerage taxable: 3700 VTI; 1900 BND; 1900 GLD; 2000 OLD; cash 500
    """
    assert orders(plan) == ["brokerage buy BND 100", "brokerage buy GLD 100", "brokerage buy VTI 300"]


def test_inside_the_bands_too_cash_goes_in_proportion(plan: Plan) -> None:
    """Everything is in its wide band; each class is brought to 80 percent of its goal.

    targets: stocks 50, bonds 25, gold 25
    policy: band 100/1000
    VTI: stocks 1
    BND: bonds 1
    GLD: gold 1
    OLD: old 1
    brokerage taxable: 3700 VTI; 1900 BND; 1900 GLD; 2000 OLD; cash 500
    """
    assert orders(plan) == ["brokerage buy BND 100", "brokerage buy GLD 100", "brokerage buy VTI 300"]


def test_no_account_pays_for_another(plan: Plan) -> None:
    """Only brokerage has cash, and bonds may be bought in the IRA alone.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 6000 VTI; cash 100; menu OTHER
    OTHER: other 1
    ira traditional: 3900 BND; menu BND
    """
    assert orders(plan) == []


def test_a_money_fund_in_taxable_is_sold_where_it_has_no_gain(plan: Plan) -> None:
    """The money fund stands at its cost.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    brokerage taxable: 6000 VTI; 3900 BND; 100 MMF @1
    """
    assert orders(plan) == ["brokerage sell MMF 100", "brokerage buy BND 100"]
    assert plan.realized_gain.cents == 0


def test_a_money_fund_in_taxable_with_a_gain_stays(plan: Plan) -> None:
    """A tenth of the money fund's price is gain; a lot of unknown cost stays as well.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    brokerage taxable: 6000 VTI; 3900 BND; 50 MMF @0.90; 50 MMF
    """
    assert orders(plan) == []


def test_a_money_fund_in_a_shelter_is_sold_whatever_its_cost(plan: Plan) -> None:
    """A tenth of the money fund's price is gain, which a shelter does not tax.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    ira traditional: 6000 VTI; 3900 BND; 100 MMF @0.90
    """
    assert orders(plan) == ["ira sell MMF 100", "ira buy BND 100"]


def test_a_money_fund_counts_as_cash_of_the_pie_and_is_never_bought(plan: Plan) -> None:
    """Cash is wanted: 20 percent of it lies in a money fund, and more is raised as plain cash.

    targets: stocks 60, cash 40
    VTI: stocks 1
    MMF: cash 1
    ira traditional: 8000 VTI; 2000 MMF
    """
    assert orders(plan) == ["ira sell VTI 2000"]


def test_cash_itself_goes_before_a_money_fund_is_sold(plan: Plan) -> None:
    """Bonds lack 100; cash and a money fund of 100 each would do, and cash has a target of one percent.

    targets: stocks 59, bonds 40, cash 1
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    ira traditional: 5900 VTI; 3900 BND; 100 MMF; cash 100
    """
    assert orders(plan) == ["ira buy BND 100"]


def test_unsettled_cash_is_counted_and_not_spent(plan: Plan) -> None:
    """Bonds lack 100, and 100 has not settled.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 3900 BND; unsettled 100
    """
    assert orders(plan) == []
    assert plan.pie.plain == "10000.00"
    assert "unsettled_cash" in codes(plan)


def test_unsettled_cash_is_spent_where_the_owner_says_so(plan: Plan) -> None:
    """Bonds lack 100, and 100 has not settled.

    targets: stocks 60, bonds 40
    policy: spend_unsettled_cash yes
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 3900 BND; unsettled 100
    """
    assert orders(plan) == ["ira buy BND 100"]
    assert "unsettled_cash" not in codes(plan)


# --- open orders -----------------------------------------------------------------------------------------------------
def test_an_open_buy_has_spent_its_cash(plan: Plan) -> None:
    """Of 1000 of cash an open order takes 600: only 400 may be spent.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 30 BND; cash 1000; buy 6 BND
    """
    assert orders(plan) == ["ira buy BND 400"]


def test_what_is_on_sale_is_not_sold_again(plan: Plan) -> None:
    """An open sale of 10 stocks brings them to goal; its proceeds have not settled.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 70 VTI; 30 BND; sell 10 VTI
    """
    assert orders(plan) == []
    assert ("ira", "0.00") in [(account, cash.plain) for account, cash in plan.cash_after]


def test_what_an_open_buy_brings_is_counted_and_not_sold(plan: Plan) -> None:
    """Stocks stand far over once the open order has filled; only those that are held already may go.

    targets: stocks 20, bonds 80
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 10 VTI; 60 BND; cash 3000; buy 30 VTI
    """
    assert orders(plan) == ["ira sell VTI 1000", "ira buy BND 1000"]
