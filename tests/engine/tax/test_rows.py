"""The federal tax on a sale of $100,000, row for row as Tax-Calculator 6.8.0 (CC0) computes it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus
from tests.engine.tax.tables import earning, owed

FILE = Path(__file__).parents[2] / "data" / "tax_on_100k_sale_taxcalc.csv"
with FILE.open(encoding="ascii") as lines:
    ROWS = list(csv.DictReader(lines))


def name(row: dict[str, str]) -> str:
    return "-".join(row[key] for key in ("year", "status", "wages", "basis"))


def test_all_rows_are_there() -> None:
    assert len({name(row) for row in ROWS}) == 112


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_tax_on_the_gain_is_the_oracles_to_the_cent(row: dict[str, str]) -> None:
    status, year = FilingStatus(row["status"]), int(row["year"])
    before = owed(earning(row["wages"]), status, year)
    after = owed(earning(row["wages"], long=row["gain"]), status, year)

    assert after.total - before.total == Usd.of(row["federal_tax_on_gain"])
    assert after.niit - before.niit == Usd.of(row["of_which_niit"])
