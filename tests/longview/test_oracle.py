"""The long view agrees with a model that was written a second time, in floats."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from bot.longview.home import model_home
from bot.longview.life import live
from bot.longview.market import TABLE, century, window
from bot.longview.ways import Way
from tests.longview.oracle import Months, life


@pytest.fixture(scope="module")
def months() -> Months:
    text = resources.files("config").joinpath(TABLE).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))

    def column(name: str) -> list[float]:
        return [float(row[name]) for row in rows]

    return Months(
        stocks=column("stock_tr"),
        yields=column("div_yield"),
        bonds=column("bond_tr"),
        interest=column("bond_inc"),
        cpi=column("cpi"),
    )


@pytest.mark.parametrize(("taxable", "start"), [(60, 300), (60, 500), (60, 800), (80, 300), (80, 620)])
@pytest.mark.parametrize("way", [Way.SILO, Way.ADAPTIVE])
def test_a_life_ends_where_the_other_model_says_within_half_a_basis_point_a_year(
    months: Months, taxable: int, start: int, way: Way
) -> None:
    ours = live(model_home(70, taxable), window(century(), start, 240), way)

    other = life(months, start, taxable=taxable / 100, adaptive=way is Way.ADAPTIVE)

    assert abs((ours.liquidated / 100 / other) ** (1 / 20) - 1) < 0.5e-4
