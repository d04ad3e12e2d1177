"""Losses: netted with gains, limited to $3,000 of other income a year, and carried on without a cent lost."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income, Losses
from bot.engine.tax.federal import bill
from tests.engine.tax.tables import HEAD, JOINT, SEPARATE, SINGLE, earning, owed, table

CENTS = st.integers(-50_000_000, 50_000_000)
LOSSES = st.integers(0, 50_000_000)


@pytest.mark.parametrize(("status", "limit"), [(SINGLE, 3000), (JOINT, 3000), (HEAD, 3000), (SEPARATE, 1500)])
def test_a_loss_lowers_other_income_down_to_the_limit(status: FilingStatus, limit: int) -> None:
    found = owed(earning("90000", long="-10000"), status)

    assert found.total == owed(earning(str(90000 - limit)), status).total
    assert found.carried == Losses(long=Usd.of(10000 - limit))


def test_a_small_loss_is_used_up() -> None:
    found = owed(earning("90000", short="-2000"))

    assert found.total == owed(earning("88000")).total
    assert found.carried == Losses()


def test_short_losses_are_used_up_first() -> None:
    assert owed(earning("90000", short="-2000", long="-5000")).carried == Losses(long=Usd.of(4000))
    assert owed(earning("90000", short="-5000", long="-2000")).carried == Losses(short=Usd.of(2000), long=Usd.of(2000))


def test_a_loss_of_one_kind_lowers_the_gain_of_the_other() -> None:
    assert owed(earning("90000", short="-4000", long="10000")).total == owed(earning("90000", long="6000")).total
    assert owed(earning("90000", short="10000", long="-4000")).total == owed(earning("90000", short="6000")).total


def test_a_loss_of_earlier_years_is_set_against_a_gain() -> None:
    found = owed(earning("90000", long="10000", carried=("0", "4000")))

    assert found.total == owed(earning("90000", long="6000")).total
    assert found.carried == Losses()


def test_a_carried_loss_goes_on_year_after_year() -> None:
    left, years = Losses(long=Usd.of(10000)), 0
    while left.total:
        left = bill(table(), Income(ordinary=Usd.of(90000), carried=left)).carried
        years += 1

    assert years == 4  # 3,000 + 3,000 + 3,000 + 1,000


def test_a_loss_that_finds_no_income_is_not_used() -> None:
    # 10,000 of wages are 6,100 below the deduction: nothing is lowered, and all of it goes on
    assert owed(earning("10000", long="-3000")).carried == Losses(long=Usd.of(3000))
    # 18,000 are 1,900 above it
    assert owed(earning("18000", long="-3000")).carried == Losses(long=Usd.of(1100))


def test_a_loss_lowers_what_the_tax_on_investments_falls_on() -> None:
    assert owed(earning("300000", interest="10000", long="-9000")).niit == Usd.of(266)  # 3.8% of 7,000


@given(CENTS, CENTS, LOSSES, LOSSES)
def test_no_cent_of_a_loss_is_lost_or_made(short: int, long: int, old_short: int, old_long: int) -> None:
    carried = Losses(short=Usd(old_short), long=Usd(old_long))
    found = bill(table(), Income(ordinary=Usd.of(90000), short=Usd(short), long=Usd(long), carried=carried)).carried
    net = short + long - old_short - old_long

    assert found.total == Usd(max(0, -net - 300_000))


def test_a_carried_loss_has_no_sign() -> None:
    with pytest.raises(ValueError, match="without a sign"):
        Losses(long=Usd(-1))
