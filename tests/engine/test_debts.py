"""What must be cured whatever the bands, what stays aside, and how small an order may be."""

from __future__ import annotations

from bot.domain.plan import Plan
from tests.engine.drawing import codes, orders


def test_a_shelter_s_debt_is_cured_although_all_is_in_band(plan: Plan) -> None:
    """The IRA owes 100; bonds are the best funded class.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 4100 BND; cash -100
    """
    assert orders(plan) == ["ira sell BND 100"]
    assert "negative_cash" in codes(plan)


def test_a_debt_is_cured_in_its_own_account_though_another_has_cash(plan: Plan) -> None:
    """The IRA owes 100, the Roth holds 100.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6100 VTI; cash -100
    roth roth: 3900 BND; cash 100
    """
    assert orders(plan) == ["ira sell VTI 100", "roth buy BND 100"]


def test_a_debt_is_cured_from_a_money_fund_first(plan: Plan) -> None:
    """The IRA owes 100 and holds a money fund.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    ira traditional: 6000 VTI; 4000 BND; 100 MMF; cash -100
    """
    assert orders(plan) == ["ira sell MMF 100"]


def test_cash_that_comes_with_settlement_is_no_debt(plan: Plan) -> None:
    """The IRA owes 100 today and gets 100 tomorrow.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 4000 BND; cash -100; unsettled 100
    """
    assert orders(plan) == []


def test_a_debt_does_not_keep_other_cash_from_its_work(plan: Plan) -> None:
    """Curing the IRA's debt sells stocks that lag, which raises drift; the Roth's cash is placed all the same.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 1000 VTI; cash -1000; menu VTI
    roth roth: cash 500; menu VTI
    old taxable unmanaged: 8900 BND; cash 600
    """
    assert orders(plan) == ["ira sell VTI 1000", "roth buy VTI 500"]
    assert plan.drift_after > plan.drift_before


def test_in_whole_shares_a_debt_takes_one_share_more(plan: Plan) -> None:
    """The IRA owes 150 and the shares cost 100.

    targets: stocks 60, bonds 40
    policy: fractional_shares no
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 42 BND; cash -150
    """
    assert orders(plan) == ["ira sell BND 200"]


def test_in_whole_shares_a_debt_does_not_keep_other_cash_from_its_work(plan: Plan) -> None:
    """A debt of 1 takes a share of 500, which raises drift; the Roth's cash is placed all the same.

    targets: stocks 60, bonds 40
    policy: fractional_shares no
    VTI: stocks 500
    BND: bonds 100
    ira traditional: 12 VTI; cash -1; menu VTI
    roth roth: cash 300; menu BND
    old taxable unmanaged: 37 BND
    """
    assert orders(plan) == ["ira sell VTI 500", "roth buy BND 300"]


def test_in_whole_shares_a_debt_passes_over_fractions(plan: Plan) -> None:
    """The IRA owes 30; of the class that is funded best it holds half a share only.

    targets: stocks 100
    policy: fractional_shares no
    OLD: old 100
    VTI: stocks 100
    ira traditional: 0.5 OLD; 10 VTI; cash -30
    """
    assert orders(plan) == ["ira sell VTI 100"]


def test_a_debt_in_taxable_is_only_reported(plan: Plan) -> None:
    """Brokerage owes 100.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 6000 VTI @1; 4100 BND @1; cash -100
    """
    assert orders(plan) == []
    assert "negative_cash" in codes(plan)


def test_a_debt_in_taxable_is_not_cured_from_a_money_fund(plan: Plan) -> None:
    """Brokerage owes 100 and holds a money fund at its cost.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    MMF: cash 1
    brokerage taxable: 6000 VTI @1; 4000 BND @1; 100 MMF @1; cash -100
    """
    assert orders(plan) == []


def test_a_buffer_lies_outside_the_pie_and_stays(plan: Plan) -> None:
    """Of 200 of cash 100 are a buffer.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 3900 BND; cash 200; buffer 100
    """
    assert plan.pie.plain == "10000.00"
    assert orders(plan) == ["ira buy BND 100"]
    assert plan.cash_after[0][1].plain == "100.00"


def test_a_buffer_that_is_not_full_is_not_filled(plan: Plan) -> None:
    """Of a buffer of 500 only 200 are there: the pie is 10000, and nothing is sold for the rest.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 4000 BND; cash 200; buffer 500
    """
    assert plan.pie.plain == "10000.00"
    assert orders(plan) == []


def test_the_buffer_of_an_account_that_is_only_watched_counts_too(plan: Plan) -> None:
    """Someone else's account keeps 100 of its cash aside.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    theirs taxable unmanaged: 6000 VTI; cash 100; buffer 100
    ira traditional: 4000 BND
    """
    assert plan.pie.plain == "10000.00"
    assert plan.drift_before.cents == 0


# --- the smallest trade ----------------------------------------------------------------------------------------------
def test_the_money_of_an_order_too_small_goes_to_the_next_class(plan: Plan) -> None:
    """Of 500 stocks would get 400 and bonds 100, but no order may be below 200.

    targets: stocks 50, bonds 50
    policy: min_trade 200
    VTI: stocks 1
    BND: bonds 1
    OLD: old 1
    brokerage taxable: 4400 VTI; 4700 BND; 1000 OLD; cash 500
    """
    assert orders(plan) == ["brokerage buy VTI 500"]
    assert "min_trade" in codes(plan)


def test_an_order_of_exactly_the_smallest_size_is_made(plan: Plan) -> None:
    """Bonds lack 200.

    targets: stocks 60, bonds 40
    policy: min_trade 200
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 6000 VTI; 3800 BND; cash 200
    """
    assert orders(plan) == ["brokerage buy BND 200"]


def test_a_swap_of_exactly_the_smallest_size_is_made(plan: Plan) -> None:
    """Stocks are ten points over, which is 100.

    targets: stocks 60, bonds 40
    policy: min_trade 100
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 700 VTI; 300 BND
    """
    assert orders(plan) == ["ira sell VTI 100", "ira buy BND 100"]


def test_a_swap_below_the_smallest_size_is_not_made(plan: Plan) -> None:
    """Stocks are ten points over, which is 100.

    targets: stocks 60, bonds 40
    policy: min_trade 101
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 700 VTI; 300 BND
    """
    assert orders(plan) == []


def test_a_debt_is_cured_below_the_smallest_size(plan: Plan) -> None:
    """The IRA owes 100.

    targets: stocks 60, bonds 40
    policy: min_trade 500
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6000 VTI; 4100 BND; cash -100
    """
    assert orders(plan) == ["ira sell BND 100"]
