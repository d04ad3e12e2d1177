"""An owner's own accounts: what the long view makes of them, and which routing it would recommend."""

from __future__ import annotations

import inspect
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.errors import WrongUse
from bot.domain.money import Usd
from bot.domain.readings import HouseholdFile
from bot.domain.targets import Routing
from bot.longview.advice import Advice, advised
from bot.longview.home import Home, OldLot
from bot.longview.own import own_home
from tests.engine.drawing import drawn

MIXED = """Three classes, two accounts, one of them not managed.

targets: stocks 50, intl 20, bonds 30
VTI: stocks 100
VXUS: intl 50
BAL: stocks 60 bonds 40 at 10
brokerage taxable: 40 VTI @25 since 2024-01-15; 10 VXUS; cash 1000
ira traditional: 100 BAL @10
old 401k unmanaged: 5 VTI
"""


@pytest.fixture
def advice(request: pytest.FixtureRequest) -> Advice:
    return advised(drawn(inspect.cleandoc(request.function.__doc__)))


def own(picture: str = MIXED, **told: Usd) -> tuple[Home, list[str]]:
    return own_home(drawn(picture), months=120, **told)  # type: ignore[arg-type]  # amounts alone


def test_classes_become_stocks_and_bonds_with_their_own_lots() -> None:
    home, said = own(pay=Usd.of(500))

    assert home.policy.targets_pct == (("bonds", Decimal(30)), ("stocks", Decimal(70)))
    brokerage, ira = home.pots
    assert brokerage.lots == (
        (),
        (OldLot(cents=400_000, cost_ppm=250_000, age=26), OldLot(cents=50_000, cost_ppm=0, age=240)),
    )
    assert [[lot.cents for lot in lots] for lots in ira.lots] == [[40_000], [60_000]]
    assert (brokerage.cash, brokerage.pay, ira.pay) == (100_000, 50_000, 0)
    assert said[0] == "Left out, for it is never traded: old."
    assert "One series stands for stocks, intl" in said[1]


def test_a_household_without_bonds_is_refused() -> None:
    with pytest.raises(WrongUse, match="needs a target"):
        own(MIXED.replace("stocks 50, intl 20, bonds 30", "stocks 80, intl 20"))


def test_a_household_without_a_managed_account_is_refused() -> None:
    day = drawn(MIXED)
    counted = tuple(replace(account, managed=False) for account in day.household.accounts)
    day = HouseholdFile(household=replace(day.household, accounts=counted), policy=day.policy, snapshot=day.snapshot)

    with pytest.raises(WrongUse, match="nothing to simulate"):
        own_home(day, months=120)


def test_a_mixed_household_is_told_to_adapt_with_both_figures_of_headroom(advice: Advice) -> None:
    """Half and half, on target.

    targets: stocks 70, bonds 30
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 50000 VTI
    ira traditional: 20000 VTI; 30000 BND
    """
    assert advice.routing is Routing.ADAPTIVE
    assert advice.taxable_pct == 50
    assert "rise by 100% overnight" in advice.why[1]
    assert advice.why[-1] == "stocks: the shelters could answer any rise, and a fall of 100%."


def test_a_tight_shelter_is_named(advice: Advice) -> None:
    """Taxable holds 72 points of stocks where the band ends at 75.

    targets: stocks 70, bonds 30
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 72000 VTI; 10000 BND
    ira traditional: 18000 BND
    """
    assert advice.routing is Routing.ADAPTIVE
    assert any("send contributions to the shelters" in line for line in advice.why)
    assert "overnight, or of 16.6% if it comes slowly, and a fall of" in advice.why[-1]


def test_where_all_is_sheltered_there_is_nothing_to_route(advice: Advice) -> None:
    """One IRA.

    targets: stocks 70, bonds 30
    VTI: stocks 1
    BND: bonds 1
    ira traditional: 70 VTI; 30 BND
    """
    assert advice.routing is Routing.LAGGING
    assert "shelters" in advice.why[0]


def test_hardly_any_bonds_gain_nothing_by_their_place(advice: Advice) -> None:
    """Ninety to ten.

    targets: stocks 90, bonds 10
    VTI: stocks 1
    BND: bonds 1
    brokerage taxable: 50 VTI
    ira traditional: 40 VTI; 10 BND
    """
    assert advice.routing is Routing.LAGGING
    assert "so few bonds" in advice.why[0]
