"""What selling would cost, fund by fund, and for whom the method is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.taxes import Taxes
from bot.engine.tax.whatif import Fit, WhatIf, what_if
from tests.engine.drawing import drawn
from tests.engine.tax.tables import JOINT, taxes

MIXED = """Old cheap and new dear shares in taxable, and a shelter beside them.

targets: stocks 60, bonds 40
VTI: stocks 100
BND: bonds 100
ira traditional: 100 VTI; 300 BND
brokerage taxable: 100 VTI @10 since 2015-01-02; 100 VTI @95 since 2020-01-02; 50 BND @100
"""


def asked(picture: str, own: Taxes | None = None) -> WhatIf:
    file = drawn(picture)
    return what_if(file.household, replace(file.policy, taxes=own), file.snapshot)


def test_a_fund_costs_what_its_own_lots_say() -> None:
    found = asked(MIXED)
    bonds, stocks = found.funds

    assert (stocks.value.plain, stocks.gain.plain) == ("20000.00", "9500.00")
    assert (stocks.dearest.plain, stocks.oldest.plain, stocks.in_all.plain) == ("75.00", "1350.00", "1425.00")
    assert (bonds.dearest.cents, bonds.in_all.cents) == (0, 0)


def test_a_small_position_is_scaled_to_ten_thousand_dollars() -> None:
    found = asked(MIXED.replace("100 VTI @95 since 2020-01-02", "1 BND @20"))

    assert found.funds[1].oldest.plain == "1350.00"  # exactly 10,000
    assert found.funds[0].oldest.plain == "23.53"  # of 5,100 a gain of 80: 12 * 10,000 / 5,100


def test_all_at_once_is_stacked_in_the_brackets() -> None:
    found = asked(MIXED, taxes("100000", JOINT))

    assert found.gain.plain == "9500.00"
    assert found.in_all.plain == "0.00"  # 67,800 + 9,500 lie in the bracket at 0%
    assert found.table_year == 2026


def test_bonds_in_taxable_are_the_price_of_the_loop() -> None:
    found = asked(MIXED)

    assert (found.interest.plain, found.interest_tax.plain) == ("223.50", "71.52")


def test_an_unknown_cost_counts_as_all_gain() -> None:
    (stocks,) = asked(
        MIXED.replace("100 VTI @10 since 2015-01-02; 100 VTI @95 since 2020-01-02; 50 BND @100", "9 VTI")
    ).funds

    assert (stocks.gain.plain, stocks.unknown) == ("900.00", 1)


@pytest.mark.parametrize(
    ("old", "new", "fit"),
    [
        ("", "", Fit.MIXED),
        ("brokerage taxable", "brokerage roth", Fit.SHELTERED),
        ("ira traditional", "ira taxable", Fit.TAXABLE),
        ("ira traditional", "ira traditional unmanaged", Fit.TAXABLE),
    ],
)
def test_where_the_money_lies_decides_whether_the_method_is_for_you(old: str, new: str, fit: Fit) -> None:
    assert asked(MIXED.replace(old, new, 1) if old else MIXED).fit is fit


def test_in_the_bracket_at_nothing_selling_is_free_too() -> None:
    assert asked(MIXED, taxes("40000", JOINT)).fit is Fit.FREE


def test_without_gains_selling_is_not_called_free() -> None:
    assert asked(MIXED.replace("@10", "@100").replace("@95", "@100")).fit is Fit.MIXED


def test_an_empty_household_has_nothing_to_rebalance() -> None:
    picture = MIXED.replace(": 100 VTI; 300 BND", ": cash 0").partition("brokerage")[0] + "brokerage taxable: cash 0\n"

    assert asked(picture).fit is Fit.EMPTY
