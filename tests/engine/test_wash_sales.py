"""Wash sales: a loss in taxable blocks buys everywhere for thirty days, and a purchase blocks the loss."""

from __future__ import annotations

from bot.domain.plan import Plan
from tests.engine.drawing import codes, orders


def test_the_thirtieth_day_after_a_loss_is_blocked(plan: Plan) -> None:
    """Bonds lag by the cash at hand; they were sold at a loss thirty days ago.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 60 VTI; 39 BND; cash 100
    history: 2026-01-31 sell 5 BND in brokerage for -20
    """
    assert orders(plan) == []
    assert "wash_sale_block" in codes(plan)


def test_the_thirty_first_day_after_a_loss_is_free(plan: Plan) -> None:
    """Bonds lag by the cash at hand; they were sold at a loss thirty-one days ago.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 60 VTI; 39 BND; cash 100
    history: 2026-01-30 sell 5 BND in brokerage for -20
    """
    assert orders(plan) == ["brokerage buy BND 100"]
    assert "wash_sale_block" not in codes(plan)


def test_the_day_of_the_loss_is_blocked(plan: Plan) -> None:
    """Bonds were sold at a loss this morning.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 60 VTI; 39 BND; cash 100
    history: 2026-03-02 sell 5 BND in brokerage for -0.01
    """
    assert orders(plan) == []


def test_a_gain_blocks_nothing(plan: Plan) -> None:
    """Bonds were sold yesterday, without a loss.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 60 VTI; 39 BND; cash 100
    history: 2026-03-01 sell 5 BND in brokerage for 0
    """
    assert orders(plan) == ["brokerage buy BND 100"]


def test_a_loss_inside_a_shelter_blocks_nothing(plan: Plan) -> None:
    """Bonds were sold below cost in the IRA, where a loss is never deducted.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 39 BND; cash 100
    history: 2026-03-01 sell 5 BND in ira for -20
    """
    assert orders(plan) == ["ira buy BND 100"]


def test_a_loss_in_an_account_that_is_not_listed_blocks(plan: Plan) -> None:
    """Bonds were sold at a loss in an account that has been closed since.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 39 BND; cash 100
    history: 2026-03-01 sell 5 BND in closed for -20
    """
    assert orders(plan) == []


def test_a_spouse_s_loss_blocks_the_other_s_shelter(plan: Plan) -> None:
    """The spouse sold bonds at a loss, in an account that we only watch.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 39 BND; cash 100
    theirs taxable unmanaged owner=spouse: cash 0
    history: 2026-03-01 sell 5 BND in theirs for -20
    """
    assert orders(plan) == []


def test_a_twin_is_blocked_and_the_next_fund_of_the_menu_is_bought(plan: Plan) -> None:
    """BNDX counts as BND's twin, AGG does not.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100 group=bonds
    BNDX: bonds 100 group=bonds
    AGG: bonds 100
    ira traditional: 60 VTI; 39 AGG; cash 100; menu BNDX BND AGG VTI
    history: 2026-03-01 sell 5 BND in brokerage for -20
    """
    assert orders(plan) == ["ira buy AGG 100"]


def test_an_open_sale_at_a_loss_blocks(plan: Plan) -> None:
    """Bonds are on sale below their cost in taxable.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 5 BND @120; sell 5 BND
    ira traditional: 60 VTI; 34 BND; cash 100
    """
    assert orders(plan) == []


# --- losses that the owner has agreed to take ----------------------------------------------------------------------
def test_loss_lots_move_where_the_owner_opted_in(plan: Plan) -> None:
    """Stocks stand below their cost.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-01-01
    """
    assert orders(plan) == ["brokerage sell VTI 4000", "brokerage buy BND 4000"]
    assert (plan.realized_gain.plain, plan.tax.plain) == ("-800.00", "0.00")


def test_no_loss_lot_moves_without_the_owner_s_word(plan: Plan) -> None:
    """Stocks stand below their cost.

    targets: stocks 60, bonds 40
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-01-01
    """
    assert orders(plan) == []


def test_lots_at_their_cost_with_a_gain_or_of_unknown_cost_stay(plan: Plan) -> None:
    """Only 10 of the 100 shares stand below their cost.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 10 VTI @100.01; 30 VTI @100; 30 VTI @80; 30 VTI
    """
    assert orders(plan) == ["brokerage sell VTI 1000", "brokerage buy BND 1000"]


def test_a_spouse_s_purchase_thirty_days_ago_blocks_a_loss(plan: Plan) -> None:
    """The spouse's IRA bought stocks on the thirtieth day before.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-01-01
    theirs roth unmanaged owner=spouse: cash 0
    history: 2026-01-31 buy 1 VTI in theirs
    """
    assert orders(plan) == []


def test_a_purchase_thirty_one_days_ago_is_forgotten(plan: Plan) -> None:
    """The spouse's IRA bought stocks on the thirty-first day before.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-01-01
    theirs roth unmanaged owner=spouse: cash 0
    history: 2026-01-30 buy 1 VTI in theirs
    """
    assert orders(plan) == ["brokerage sell VTI 4000", "brokerage buy BND 4000"]


def test_a_lot_acquired_in_the_window_blocks_a_loss(plan: Plan) -> None:
    """A reinvested dividend left a lot of stocks in the IRA thirty days ago.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only, band 10/25
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 99 VTI @120 since 2025-01-01
    ira traditional unmanaged: 1 VTI since 2026-01-31
    """
    assert orders(plan) == []


def test_a_lot_acquired_before_the_window_blocks_no_loss(plan: Plan) -> None:
    """The IRA's lot is thirty-one days old.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 99 VTI @120 since 2025-01-01
    ira traditional unmanaged: 1 VTI since 2026-01-30
    """
    assert orders(plan) == ["brokerage sell VTI 4000", "brokerage buy BND 4000"]


def test_an_open_purchase_of_a_twin_blocks_a_loss(plan: Plan) -> None:
    """The IRA is about to buy a twin of what stands below its cost.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100 group=us
    ITOT: stocks 100 group=us
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-01-01
    ira traditional unmanaged: cash 100; buy 1 ITOT
    """
    assert orders(plan) == []


def test_a_loss_lot_is_left_alone_for_sixty_days(plan: Plan) -> None:
    """The lots are sixty days old: their dividends may not be qualified yet.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2026-01-01
    """
    assert orders(plan) == []


def test_a_loss_lot_may_go_after_sixty_one_days(plan: Plan) -> None:
    """The lots are sixty-one days old.

    targets: stocks 60, bonds 40
    policy: taxable_sells losses_only
    VTI: stocks 100
    BND: bonds 100
    brokerage taxable: 100 VTI @120 since 2025-12-31
    """
    assert orders(plan) == ["brokerage sell VTI 4000", "brokerage buy BND 4000"]


def test_no_plan_sells_a_group_at_a_loss_and_buys_it(plan: Plan) -> None:
    """Brokerage could sell stocks at a loss for bonds while the IRA, which may buy stocks alone, holds cash.

    targets: stocks 50, bonds 50
    policy: taxable_sells losses_only
    VTI: stocks 100 group=us
    ITOT: stocks 100 group=us
    BND: bonds 100
    brokerage taxable: 60 VTI @120; menu BND
    ira traditional: cash 4000; menu ITOT
    """
    assert orders(plan) == ["brokerage sell VTI 1000", "brokerage buy BND 1000"]
    assert plan.drift_after == plan.drift_limit
