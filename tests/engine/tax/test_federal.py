"""Income tax of a year: brackets meet without a step, gains lie on top, and nothing earned means nothing owed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income, Losses, Scale, TaxTable
from bot.engine.tax.federal import bill
from tests.engine.tax.tables import HEAD, JOINT, SEPARATE, SINGLE, earning, owed, table

CENTS = st.integers(0, 300_000_000)
SIGNED = st.integers(-100_000_000, 300_000_000)
TABLES = st.builds(table, st.sampled_from([2025, 2026]), st.sampled_from(list(FilingStatus)))
INCOMES = st.builds(
    Income,
    ordinary=CENTS.map(Usd),
    interest=CENTS.map(Usd),
    qualified=CENTS.map(Usd),
    short=SIGNED.map(Usd),
    long=SIGNED.map(Usd),
    carried=st.builds(Losses, short=CENTS.map(Usd), long=CENTS.map(Usd)),
)
KINDS = ("ordinary", "interest", "qualified", "short", "long")
EDGES = [
    (status, year, edge)
    for status in FilingStatus
    for year in (2025, 2026)
    for edge in [
        *table(year, status).ordinary.tops,
        *table(year, status).gains.tops,
        table(year, status).niit_threshold,
        table(year, status).phase_out_from,
    ]
]


@pytest.mark.parametrize("status", FilingStatus)
@pytest.mark.parametrize("year", [2025, 2026])
def test_nothing_earned_is_nothing_owed(status: FilingStatus, year: int) -> None:
    assert bill(table(year, status), Income(), Decimal(9)).total == Usd()


@given(TABLES, INCOMES, st.sampled_from(KINDS), st.integers(1, 10_000_000))
@settings(max_examples=150)
def test_who_earns_more_never_owes_less(rules: TaxTable, income: Income, kind: str, more: int) -> None:
    grown = replace(income, **{kind: getattr(income, kind) + Usd(more)})

    assert bill(rules, grown, Decimal(5)).total >= bill(rules, income, Decimal(5)).total


@given(TABLES, INCOMES, st.sampled_from(KINDS))
@settings(max_examples=150)
def test_one_more_cent_costs_at_most_a_cent_of_each_tax(rules: TaxTable, income: Income, kind: str) -> None:
    grown = replace(income, **{kind: getattr(income, kind) + Usd(1)})
    before, after = bill(rules, income), bill(rules, grown)

    assert 0 <= (after.federal - before.federal).cents <= 1
    assert 0 <= (after.niit - before.niit).cents <= 1


def _of(kind: str, amount: Usd) -> Income:
    return Income(ordinary=amount) if kind == "ordinary" else Income(long=amount)


@pytest.mark.parametrize(("status", "year", "edge"), EDGES)
@pytest.mark.parametrize("kind", ["ordinary", "long"])
def test_the_tax_has_no_step_at_an_edge(status: FilingStatus, year: int, edge: Usd, kind: str) -> None:
    rules = table(year, status)
    for base in (edge, edge + rules.standard_deduction):
        below, above = (bill(rules, _of(kind, base + Usd(step))).total for step in (-100, 100))
        assert Usd() <= above - below <= Usd(100)


@given(TABLES, INCOMES)
@settings(max_examples=100)
def test_gains_held_long_never_cost_more_than_gains_held_short(rules: TaxTable, income: Income) -> None:
    gain = abs(income.long)
    plain = replace(income, short=Usd(), long=Usd(), carried=Losses())

    assert bill(rules, replace(plain, long=gain)).total <= bill(rules, replace(plain, short=gain)).total


# --- figures that were worked out by hand ----------------------------------------------------------------------------
def test_ordinary_income_climbs_through_its_brackets() -> None:
    # 2026, single: 90,000 - 16,100 = 73,900 = 12,400 at 10%, 38,000 at 12%, 23,500 at 22%
    assert owed(earning("90000")).federal == Usd.of("10970.00")


def test_a_gain_lies_on_top_of_ordinary_income() -> None:
    # 40,000 - 16,100 = 23,900 of ordinary income leave 25,550 of the bracket at 0%; 74,450 pay 15%
    assert owed(earning("40000", long="100000")).federal - owed(earning("40000")).federal == Usd.of("11167.50")


def test_the_deduction_that_wages_leave_unused_shelters_gains() -> None:
    # 6,100 of the deduction are left, and 49,450 at 0%; the other 44,450 pay 15%
    assert owed(earning("10000", long="100000")).federal == Usd.of("6667.50")


def test_qualified_dividends_pay_the_rates_of_gains() -> None:
    assert owed(earning("90000", qualified="10000")).total == owed(earning("90000", long="10000")).total


def test_interest_pays_the_ordinary_rate() -> None:
    assert owed(earning("90000", interest="10000")).total - owed(earning("90000")).total == Usd.of("2200")


def test_a_short_gain_pays_the_ordinary_rate() -> None:
    assert owed(earning("90000", short="10000")).total - owed(earning("90000")).total == Usd.of("2200")


@pytest.mark.parametrize(("status", "wages"), [(SINGLE, 200000), (JOINT, 250000), (SEPARATE, 125000), (HEAD, 200000)])
def test_the_tax_on_investments_begins_beyond_its_threshold(status: FilingStatus, wages: int) -> None:
    assert owed(earning(str(wages - 1000), long="1000"), status).niit == Usd()
    assert owed(earning(str(wages), long="1000"), status).niit == Usd.of(38)
    assert owed(earning(str(wages - 400), long="1000"), status).niit == Usd.of("22.80")


def test_the_tax_on_investments_never_falls_on_wages() -> None:
    assert owed(earning("900000", interest="10")).niit == Usd.of("0.38")


def test_a_large_gain_on_a_small_income_owes_minimum_tax() -> None:
    # Form 6251 for 2026, single: 1,090,000 leaves no exemption. 90,000 x 26% + (545,500 - 73,900) x 15%
    # + 528,400 x 20% = 23,400 + 70,740 + 105,680 = 199,820; the regular tax is 10,970 + 70,740 + 105,680 = 187,390
    found = owed(earning("90000", long="1000000"))

    assert (found.federal, found.minimum) == (Usd.of(199820), Usd.of(12430))


def test_spouses_who_file_separately_count_more_for_the_minimum_tax() -> None:
    # 1,040,000 are 399,800 beyond the income that leaves no exemption: 70,100 are added. (1,110,100 - 1,000,000) x 26%
    # + 257,400 x 15% + 717,050 x 20% = 28,626 + 38,610 + 143,410
    assert owed(earning("40000", long="1000000"), SEPARATE).federal == Usd.of(210646)


def test_a_state_takes_its_rate_of_taxable_income() -> None:
    assert bill(table(), earning("90000", long="10000"), Decimal(5)).state == Usd.of("4195")


def test_a_scale_needs_a_rate_more_than_tops() -> None:
    with pytest.raises(ValueError, match="one rate more"):
        Scale(tops=(Usd.of(1),), rates_pct=(Decimal(1),))


def test_a_scale_ascends() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Scale(tops=(Usd.of(2), Usd.of(1)), rates_pct=(Decimal(1), Decimal(2), Decimal(3)))
