"""What must hold whatever the market does: dollars are kept, no tax means no difference, the loop realises nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from bot.longview.home import Home, Rates, model_home
from bot.longview.life import live
from bot.longview.market import STOCKS, century, window
from bot.longview.units import PPM, START
from bot.longview.ways import Way
from tests.longview.closed_form import complaint, month
from tests.longview.markets import flat, path

UNTAXED = Rates(gains=0, ordinary=0)
LOOPS = (Way.LAGGING, Way.LOCATION, Way.ADAPTIVE)


@pytest.mark.parametrize("way", list(Way))
def test_a_flat_market_keeps_every_dollar_in_every_way(way: Way) -> None:
    home = model_home(rates=UNTAXED)

    life = live(home, flat(), way)

    assert life.standing == life.liquidated == life.stepped_up == 100_000_000 + 240 * 200_000
    assert life.realised == 0


def test_without_tax_and_trades_wealth_is_what_each_dollar_grew_to() -> None:
    """Every payday is split by target and stays: 70 cents of a dollar grow with stocks, 30 with bonds."""
    home = replace(model_home(rates=UNTAXED), months=120)

    def grown(m: int) -> int:
        return round(10**6 * 1.01 ** (m + 1))

    life = live(home, path(grown, lambda _: 10**6, 120), Way.NEVER)

    last = grown(119)
    paid = sum(140_000 * last / grown(m) + 60_000 for m in range(120))
    assert abs(life.standing - (70_000_000 * last / 10**6 + 30_000_000 + paid)) < 1_000


@pytest.mark.parametrize(("annual", "oldest"), [(Way.SILO_ANNUAL, Way.SILO_ANNUAL_FIFO), (Way.SILO, Way.SILO_FIFO)])
def test_without_tax_it_does_not_matter_which_lots_are_sold(annual: Way, oldest: Way) -> None:
    home = model_home(rates=UNTAXED)
    history = window(century(), 700, 240)

    assert live(home, history, annual).liquidated == live(home, history, oldest).liquidated


@pytest.mark.parametrize("start", [30, 36, 500, 930])
@pytest.mark.parametrize("taxable", [60, 90])
def test_the_loop_realises_nothing_in_any_window(start: int, taxable: int) -> None:
    history = window(century(), start, 240)

    lives = [live(model_home(70, taxable), history, way) for way in LOOPS]

    assert [life.realised for life in lives] == [0, 0, 0]
    assert [life.on_gains for life in lives] == [0, 0, 0]


def test_with_a_loss_bank_no_year_owes_tax_on_gains() -> None:
    """The crash of 1929, 80 % taxable: the shelter runs out of bonds, and taxable ones are sold against losses."""
    home = model_home(70, 80)
    history = window(century(), 36, 240)

    life = live(home, history, Way.BANK)

    assert life.on_gains <= 0
    assert life.stuck < live(home, history, Way.ADAPTIVE).stuck


def test_everything_in_one_shelter_makes_all_ways_alike() -> None:
    """With nothing to place elsewhere, the loop to target is the silo whose cash goes to what lags."""
    home = model_home(70, 0)
    home = Home(assets=home.assets, pots=home.pots[1:], policy=home.policy, months=240)
    history = window(century(), 400, 240)

    lives = [live(home, history, way) for way in (Way.SILO, Way.SILO_FIFO, Way.SELLS, Way.LAGGING)]

    assert len({life.on_gains for life in lives}) == 1
    assert lives[0].liquidated == lives[1].liquidated
    assert lives[2].worst < 50_001
    assert lives[3].stuck == 0


def test_the_closed_form_of_a_cash_month_buys_what_the_flow_buys() -> None:
    found = [complaint(month(Random(seed))) for seed in range(300)]

    assert not [text for text in found if text]
    assert sum(text is not None for text in found) > 200


def test_a_window_of_history_compounds_to_its_total_return() -> None:
    """Reinvested each quarter, a dollar of stocks grows as the table's returns chained, within the dividends' wait."""
    market = century()
    history = window(market, 288, 240)
    shares = waiting = 0.0
    total = shares = 1.0
    for m in range(240):
        total *= 1 + (market.growth[STOCKS][288 + m] + market.income[STOCKS][288 + m]) / 1e9
        waiting = shares * history.payouts[STOCKS][m]
        shares += waiting / history.prices[STOCKS][m]

    assert abs(shares * history.prices[STOCKS][-1] / START / total - 1) < 0.01
    assert history.consumer[0] == PPM
