"""The limit, its proof, what stays over and what would cure it; and which part of a plan may go alone."""

from __future__ import annotations

from bot.domain.plan import Plan
from tests.engine.drawing import codes, orders


def test_a_household_that_can_reach_its_target_needs_no_certificate(plan: Plan) -> None:
    """One IRA may buy everything.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 9000 VTI; 1000 BND
    """
    assert (plan.drift_limit.cents, plan.certificate.classes) == (0, ())
    assert plan.residual is None


def test_the_certificate_names_the_class_that_cannot_be_filled(plan: Plan) -> None:
    """Only 2000 may ever become bonds.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 8000 VTI @0.50
    ira traditional: 2000 VTI
    """
    proof = plan.certificate
    assert proof.classes == ("bonds",)
    assert (proof.goal.plain, proof.fixed.plain, proof.movable.plain) == ("4000.00", "0.00", "2000.00")
    assert plan.drift_limit.plain == "4000.00"


def test_two_classes_can_be_short_together(plan: Plan) -> None:
    """Each shelter has a menu of one fund; both of their classes need more than there is.

    targets: stocks 20, bonds 40, intl 40
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    brokerage taxable: 60 VTI @10; menu VTI
    ira traditional: 20 VTI; menu BND
    work 401k: 20 VTI; menu VXUS
    """
    assert plan.certificate.classes == ("bonds", "intl")
    assert plan.certificate.shortfall.plain == "4000.00"
    assert orders(plan) == ["ira sell VTI 2000", "ira buy BND 2000", "work sell VTI 2000", "work buy VXUS 2000"]


def test_the_certificate_is_the_smallest_set_that_proves_it(plan: Plan) -> None:
    """Bonds alone are short; international stocks, on the way of the chain, are not named.

    targets: stocks 40, bonds 40, intl 20
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    brokerage taxable: 50 VTI @10; menu VTI
    ira traditional: 30 VTI; menu VXUS
    work 401k: 20 VXUS; menu BND
    """
    assert plan.certificate.classes == ("bonds",)
    assert plan.drift_limit.plain == "4000.00"


def test_what_stays_out_of_band_is_said_with_what_would_cure_it(plan: Plan) -> None:
    """Bonds stop at 20 of 40 percent. With x of new money they are in band once 2000 + x > 0.35 (10000 + x).

    targets: stocks 60, bonds 40
    policy: deposit 500
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 8000 VTI @0.50
    ira traditional: 2000 VTI
    """
    assert orders(plan) == ["ira sell VTI 2000", "ira buy BND 2000"]
    assert plan.residual is not None
    assert plan.residual.drift.plain == "4000.00"
    assert "$2,308" in plan.residual.cures[0]
    assert "5 paydays" in plan.residual.cures[0]
    assert "$2,000" in plan.residual.cures[1]
    assert "$1,000" in plan.residual.cures[1]
    assert "$150" in plan.residual.cures[1]
    assert "residual" in codes(plan)


def test_what_ends_inside_its_bands_leaves_nothing_to_say(plan: Plan) -> None:
    """Bonds stop at 36 of 40 percent: short, but in band.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 6400 VTI @0.50
    ira traditional: 3600 VTI
    """
    assert plan.drift_limit.plain == "800.00"
    assert plan.residual is None


def test_a_winner_that_is_not_sold_is_listed_with_its_price(plan: Plan) -> None:
    """Selling 2000 of stocks in brokerage would reach the target.

    targets: stocks 60, bonds 40
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 8000 VTI @0.50
    ira traditional: 2000 BND
    """
    refused = plan.not_proposed[0]
    assert (refused.account, refused.symbol, refused.usd.plain) == ("brokerage", "VTI", "2000.00")
    assert (refused.realized_gain.plain, refused.tax.plain) == ("1000.00", "150.00")


# --- manual accounts -------------------------------------------------------------------------------------------------
def test_a_half_of_a_chain_waits_for_its_manual_half(plan: Plan) -> None:
    """The IRA's swap makes stocks too many until a person has turned the 401k's into bonds.

    targets: stocks 40, bonds 30, intl 30
    VTI: stocks 100
    BND: bonds 100
    VXUS: intl 100
    ira traditional: 40 VXUS; menu VTI
    work 401k manual: 40 VTI; 20 BND; menu BND
    """
    assert [(line.account, line.automatic, line.after_manual) for line in plan.lines] == [
        ("ira", True, True),
        ("ira", True, True),
        ("work", False, False),
        ("work", False, False),
    ]


def test_a_swap_that_helps_by_itself_does_not_wait(plan: Plan) -> None:
    """Both accounts turn stocks into bonds.

    targets: stocks 50, bonds 50
    VTI: stocks 100
    BND: bonds 100
    ira traditional: 60 VTI; 10 BND
    work 401k manual: 20 VTI; 10 BND; menu BND
    """
    assert {line.account for line in plan.lines if line.automatic and not line.after_manual} == {"ira"}
