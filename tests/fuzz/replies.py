"""Reads spoilt answers of brokers by the million: each must end as sound nouns or as a refusal of ours.

`python -m tests.fuzz.replies 1000000 --seed 7` does so in two processes; `--case` repeats one and shows it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from random import Random

from bot.domain.errors import RebaloopError
from bot.domain.money import exact
from bot.domain.orders import BrokerOrder
from bot.domain.readings import Activity, ActivityKind, HeldReading, Quote
from tests.fuzz.reply_samples import Sample, all_samples
from tests.fuzz.trees import spoilt

CASES = 100_000
CHUNK = 2_000
PLAIN = (str, int, date, Enum, type(None))


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer that ended as neither."""

    case: int
    sample: str
    problem: str


@dataclass(slots=True)
class Tally:
    """What came of some cases: `outcomes` by broker and by "nouns" or the name of the refusal."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another tally's cases as well."""
        self.outcomes += other.outcomes
        self.findings += other.findings


def outcome(sample: Sample, tree: object) -> tuple[str, str]:
    """What reading a tree ended as, and what is wrong with that, if anything."""
    try:
        nouns = sample.parse(tree)
    except RebaloopError as refusal:
        sound = refusal.message.strip() and refusal.message.isprintable()
        return type(refusal).__name__, "" if sound else f"a refusal that nobody can read: {refusal.message[:200]!r}"
    except Exception as problem:  # noqa: BLE001 - this is what is looked for
        return "crash", f"{type(problem).__name__}: {str(problem)[:200]}"
    return "nouns", _flaw(nouns)


def _flaw(thing: object) -> str:
    """What is wrong with a noun; empty for a sound one."""
    if isinstance(thing, Decimal):
        return _flaw_of_number(thing)
    if isinstance(thing, datetime):
        return "" if thing.tzinfo is UTC else f"an instant that is not in UTC: {thing!r}"
    if isinstance(thing, PLAIN):
        return ""
    if isinstance(thing, dict | tuple | list):
        parts: Iterable[object] = [*thing, *thing.values()] if isinstance(thing, dict) else thing
        return next(filter(None, map(_flaw, parts)), "")
    return _flaw_of_noun(thing)


def _flaw_of_noun(thing: object) -> str:
    if not is_dataclass(thing) or isinstance(thing, type):
        return f"no noun of ours: {type(thing).__name__}"
    inside = next(filter(None, (_flaw(getattr(thing, part.name)) for part in fields(thing))), "")
    return inside or _nonsense(thing)


def _flaw_of_number(number: Decimal) -> str:
    try:
        exact(number)
    except ValueError as problem:
        return str(problem)
    return ""


def _nonsense(noun: object) -> str:
    """What contradicts itself in a noun whose parts are sound."""
    match noun:
        case HeldReading(quantity=quantity, available=available, price=price):
            wrong = (
                quantity.count < 0 or not 0 <= available.count <= quantity.count or (price is not None and price < 0)
            )
        case BrokerOrder(quantity=quantity, filled=filled, average_price=price):
            wrong = not 0 <= filled.count <= quantity.count or (price is not None and price < 0)
        case Quote(bid=bid, ask=ask):
            wrong = not 0 < bid <= ask
        case Activity(kind=ActivityKind.TRADE, side=side, symbol=symbol, price=price, quantity=quantity):
            wrong = side is None or not symbol or price is None or quantity.count < 0
        case _:
            wrong = False
    return f"nonsense: {noun!r}"[:300] if wrong else ""


def run(cases: Iterable[int], samples: Sequence[Sample]) -> Tally:
    """Read the spoilt answers of these cases, one after the other."""
    tally = Tally()
    trees = [sample.tree for sample in samples]
    for case in cases:
        rng = Random(case)
        sample = rng.choice(samples)
        kind, problem = outcome(sample, spoilt(rng, sample.tree, rng.choice(trees)))
        tally.outcomes[f"{sample.broker} {kind}"] += 1
        if problem:
            tally.findings.append(Finding(case, sample.name, problem))
    return tally


_SAMPLES: list[Sample] = []


def _run_here(cases: range) -> Tally:
    return run(cases, _SAMPLES)


def main(words: Sequence[str] | None = None) -> int:
    """Spoil and read as many as asked for, and print what came of it; 1 when there was a finding."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.replies", description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=CASES, help=f"how many answers (default {CASES:,})")
    parser.add_argument("--seed", type=int, default=0, help="another series of answers")
    parser.add_argument("--case", type=int, help="read this one again, and show it")
    chosen = parser.parse_args(words)
    _SAMPLES[:] = all_samples()
    if chosen.case is not None:
        return _show(chosen.case)
    first, began = chosen.seed * 10**9, time.perf_counter()
    ranges = [range(first + at, first + min(at + CHUNK, chosen.cases)) for at in range(0, chosen.cases, CHUNK)]
    tally = Tally()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for part in pool.imap_unordered(_run_here, ranges):
            tally.add(part)
            sys.stdout.write(
                f"\r{tally.outcomes.total():,} of {chosen.cases:,} answers, {len(tally.findings)} findings "
            )
            sys.stdout.flush()
    sys.stdout.write("\n")
    return _report(tally, time.perf_counter() - began)


def _show(case: int) -> int:
    rng = Random(case)
    sample = rng.choice(_SAMPLES)
    tree = spoilt(rng, sample.tree, rng.choice([one.tree for one in _SAMPLES]))
    kind, problem = outcome(sample, tree)
    sys.stdout.write(f"{sample.broker} {sample.name}: {kind} {problem}\n{str(tree)[:4000]}\n")
    return 1 if problem else 0


def _report(tally: Tally, seconds: float) -> int:
    for name, count in sorted(tally.outcomes.items()):
        sys.stdout.write(f"{count:>12,} {name}\n")
    sys.stdout.write(f"{tally.outcomes.total():>12,} answers of {len(_SAMPLES)} samples in {seconds:.0f} s\n")
    for finding in tally.findings[:50]:
        sys.stdout.write(
            f"{finding.sample}: {finding.problem}\n  repeat: python -m tests.fuzz.replies --case {finding.case}\n"
        )
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
