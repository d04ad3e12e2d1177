"""Which fund is traded and in which account: menus, locks, places, routes."""

from __future__ import annotations

from bot.domain.plan import Lever, Plan
from bot.domain.snapshot import Side
from tests.engine.drawing import codes, orders


def test_funds_off_the_menu_are_sold_first_then_the_menu_from_its_end(plan: Plan) -> None:
    """Fifteen shares of stocks must go: five of OLD, which no menu names, then ten of ITOT, which stands last.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    ITOT: stocks 100
    OLD: stocks 100
    BND: bonds 100
    ira traditional: 40 VTI; 30 ITOT; 5 OLD; 25 BND; menu VTI ITOT BND
    """
    assert orders(plan) == ["ira sell OLD 500", "ira sell ITOT 1000", "ira buy BND 1500"]


def test_the_first_fund_of_a_class_on_the_menu_is_bought(plan: Plan) -> None:
    """The menu prefers AGG to BND.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    AGG: bonds 100
    ira traditional: 60 VTI; 39 BND; cash 100; menu VTI AGG BND
    """
    assert orders(plan) == ["ira buy AGG 100"]


def test_funds_that_cannot_be_bought_are_passed_over(plan: Plan) -> None:
    """BND is halted, AGG has no price, MUB belongs into taxable: SCHZ is next.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100 untradable
    AGG: bonds ?
    MUB: bonds 100 taxable_only
    SCHZ: bonds 100
    ira traditional: 60 VTI; 39 SCHZ; cash 100
    """
    assert orders(plan) == ["ira buy SCHZ 100"]


def test_a_fund_for_taxable_only_is_bought_in_taxable(plan: Plan) -> None:
    """MUB stands first on the menu of brokerage.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    MUB: bonds 100 taxable_only
    brokerage taxable: 60 VTI; 39 MUB; cash 100
    """
    assert orders(plan) == ["brokerage buy MUB 100"]


def test_a_halted_fund_is_counted_and_not_sold(plan: Plan) -> None:
    """Stocks stand ten points over, in a fund that is not traded.

    targets: stocks 60, bonds 40
    VTI: stocks 100 untradable
    BND: bonds 100
    ira traditional: 70 VTI; 30 BND
    """
    assert orders(plan) == []
    assert plan.drift_before.plain == "2000.00"


def test_a_locked_lot_is_not_sold_before_its_day(plan: Plan) -> None:
    """Of the ten shares too many, four were bought with unsettled money and are free tomorrow.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 66 VTI until 2026-03-03; 4 VTI until 2026-03-02; 30 BND
    """
    assert orders(plan) == ["ira sell VTI 400", "ira buy BND 400"]
    assert "good_faith_lock" in codes(plan)


def test_an_account_that_is_only_watched_is_counted_and_not_traded(plan: Plan) -> None:
    """Stocks stand ten points over in someone else's IRA.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    theirs traditional unmanaged: 70 VTI; 20 BND
    ira traditional: 10 BND
    """
    assert orders(plan) == []
    assert plan.drift_limit.plain == "2000.00"


def test_a_fund_of_several_classes_is_counted_by_them(plan: Plan) -> None:
    """The balanced fund holds both classes just as wanted; 100 of cash is split the same way.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    BAL: stocks 60 bonds 40 at 25
    ira traditional: 400 BAL; cash 100; menu VTI BND
    """
    assert orders(plan) == ["ira buy BND 40", "ira buy VTI 60"]


def test_chains_of_swaps_reach_what_no_single_swap_can(plan: Plan) -> None:
    """Bonds may be bought in the 401k alone, which holds no class that is over: the IRA must buy its stocks.

    targets: stocks 40, bonds 30, intl 30
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    ira traditional: 40 VXUS; menu VTI
    work 401k: 40 VTI; 20 BND; menu BND
    """
    assert orders(plan) == ["ira sell VXUS 1000", "ira buy VTI 1000", "work sell VTI 1000", "work buy BND 1000"]
    assert plan.drift_after.cents == 0


