"""Very many households through `rebaloop plan`: `python -m tests.longview.many 100000`, with memory and proof."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from random import Random

from bot.cli.crews import crew
from bot.cli.many_plans import PIECE, plan_folder
from bot.domain.money import split
from tests.longview.closed_form import say

NAMES = ("bonds", "intl", "stocks")
SAMPLE = 1_000  # answers that are looked at
SLACK = Decimal("0.10")  # dollars: fractions of a share are cut after nine decimals


def household(number: int) -> str:
    """A made-up household as a file: two to four accounts, three classes, fractions of shares, no bands."""
    dice = Random(number)
    prices = {name: dice.randint(2_000, 40_000) / 100 for name in NAMES}
    kinds = ["taxable", "traditional", *(dice.choice(["roth", "401k", "taxable"]) for _ in range(dice.randint(0, 2)))]
    tree = {
        "id": f"household-{number:06}",
        "as_of": "2026-03-02",
        "policy": {
            "targets_pct": dict(zip(NAMES, split(100, [dice.randint(1, 6) for _ in NAMES]), strict=True)),
            "band": {"absolute_pp": 0, "relative_pct": 0},
            "fractional_shares": True,
        },
        "securities": {name.upper(): {"class": name, "price": price} for name, price in prices.items()},
        "accounts": [_account(dice, n, kind, prices) for n, kind in enumerate(kinds)],
    }
    return json.dumps(tree)


def _account(dice: Random, number: int, kind: str, prices: dict[str, float]) -> dict[str, object]:
    positions = [
        {
            "symbol": name.upper(),
            "lots": [{"qty": dice.randint(1, 500), "cost_per_share": round(price * dice.uniform(0.3, 1), 2)}],
        }
        for name, price in prices.items()
    ]
    menu = [name.upper() for name in NAMES if dice.random() < 0.9] or [NAMES[0].upper()]
    cash = dice.randint(0, 10_000)
    return {"id": f"a{number}", "kind": kind, "cash_settled": cash, "menu": menu, "positions": positions}


def main(count: int, workers: int, folder: Path) -> int:
    """Write the households where they are missing, plan them, look at a sample; 1 where one is off its proof."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:06}.json"
        if not path.exists():
            path.write_text(household(number), encoding="utf-8")
    answers = folder.parent / f"{folder.name}.answers"
    started, peaks, done = time.monotonic(), list[int](), 0

    def step() -> None:
        nonlocal done
        done += 1
        if done * PIECE % (count // 10 or 1) < PIECE:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)

    with crew(workers, None) as executor:
        plan_folder(folder, executor, answers, say, step)
    seconds = time.monotonic() - started
    workers_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    say(f"{count} households, {workers} workers: {seconds:.0f} s, {count / seconds:.0f} households a second")
    say(f"  peak memory by tenth of the way, MB: {peaks}; largest worker: {workers_peak} MB")
    return _looked_at(answers, count)


def _looked_at(answers: Path, count: int) -> int:
    """How far a sample of plans lies from the limit that its own certificate proves."""
    wrong, every, worst = 0, max(1, count // SAMPLE), Decimal(0)
    with answers.open(encoding="utf-8") as page:
        for number, line in enumerate(page):
            if number % every == 0:
                told = json.loads(line, parse_float=Decimal)
                gap = Decimal(told["drift_usd_after"]) - Decimal(told["drift_limit_usd"])
                worst = max(worst, gap)
                wrong += gap > SLACK or told["realized_gain_usd"] != "0.00"
    say(f"  largest gap to the certificate in a sample of {min(SAMPLE, count)}: ${worst}; {wrong} beyond ${SLACK}")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    told = parser.parse_args()
    if told.folder:
        sys.exit(main(told.count, told.workers, told.folder))
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(told.count, told.workers, Path(place, "households")))
