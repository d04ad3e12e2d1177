"""What goes of taxable lots and what it realises, where a lot was a gift with two bases."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.engine.selling_order import Run, SellingOrder

TODAY = date(2026, 3, 2)
GIFT = TaxLot(
    quantity=Shares.of(10), cost_per_share=Decimal(100), acquired_on=date(2020, 1, 6), basis_for_loss=Decimal(80)
)
BOUGHT = TaxLot(quantity=Shares.of(10), cost_per_share=Decimal(60), acquired_on=date(2020, 1, 6))


def order(price: int) -> SellingOrder:
    """The gift and ten bought shares, which go after it."""
    run = Run(account="taxable", symbol="VTI", lots=(BOUGHT, GIFT), price=Decimal(price), weight=Decimal(1))
    return SellingOrder([run], TODAY)


@pytest.mark.parametrize(("price", "gain"), [(120, 200), (100, 0), (90, 0), (80, 0), (70, -100)])
def test_a_gift_realises_what_its_two_bases_leave(price: int, gain: int) -> None:
    """Between them it is neither gain nor loss (Treas. Reg. 1.1015-1(a)(2))."""
    (sold,) = order(price).by_lot(10 * price * 100)

    assert (sold.cents, sold.gain) == (10 * price * 100, gain * 100)


@pytest.mark.parametrize(("price", "gain"), [(120, 800), (90, 300), (70, 0)])
def test_the_gains_of_a_run_are_those_of_its_lots(price: int, gain: int) -> None:
    (sold,) = order(price).in_all(20 * price * 100, {})

    assert (sold.cents, sold.gain) == (20 * price * 100, gain * 100)


def test_half_a_gift_realises_half_of_its_loss() -> None:
    (sold,) = order(70).in_all(5 * 70 * 100, {})

    assert sold.gain == -5000