def test_what_cannot_be_cured_is_shared_evenly_even_by_way_of_another_account(plan: Plan) -> None:
    """17500 of bonds go to gold and stocks, which lack 37000: both to 75 percent of goal, stocks in the IRA alone.

    targets: gold 32, bonds 22, stocks 46
    GLD: gold 1
    BND: bonds 1
    VTI: stocks 1
    a-roth roth: 21500 BND; menu GLD BND
    ira traditional: 18000 BND; 17000 GLD; menu GLD VTI
    old taxable unmanaged: 24000 VTI; cash 19500
    """
    after = {line.asset_class: line.after.plain for line in plan.classes}
    assert after == {"bonds": "22000.00", "cash": "19500.00", "gold": "24000.00", "stocks": "34500.00"}
    assert sum(line.usd.cents for line in plan.lines if line.side is Side.SELL) == 1_750_000


def test_no_more_is_sold_than_the_least_drift_needs(plan: Plan) -> None:
    """Cash in the IRA pays for part of what bonds lack.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 67 VTI; 27 BND; cash 600
    """
    assert orders(plan) == ["ira sell VTI 700", "ira buy BND 1300"]


# --- location --------------------------------------------------------------------------------------------------------
def test_among_equal_plans_each_class_goes_where_it_belongs(plan: Plan) -> None:
    """Both accounts have 1000 of cash, both classes lack 1000.

    targets: stocks 60, bonds 40
    prefer: stocks in taxable, bonds in traditional
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 50 VTI; cash 1000
    ira traditional: 30 BND; cash 1000
    """
    assert orders(plan) == ["brokerage buy VTI 1000", "ira buy BND 1000"]


def test_the_other_preference_turns_the_places_round(plan: Plan) -> None:
    """The same household, with a taste for bonds in taxable.

    targets: stocks 60, bonds 40
    prefer: stocks in traditional/roth, bonds in taxable
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 50 VTI; cash 1000
    ira traditional: 30 BND; cash 1000
    """
    assert orders(plan) == ["brokerage buy BND 1000", "ira buy VTI 1000"]


def test_a_preference_moves_nothing_that_already_lies_somewhere(plan: Plan) -> None:
    """All is at goal, in the wrong places.

    targets: stocks 60, bonds 40
    policy: band 0/0
    prefer: stocks in roth, bonds in traditional
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI
    roth roth: 40 BND
    """
    assert orders(plan) == []


# --- routing ---------------------------------------------------------------------------------------------------------
def test_new_money_buys_what_lags_and_the_shelter_swaps_the_rest(plan: Plan) -> None:
    """Ten thousand of new money in brokerage; bonds lack 103,000.

    targets: stocks 60, bonds 40
    prefer: stocks in taxable, bonds in traditional
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 300000 VTI; cash 10000
    ira traditional: 393000 VTI; 297000 BND
    """
    assert orders(plan) == ["brokerage buy BND 10000", "ira sell VTI 93000", "ira buy BND 93000"]


def test_routed_by_location_new_money_buys_what_belongs_and_the_shelter_answers(plan: Plan) -> None:
    """The same household, with stocks wanted in taxable.

    targets: stocks 60, bonds 40
    policy: routing location
    prefer: stocks in taxable, bonds in traditional
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 300000 VTI; cash 10000
    ira traditional: 393000 VTI; 297000 BND
    """
    assert orders(plan) == ["brokerage buy VTI 10000", "ira sell VTI 103000", "ira buy BND 103000"]
    assert plan.lines[0].lever is Lever.LOCATION
    assert plan.drift_after.cents == 0


def test_routed_by_location_no_shelter_answers_while_all_is_in_band(plan: Plan) -> None:
    """Bonds lack a point; new money in brokerage buys stocks all the same.

    targets: stocks 60, bonds 40
    policy: routing location
    prefer: stocks in taxable, bonds in traditional
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 3000 VTI; cash 100
    ira traditional: 3000 VTI; 3900 BND
    """
    assert orders(plan) == ["brokerage buy VTI 100"]
