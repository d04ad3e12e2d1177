"""What a month of the long view costs, beside plain Python with lot objects: 4 accounts, 4 assets, 20 years."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random

from bot.domain.household import Kind
from bot.domain.targets import Band, Policy
from bot.longview.home import PLACES, Asset, Home, OldLot, Pot, model_home
from bot.longview.life import live
from bot.longview.market import Path, century, window
from bot.longview.units import START
from bot.longview.ways import Way
from tests.bench.plain_lots import Account, Household
from tests.bench.stopwatch import goal

MONTHS, PATHS = 240, 6
NAMES = ("bonds", "intl", "reits", "stocks")
TARGETS = (30, 20, 10, 40)
KINDS = ((Kind.TAXABLE, 45), (Kind.TAXABLE, 15), (Kind.TRADITIONAL, 30), (Kind.ROTH, 10))
MOST = 40.0  # microseconds a path-month (plain Python with lot objects, on an idle core)


def main() -> bool:
    """Print microseconds a path-month by contender; whether the live engine is within the goal."""
    dice = Random(2026)
    paths = [_path(dice, number) for number in range(PATHS)]
    home = _home()
    rows: dict[str, list[float]] = {}
    for path in paths:
        contenders: dict[str, Callable[[], object]] = {
            "plain Python, lot objects": partial(_plain, path),
            "live engine, lagging": partial(live, home, path, Way.LAGGING),
            "live engine, adaptive": partial(live, home, path, Way.ADAPTIVE),
            "silo that sells": partial(live, home, path, Way.SILO),
        }
        _race(rows, contenders)
    print("4 accounts x 4 assets, random paths, microseconds a path-month:")
    _print(rows)
    two: dict[str, list[float]] = {}
    model = model_home()
    for start in range(300, 900, 100):
        history = window(century(), start, MONTHS)
        _race(two, {f"{way}": partial(live, model, history, way) for way in (Way.LAGGING, Way.ADAPTIVE, Way.SILO)})
    print("2 accounts x 2 assets, history (what `rebaloop simulate` lives through):")
    _print(two)
    mine, plain = (statistics.median(rows[name]) for name in ("live engine, lagging", "plain Python, lot objects"))
    return goal(
        f"live engine {mine:.0f} us, at most {MOST:.0f} or what plain Python takes here ({plain:.0f})",
        met=mine <= max(MOST, plain),
    )


def _race(rows: dict[str, list[float]], contenders: dict[str, Callable[[], object]]) -> None:
    gc.collect()
    for name, run in contenders.items():
        started = time.process_time_ns()
        run()
        rows.setdefault(name, []).append((time.process_time_ns() - started) / 1000 / MONTHS)


def _print(rows: dict[str, list[float]]) -> None:
    for name, row in rows.items():
        print(f"  {name:<28} median {statistics.median(row):7.1f}   best {min(row):7.1f}")


def _path(dice: Random, number: int) -> Path:
    prices: list[tuple[int, ...]] = []
    for drift, noise in ((0.002, 0.015), (0.005, 0.05), (0.005, 0.055), (0.006, 0.045)):
        price, row = START, []
        for _ in range(MONTHS):
            price = round(price * (1 + dice.gauss(drift, noise)))
            row.append(price)
        prices.append(tuple(row))
    payouts = tuple(
        tuple(price * (3 if every == 1 else 5) // 1000 if m % every == every - 1 else 0 for m, price in enumerate(row))
        for every, row in zip((1, 3, 3, 3), prices, strict=True)
    )
    return Path(name=f"{number}", prices=tuple(prices), payouts=payouts, consumer=(10**6,) * MONTHS)


def _home() -> Home:
    targets = tuple((name, Decimal(pct)) for name, pct in zip(NAMES, TARGETS, strict=True))
    policy = Policy(
        targets_pct=targets, band=Band(absolute_pp=Decimal(5), relative_pct=Decimal(1000)), location_preference=PLACES
    )
    pots = tuple(
        Pot(
            kind=kind,
            pay=50_000,
            lots=tuple((OldLot(cents=1_000_000 * pct * part // 100, cost_ppm=800_000, age=100),) for pct in TARGETS),
        )
        for kind, part in KINDS
    )
    return Home(assets=tuple(Asset(name=name, series=at) for at, name in enumerate(NAMES)), pots=pots, policy=policy)


def _plain(path: Path) -> float:
    accounts = [
        Account(taxable=kind is Kind.TAXABLE, pay=500.0, shares=[100.0 * pct * part / 100 for pct in TARGETS])
        for kind, part in KINDS
    ]
    household = Household(accounts, [pct / 100 for pct in TARGETS], 0.05)
    worst = 0.0
    prices = [[price / 1e6 for price in row] for row in path.prices]
    payouts = [[paid / 1e6 for paid in row] for row in path.payouts]
    for month in range(MONTHS):
        row, paid = [p[month] for p in prices], [p[month] for p in payouts]
        worst = max(worst, household.month(month, row, paid, 1.0))
    return worst
