"""What many tax lots cost: they are gone through once, and nothing else may grow with them."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median

from adapters.files.household_file import read_household
from bot.domain.instruments import AssetClass
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Snapshot
from bot.domain.targets import TaxableSells
from bot.engine.counterfactual import further_sales, realised
from bot.engine.loop import best_orders, draw
from bot.engine.pie import bake
from tests.bench.shocked import TODAY, shocked
from tests.bench.stopwatch import Contender, Readings, goal

FEW, MANY = 1, 50_000
ROUNDS = 25


def main() -> bool:
    """Print the time to go through MANY lots and what else grows with them; whether the goals were met."""
    print(f"lots, 4 accounts and 6 classes, one lot for each position and {MANY:,} lots altogether:")
    met = {taxable_sells: _raced(taxable_sells) for taxable_sells in TaxableSells}
    _read()
    return met[TaxableSells.NEVER]  # to look for losses and to take them is work on lots, which the goals are not for


def _raced(taxable_sells: TaxableSells) -> bool:
    readings = Readings()
    for seed in range(ROUNDS):
        file = shocked(Random(seed), 4, 6)
        file = replace(file, policy=replace(file.policy, taxable_sells=taxable_sells))
        readings.race(_contenders(_lotted(file, FEW), "few lots") | _contenders(_lotted(file, MANY), f"{MANY} lots"))
    print(f"taxable_sells {taxable_sells}:")
    readings.print("4x6")
    few, many = "few lots", f"{MANY} lots"
    once = readings.median(f"lots, {many}")
    rest = {
        lots: [a - b for a, b in zip(readings.by_name[f"draw, {lots}"], readings.by_name[f"lots, {lots}"], strict=True)]
        for lots in (few, many)
    }
    ratio = median(rest[many]) / median(rest[few])
    return all(
        [
            goal(f"{MANY:,} lots are added up and put in order in {once:.0f} ms, goal below 50 ms", met=once < 50),
            goal(f"the rest of the plan takes {ratio:.2f}x as long, goal at most 1.5x", met=ratio <= 1.5),
        ]
    )


def _contenders(file: HouseholdFile, lots: str) -> dict[str, Contender]:
    """The whole plan, and that part of it which goes through lots: adding up, and what would be sold instead."""
    household, policy, snapshot = file.household, file.policy, file.snapshot.in_order()
    refused = Counter[AssetClass]()
    for sale in draw(household, policy, snapshot).not_proposed:
        refused[sale.asset_class] += sale.usd.cents
    attempt = best_orders(household, policy, snapshot)

    def gone_through() -> None:
        pie = bake(household, policy, snapshot)
        further_sales(household, snapshot, pie, refused, realised(snapshot, pie, attempt.drafts))

    return {f"lots, {lots}": gone_through, f"draw, {lots}": lambda: draw(household, policy, snapshot)}


# --- the file, which no goal is set for -------------------------------------------------------------------------------
def _read() -> None:
    """Print how long a household file with many lots takes to read."""
    with tempfile.TemporaryDirectory() as folder:
        for name, count in (("lots.json", MANY), ("lots.yaml", MANY // 5)):
            path = Path(folder) / name
            path.write_text(_json(count) if path.suffix == ".json" else _yaml(count), encoding="utf-8")
            started = time.process_time_ns()
            read_household(path)
            taken = (time.process_time_ns() - started) / 1e6
            print(f"  a file of {count:,} lots is read from {path.suffix[1:].upper()} in {taken:.0f} ms")


def _json(count: int) -> str:
    lots = [{"qty": qty, "cost_per_share": cost, "acquired": on} for qty, cost, on in _rows(count)]
    account = {"id": "brokerage", "kind": "taxable", "positions": [{"symbol": "VTI", "lots": lots}]}
    return json.dumps(
        {
            "as_of": f"{TODAY}",
            "policy": {"targets_pct": {"stocks": 100}},
            "securities": {"VTI": {"class": "stocks", "price": 300}},
            "accounts": [account],
        }
    )


def _yaml(count: int) -> str:
    """The same as a person would write it, one lot a line."""
    lots = "".join(f"          - {{qty: {q}, cost_per_share: {c}, acquired: {on}}}\n" for q, c, on in _rows(count))
    return (
        f"as_of: {TODAY}\npolicy:\n  targets_pct: {{stocks: 100}}\n"
        "securities:\n  VTI: {class: stocks, price: 300}\n"
        "accounts:\n  - id: brokerage\n    kind: taxable\n    positions:\n      - symbol: VTI\n        lots:\n"
    ) + lots


def _rows(count: int) -> list[tuple[str, str, str]]:
    """Quantity, cost a share and day of purchase."""
    rng = Random(count)
    return [
        (
            str(Decimal(rng.randint(1, 99_999)).scaleb(-3)),
            str(Decimal(rng.randint(1_000, 60_000)).scaleb(-2)),
            str(TODAY - timedelta(days=rng.randint(70, 6000))),
        )
        for _ in range(count)
    ]


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
