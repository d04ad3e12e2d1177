"""Bands gate the swaps inside the shelters, and nothing else; a class at the edge is out."""

from __future__ import annotations

from bot.domain.plan import Plan
from tests.engine.drawing import orders


def test_exactly_five_points_off_is_out(plan: Plan) -> None:
    """Stocks stand at 65 of 60 percent.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 65 VTI; 35 BND
    """
    assert orders(plan) == ["ira sell VTI 500", "ira buy BND 500"]


def test_a_cent_less_than_five_points_off_is_in(plan: Plan) -> None:
    """Stocks stand a cent below 65 percent.

    targets: stocks 60, bonds 40
    VTI: stocks 0.01
    BND: bonds 0.01
    ira traditional: 649999 VTI; 350001 BND
    """
    assert orders(plan) == []


def test_exactly_a_quarter_of_the_target_off_is_out(plan: Plan) -> None:
    """Bonds stand at 7.5 of 10 percent: only 2.5 points, but a quarter of their target.

    targets: stocks 90, bonds 10
    VTI: stocks 10
    BND: bonds 10
    ira traditional: 925 VTI; 75 BND
    """
    assert orders(plan) == ["ira sell VTI 250", "ira buy BND 250"]


def test_a_cent_less_than_a_quarter_of_the_target_off_is_in(plan: Plan) -> None:
    """Bonds stand a cent above 7.5 of 10 percent.

    targets: stocks 90, bonds 10
    VTI: stocks 0.01
    BND: bonds 0.01
    ira traditional: 924999 VTI; 75001 BND
    """
    assert orders(plan) == []


def test_a_class_exactly_at_its_goal_is_in_also_with_bands_of_zero(plan: Plan) -> None:
    """Everything stands at goal.

    targets: stocks 60, bonds 40
    policy: band 0/0
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 40 BND
    """
    assert orders(plan) == []
    assert not any(line.out_of_band for line in plan.classes)


def test_a_cent_off_goal_is_out_with_bands_of_zero(plan: Plan) -> None:
    """Stocks stand a cent above their goal.

    targets: stocks 60, bonds 40
    policy: band 0/0
    VTI: stocks 0.01
    BND: bonds 0.01
    ira traditional: 60001 VTI; 39999 BND
    """
    assert orders(plan) == ["ira sell VTI 0.01", "ira buy BND 0.01"]


def test_a_class_without_a_target_is_in_below_five_points(plan: Plan) -> None:
    """Gold, which has no target, stands at 4.99 percent: no share of nothing is counted.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    GLD: gold 1
    ira traditional: 5701 VTI; 3800 BND; 499 GLD
    """
    assert orders(plan) == []


def test_a_class_without_a_target_is_out_at_five_points(plan: Plan) -> None:
    """Gold, which has no target, stands at 5 percent.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    GLD: gold 1
    ira traditional: 5700 VTI; 3800 BND; 500 GLD
    """
    assert orders(plan) == ["ira sell GLD 500", "ira buy BND 200", "ira buy VTI 300"]


def test_cash_breaks_no_band(plan: Plan) -> None:
    """Cash stands 8 points below its target, the others stand inside.

    targets: stocks 60, bonds 20, cash 20
    policy: band 10/25
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6600 VTI; 2200 BND; cash 1200
    """
    assert orders(plan) == []


def test_cash_raised_for_its_own_target_is_no_idle_cash(plan: Plan) -> None:
    """A broken band brings cash to its target as well.

    targets: stocks 60, bonds 20, cash 20
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 7000 VTI; 2000 BND; cash 1000
    """
    assert orders(plan) == ["ira sell VTI 1000"]
    assert plan.drift_after.cents == 0


def test_new_cash_is_placed_although_all_is_in_band(plan: Plan) -> None:
    """Stocks stand a point over and bonds three points under, with cash for two of them.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6100 VTI; 3700 BND; cash 200
    """
    assert orders(plan) == ["ira buy BND 200"]


def test_bands_are_judged_once_cash_has_been_placed(plan: Plan) -> None:
    """Bonds stand six points under; 300 of cash brings them to three, so nothing is swapped.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 6300 VTI; 3400 BND; cash 300
    """
    assert orders(plan) == ["ira buy BND 300"]


def test_half_band_stops_half_way_into_the_band(plan: Plan) -> None:
    """Stocks stand ten points over; half of five points is left.

    targets: stocks 60, bonds 40
    policy: rebalance_to half_band
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 7000 VTI; 3000 BND
    """
    assert orders(plan) == ["ira sell VTI 750", "ira buy BND 750"]


def test_half_band_leaves_what_stands_inside_half_its_band(plan: Plan) -> None:
    """Stocks stand six points over, bonds five under; international stocks, a point under, are left alone.

    targets: stocks 50, bonds 30, intl 20
    policy: rebalance_to half_band
    VTI: stocks 1
    BND: bonds 1
    VXUS: intl 1
    ira traditional: 5600 VTI; 2500 BND; 1900 VXUS
    """
    assert orders(plan) == ["ira sell VTI 350", "ira buy BND 350"]


def test_a_sale_whose_proceeds_would_lie_idle_is_not_made(plan: Plan) -> None:
    """Stocks are far over, but the only shelter may buy nothing that lags.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 9000 VTI; 1000 BND; menu VTI
    """
    assert orders(plan) == []
    assert plan.drift_limit == plan.drift_before


def test_a_menu_does_not_strand_cash(plan: Plan) -> None:
    """In band, 100 of cash may buy stocks alone, which do not lag; a swap of 100 elsewhere makes up for it.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: cash 100; menu VTI
    ira traditional: 6100 VTI; 3800 BND
    """
    assert orders(plan) == ["brokerage buy VTI 100", "ira sell VTI 100", "ira buy BND 100"]


def test_cash_of_stranded_size_moves_no_more_than_its_size(plan: Plan) -> None:
    """In band, the swap that makes up for 100 of stranded cash stops at 100, though bonds lack 150 more.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: cash 100; menu VTI
    ira traditional: 6150 VTI; 3750 BND
    """
    assert orders(plan) == ["brokerage buy VTI 100", "ira sell VTI 100", "ira buy BND 100"]
