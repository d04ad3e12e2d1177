"""Numbers on the wire as a Java broker writes them, and the lots behind the averages."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.simulator.books.lots import Lot, Lots
from adapters.simulator.books.orders import LotMethod
from adapters.simulator.schwab.numbers import double
from adapters.simulator.wire import encode


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0.0"),
        ("5", "5.0"),
        ("-5", "-5.0"),
        ("5000.250", "5000.25"),
        ("198.48209", "198.48209"),
        ("9999999.99", "9999999.99"),
        ("10000000", "1.0E7"),
        ("301570298", "3.01570298E8"),
        ("-12345678.90", "-1.23456789E7"),
        ("0.0005", "5.0E-4"),
    ],
)
def test_a_double_always_has_a_point_and_large_ones_an_exponent(number: str, text: str) -> None:
    assert encode({"n": double(Decimal(number))}) == f'{{"n":{text}}}'


def _lots() -> Lots:
    def lot(qty: int, dollars: int, year: int) -> Lot:
        return Lot(qty=Decimal(qty), cost_cents=dollars * 100, acquired_on=date(year, 1, 2))

    return Lots((lot(2, 200, 2023), lot(3, 450, 2021), lot(4, 320, 2022)))


@pytest.mark.parametrize(
    ("method", "cost"),
    [
        (LotMethod.FIFO, 45000 + 8000),
        (LotMethod.LIFO, 20000 + 16000),
        (LotMethod.HIGH_COST, 45000 + 10000),
        (LotMethod.LOW_COST, 32000),
    ],
)
def test_a_method_decides_which_lots_a_sale_takes(method: LotMethod, cost: int) -> None:
    lots, before = _lots(), _lots().cost_cents
    assert lots.remove(Decimal(4), method) == cost
    assert (lots.qty, lots.cost_cents) == (Decimal(5), before - cost)
