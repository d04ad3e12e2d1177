"""A snapshot in canonical order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import Holding, Snapshot, lot_order

LOT = TaxLot(
    quantity=Shares.of(10),
    cost_per_share=Decimal(100),
    acquired_on=date(2024, 3, 1),
    locked_until_on=date(2026, 3, 3),
    basis_for_loss=Decimal(80),
    held_since_on=date(2023, 3, 1),
)
OTHERS: dict[str, Any] = {
    "quantity": Shares.of(11),
    "cost_per_share": None,
    "acquired_on": None,
    "locked_until_on": None,
    "basis_for_loss": None,
    "held_since_on": None,
}


@pytest.mark.parametrize("name", list(TaxLot.__dataclass_fields__))
def test_lots_that_differ_in_any_field_have_an_order(name: str) -> None:
    assert lot_order(LOT) != lot_order(replace(LOT, **{name: OTHERS[name]}))


def test_the_order_of_the_lots_changes_no_fingerprint() -> None:
    lots = [LOT, replace(LOT, basis_for_loss=None), replace(LOT, held_since_on=None)]
    snapshots = [
        Snapshot(
            as_of_on=date(2026, 3, 2),
            holdings=(Holding(account="taxable", positions=(Position(symbol="VTI", lots=some),)),),
            prices=(),
        )
        for some in permutations(lots)
    ]

    assert len({snapshot.fingerprint for snapshot in snapshots}) == 1
