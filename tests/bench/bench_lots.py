"""What many tax lots cost: they are added up once, and nothing else may grow with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from statistics import median

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Snapshot
from bot.engine.loop import draw
from bot.engine.pie import bake
from bot.engine.solve import limit, solve
from tests.bench.shocked import TODAY, shocked
from tests.bench.stopwatch import Contender, Readings, goal

FEW, MANY = 1, 50_000
ROUNDS = 9


def main() -> bool:
    """Print the time to add up MANY lots and what else grows with them; whether the goals were met."""
    readings = Readings()
    for seed in range(ROUNDS):
        file = shocked(Random(seed), 4, 6)
        readings.race(_contenders(_lotted(file, FEW), "few lots") | _contenders(_lotted(file, MANY), f"{MANY} lots"))
    print(f"lots, 4 accounts and 6 classes, one lot for each position and {MANY:,} lots altogether:")
    readings.print("4x6")
    few, many = "few lots", f"{MANY} lots"
    collapsed = readings.median(f"bake, {many}")
    flow = readings.ratio(f"flow, {many}", f"flow, {few}")
    rest = median(
        (all_many - bake_many) / (all_few - bake_few)
        for all_many, bake_many, all_few, bake_few in zip(
            *(readings.by_name[f"{name}, {lots}"] for lots in (many, few) for name in ("draw", "bake")), strict=True
        )
    )
    return all(
        [
            goal(f"{MANY:,} lots are added up in {collapsed:.0f} ms, goal below 50 ms", met=collapsed < 50),
            goal(f"the flow takes {flow:.2f}x as long, goal at most 1.5x", met=flow <= 1.5),
            goal(f"the whole plan without adding up takes {rest:.1f}x as long, goal at most 1.5x", met=rest <= 1.5),
        ]
    )


def _contenders(file: HouseholdFile, lots: str) -> dict[str, Contender]:
    pie = bake(file.household, file.policy, file.snapshot.sorted())

    def flow() -> None:
        solve(pie, file.policy)
        limit(pie)

    return {
        f"bake, {lots}": lambda: bake(file.household, file.policy, file.snapshot),
        f"flow, {lots}": flow,
        f"draw, {lots}": lambda: draw(file.household, file.policy, file.snapshot),
    }


def _lotted(file: HouseholdFile, count: int) -> HouseholdFile:
    """The same holdings in so many lots altogether, at least one for each position."""
    positions = sum(len(holding.positions) for holding in file.snapshot.holdings)
    each = max(1, count // positions)
    return replace(file, snapshot=_cut(file.snapshot, each))


def _cut(snapshot: Snapshot, each: int) -> Snapshot:
    rng = Random(each)
    return replace(
        snapshot,
        holdings=tuple(
            replace(holding, positions=tuple(_in_lots(rng, position, each) for position in holding.positions))
            for holding in snapshot.holdings
        ),
    )


def _in_lots(rng: Random, position: Position, each: int) -> Position:
    part = Shares((position.quantity.count / each).quantize(Decimal("0.000001")))
    last = position.quantity - Shares(part.count * (each - 1))
    lots = tuple(
        TaxLot(
            quantity=part if n else last,
            cost_per_share=Decimal(rng.randint(1_000, 60_000)).scaleb(-2),
            acquired_on=TODAY - timedelta(days=rng.randint(70, 6000)),
        )
        for n in range(each)
    )
    return Position(symbol=position.symbol, lots=lots)
