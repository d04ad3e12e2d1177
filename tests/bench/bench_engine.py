"""How long a plan takes, by the size of the household: the flow alone, then whole plans."""

from __future__ import annotations

from random import Random

from bot.domain.readings import HouseholdFile
from bot.engine.layout import network
from bot.engine.loop import draw
from bot.engine.pie import bake
from bot.engine.solve import limit, solve
from tests.bench.shocked import shocked
from tests.bench.stopwatch import Contender, Readings, goal

SIZES = {(2, 3): 200, (4, 6): 120, (8, 10): 60, (12, 12): 100, (50, 30): 5}  # (accounts, classes): households


def main() -> bool:
    """Print medians and p99 for every size; whether the goals were met."""
    print("plans of households with restricted menus, prices shocked 15%, a deposit of 0.1-1%:")
    met = []
    for (accounts, classes), count in SIZES.items():
        readings = Readings()
        for seed in range(count):
            household = shocked(Random(seed), accounts, classes)
            in_shares = shocked(Random(seed), accounts, classes, whole=True)
            readings.race(_contenders(household, in_shares))
        readings.print(f"{accounts}x{classes}")
        if (accounts, classes) == (12, 12):
            met += [_tail(readings, name, 50) for name in ("core", "draw", "draw, whole")]
        if (accounts, classes) == (50, 30):
            met += [_middle(readings, name, 250) for name in ("core", "draw", "draw, whole")]
    return all(met)


def _contenders(file: HouseholdFile, in_shares: HouseholdFile) -> dict[str, Contender]:
    pie = bake(file.household, file.policy, file.snapshot.sorted())

    def core() -> None:
        net = network(pie)
        net.improve(range(len(pie.classes)))

    return {
        "bake": lambda: bake(file.household, file.policy, file.snapshot),
        "core": core,
        "solve": lambda: solve(pie, file.policy),
        "limit": lambda: limit(pie),
        "draw": lambda: draw(file.household, file.policy, file.snapshot),
        "draw, whole": lambda: draw(in_shares.household, in_shares.policy, in_shares.snapshot),
    }


def _tail(readings: Readings, name: str, most: float) -> bool:
    value = readings.p99(name)
    return goal(f"{name}: p99 {value:.1f} ms, goal below {most:.0f} ms", met=value < most)


def _middle(readings: Readings, name: str, most: float) -> bool:
    value = readings.median(name)
    return goal(f"{name}: median {value:.1f} ms, goal below {most:.0f} ms", met=value < most)
