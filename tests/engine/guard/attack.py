"""Sends random orders against the guard and reckons each that passes once more by a naive checker.

`python -m tests.engine.guard.attack 1000000` does so in two processes; `--seed` begins another series.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from bot.domain.snapshot import Side
from bot.engine.guard.check import check
from tests.engine.guard.naive import sins
from tests.engine.guard.worlds import orders

CHUNK = 250
EACH = 50  # orders of one household
SINS = ("taxable", "oversold", "overdrawn")


def attack(seed: int, *, convict: bool = False) -> Counter[str]:
    """What became of one chunk of orders; `convict` also reckons those that one rule on amounts alone refused."""
    rng, counts = Random(seed), Counter[str]()
    for _ in range(CHUNK // EACH):
        for case in orders(rng, EACH):
            counts["orders"] += 1
            refusals = check(case)
            counts.update(refusal.code for refusal in refusals)
            if convict and len(refusals) == 1 and refusals[0].code in {"G1", "G2", "G3"}:
                counts.update(f"refused {sin}" for sin in sins(case))
            if not refusals:
                counts["passed"] += 1
                counts[f"passed {case.intent.side.value}"] += 1
                counts["passed loss"] += case.intent.side is Side.SELL and not case.is_sheltered(case.intent.account)
                counts.update(sins(case))
    return counts


def main(arguments: Sequence[str]) -> int:
    """Attack and print; 1 when an order passed that must not, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    told = parser.parse_args(arguments)
    seeds = range(told.seed, told.seed + -(-told.orders // CHUNK))
    began, total = time.perf_counter(), Counter[str]()
    with multiprocessing.Pool(told.jobs) as pool:
        for done, counts in enumerate(pool.imap_unordered(attack, seeds), start=1):
            total += counts
            if done % 200 == 0 or done == len(seeds):
                sys.stdout.write(f"{_words(total, time.perf_counter() - began)}\n")
                sys.stdout.flush()
    return 1 if any(total[sin] for sin in SINS) else 0


def _words(total: Counter[str], seconds: float) -> str:
    speed = f"{total['orders']:,} orders in {seconds:.0f} s ({total['orders'] / seconds:,.0f}/s)"
    passed = (
        f"{total['passed']:,} passed ({total['passed buy']:,} purchases, {total['passed sell']:,} sales, "
        f"{total['passed loss']:,} of them taxable losses)"
    )
    wrong = ", ".join(f"{total[sin]} {sin}" for sin in SINS)
    fired = " ".join(f"{code} {total[code]:,}" for code in sorted(total, key=len) if code[0] == "G")
    return f"{speed}: {passed}; {wrong}; refusals by {fired}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
