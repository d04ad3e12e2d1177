"""Estimates of tax: by the household's own brackets where it told its income, else by the flat rates of its policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.domain.taxes import Taxes
from bot.engine.loop import draw
from bot.engine.tax.estimate import Gains, on_gains, on_interest, stand_in
from tests.engine.drawing import codes, drawn
from tests.engine.tax.tables import JOINT, SINGLE, earning, tables, taxes

PICTURE = """The household of the promise: $100,000 of stocks go to bonds inside the ira; those in taxable cost nothing.

targets: stocks 60, bonds 40
policy: fractional_shares no
VTI: stocks 100
BND: bonds 50
ira traditional: 2000 VTI; 6000 BND
brokerage taxable: 5000 VTI @0
"""
DAY = date(2026, 3, 2)


def plan(own: Taxes | None = None) -> Plan:
    """The plan of the household under these taxes."""
    file = drawn(PICTURE)
    return draw(file.household, replace(file.policy, taxes=own), file.snapshot)


def test_without_an_income_the_flat_rates_stand() -> None:
    assert plan().tax_if_sold == Usd.of(15000)


@pytest.mark.parametrize(
    ("own", "tax"),
    [
        (taxes("90000", SINGLE), 15000),
        (taxes("150000", JOINT), 15000),
        (taxes("200000", JOINT), 16900),
        (taxes("300000", JOINT), 18800),
        (taxes("40000", JOINT), 1335),
    ],
)
def test_with_an_income_its_brackets_stand(own: Taxes, tax: int) -> None:
    found = plan(own)

    assert found.tax_if_sold == Usd.of(tax)
    assert found.tax == Usd()
    assert {line.tax for line in found.not_proposed} == {Usd.of(tax)}


def test_the_orders_do_not_depend_on_taxes() -> None:
    assert plan(taxes("900000")).lines == plan().lines


def test_a_year_without_a_table_is_planned_by_the_latest_one_and_says_so() -> None:
    file = drawn(PICTURE)
    later = replace(file.snapshot, as_of_on=date(2028, 3, 2))
    own = replace(file.policy, taxes=taxes())
    found = draw(file.household, own, later)
    (note,) = [note for note in found.notes if note.code == "tax_table"]

    assert found.tax_if_sold == plan(taxes()).tax_if_sold
    assert "2028 is not known" in note.message
    assert "use that of 2026" in note.message
    assert "2028.yaml" in note.message


def test_a_year_with_a_table_says_nothing() -> None:
    assert "tax_table" not in codes(plan(taxes()))
    assert "tax_table" not in codes(plan())


def test_each_year_has_its_own_table() -> None:
    file = drawn(PICTURE)
    policy = replace(file.policy, taxes=taxes("40000"))

    assert on_gains(policy, Gains(long=10_000_000), date(2025, 3, 2)) == Usd.of(11385)
    assert on_gains(policy, Gains(long=10_000_000), DAY) == Usd.of("11167.50")


def test_a_pinned_year_holds_in_every_year() -> None:
    pinned = replace(taxes("40000"), pinned_year=2025)
    policy = replace(drawn(PICTURE).policy, taxes=pinned)

    assert on_gains(policy, Gains(long=10_000_000), DAY) == Usd.of(11385)
    assert stand_in(policy, DAY) == ()


def test_a_year_before_all_tables_takes_the_first() -> None:
    assert taxes().table(2001).year == 2025
    assert not taxes().knows(2001)


def test_a_loss_is_no_negative_tax() -> None:
    policy = drawn(PICTURE).policy
    loss = Gains(short=-5_000_000, long=1_000_000)

    assert on_gains(policy, loss, DAY) == Usd()
    assert on_gains(replace(policy, taxes=taxes()), loss, DAY) == Usd()


def test_losses_carried_from_earlier_years_lower_the_estimate() -> None:
    rich = replace(taxes("90000"), income=earning("90000", carried=("0", "103000")))
    policy = replace(drawn(PICTURE).policy, taxes=rich)

    # without the gain 3,000 of the loss would have lowered wages, at 22%
    assert on_gains(policy, Gains(long=10_000_000), DAY) == Usd()
    assert on_gains(policy, Gains(long=10_300_000), DAY) == Usd.of(660)


def test_interest_pays_the_ordinary_rate_of_its_bracket() -> None:
    policy = drawn(PICTURE).policy

    assert on_interest(policy, Usd.of(1000), DAY) == Usd.of(320)
    assert on_interest(replace(policy, taxes=taxes("90000")), Usd.of(1000), DAY) == Usd.of(220)


def test_a_pinned_year_needs_a_table() -> None:
    with pytest.raises(ValueError, match="no tax table of 1999"):
        replace(taxes(), pinned_year=1999)


def test_tables_come_in_ascending_years() -> None:
    with pytest.raises(ValueError, match="ascending"):
        Taxes(filing_status=SINGLE, income=earning(), tables=tuple(reversed(tables(SINGLE))))
