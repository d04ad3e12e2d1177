"""The tax that the same shift would have cost by selling in taxable: ira swaps 1500 of stocks for bonds."""

from __future__ import annotations

import pytest

from tests.engine.drawing import planned

HOUSEHOLD = """Stocks stand at 75 of 60 percent; brokerage holds 20 of their 75 shares.

targets: stocks 60, bonds 40
VTI: stocks 100
BND: bonds 100
ira traditional: 55 VTI; 25 BND
brokerage taxable: {lots}
"""


def tax(lots: str) -> str:
    """The tax that selling 1500 of these lots would have cost; long gains 15 percent, short ones 32."""
    plan = planned(HOUSEHOLD.format(lots=lots))
    assert [line.usd.plain for line in plan.lines] == ["1500.00", "1500.00"]
    assert plan.tax.cents == 0
    return plan.tax_if_sold.plain


def test_the_lots_of_highest_cost_go_first() -> None:
    assert tax("15 VTI @50; 5 VTI @90") == "82.50"  # 5 x 10 + 10 x 50 = 550


def test_lots_of_unknown_cost_count_as_zero_cost_and_go_last() -> None:
    assert tax("10 VTI; 10 VTI @90") == "90.00"  # 10 x 10 + 5 x 100 = 600


def test_a_short_gain_pays_the_short_rate() -> None:
    assert tax("20 VTI @50 since 2025-06-01") == "240.00"  # 15 x 50 = 750


@pytest.mark.parametrize(("since", "rate"), [("2025-03-02", "240.00"), ("2025-03-01", "112.50")])
def test_exactly_one_year_is_short(since: str, rate: str) -> None:
    assert tax(f"20 VTI @50 since {since}") == rate


def test_a_loss_is_set_against_a_gain_of_its_kind() -> None:
    assert tax("5 VTI @120; 15 VTI @50") == "60.00"  # -100 + 500 = 400, all long


def test_a_short_loss_is_set_against_a_long_gain() -> None:
    assert tax("5 VTI @120 since 2026-01-01; 15 VTI @50") == "60.00"


def test_a_long_loss_is_set_against_a_short_gain() -> None:
    assert tax("5 VTI @120; 15 VTI @50 since 2026-01-01") == "128.00"  # 400 at 32 percent


def test_a_short_and_a_long_gain_are_taxed_each_at_its_rate() -> None:
    assert tax("5 VTI @90 since 2026-01-01; 15 VTI @50") == "91.00"  # 50 at 32, 500 at 15 percent


def test_a_loss_in_all_is_no_negative_tax() -> None:
    assert tax("20 VTI @120") == "0.00"


def test_no_more_is_sold_than_taxable_holds() -> None:
    plan = planned(HOUSEHOLD.format(lots="2 VTI @50").replace("55 VTI", "73 VTI"))

    assert plan.lines[0].usd.plain == "1500.00"
    assert plan.tax_if_sold.plain == "15.00"  # 2 x 50 at 15 percent


def test_a_class_that_only_changes_its_shelter_has_not_left() -> None:
    chain = """The Roth takes up the stocks that the 401k sells.

    targets: stocks 40, bonds 30, intl 30
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    brokerage taxable: 10 VTI @10; 5 VXUS @50
    ira traditional: 35 VXUS; menu VTI
    work 401k: 30 VTI; 20 BND; menu BND
    """
    assert planned(chain).tax_if_sold.plain == "37.50"  # 5 x 50 of intl alone


def test_the_losses_that_a_plan_takes_are_its_own_gain() -> None:
    plan = planned(
        """Two lots stand below cost; the one of highest cost goes first.

        targets: stocks 60, bonds 40
        policy: taxable_sells losses_only
        VTI: stocks 100
        BND: bonds 100
        brokerage taxable: 70 VTI @110 since 2020-01-02; 30 VTI @150 since 2020-01-02
        """
    )

    assert plan.realized_gain.plain == "-1600.00"  # 30 x 50 + 10 x 10
