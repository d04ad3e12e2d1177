"""Plays thousands of schedules against both kinds of broker, and counts what must not happen.

`python -m tests.chaos.run 2000 [--kind keyed|unkeyed|both] [--seed S] [--jobs 2] [--tally FILE]` exits with 1 if
anything was wrong. `--replay` prints the trace of the one seed S.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.machine import quiet
from tests.chaos.prefab import a_folder
from tests.chaos.schedule import KINDS, play, play_all
from tests.chaos.verdict import WRONGS

CHUNK = 50
SHOWN = ("intents", "posts", "repeated", "crashes", "deferred", "human", "matched", "halted")
Part = tuple[str, Counter[str], dict[int, list[str]]]


def chunk(kind: str, first: int, count: int) -> Part:
    """Some seeds in a row: the sums, and what was wrong with which seed."""
    with quiet(), a_folder() as folder, _without_pauses():
        total, failed = play_all(range(first, first + count), kind, folder)
    return kind, total, {one.seed: [f"{wrong.kind}: {wrong.what}" for wrong in one.wrongs] for one in failed}


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Nothing here goes in circles for long: rubbish is collected between chunks."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def trace(seed: int, kind: str) -> list[str]:
    """The readable trace of one seed."""
    tape: list[str] = []
    with quiet(), a_folder() as folder:
        play(seed, kind, folder, tape=tape)
    return tape


def run(count: int, kinds: tuple[str, ...], first: int, jobs: int) -> dict[str, Counter[str]]:
    """Play `count` seeds of each kind, and tell how it goes."""
    totals = {kind: Counter[str]() for kind in kinds}
    began = told = time.monotonic()
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        parts: list[Future[Part]] = [
            pool.submit(chunk, kind, at, min(CHUNK, first + count - at))
            for at in range(first, first + count, CHUNK)
            for kind in kinds
        ]
        for part in as_completed(parts):
            kind, total, failed = part.result()
            totals[kind] += total
            for seed, wrongs in sorted(failed.items()):
                _tell(f"{kind} {seed}: {'; '.join(wrongs)}")
                _tell(f"    python -m tests.chaos.run 1 --kind {kind} --seed {seed} --replay")
            if time.monotonic() - told > 10 or part is parts[-1]:
                told = time.monotonic()
                _progress(totals, told - began)
    for kind in kinds:
        _tell(f"{kind}: {_words(totals[kind])}")
    return totals


def _progress(totals: dict[str, Counter[str]], seconds: float) -> None:
    done = sum((total for total in totals.values()), Counter[str]())
    _tell(f"{done['schedules']:>8} schedules, {done['schedules'] / seconds:.0f}/s, {_words(done)}")


def _words(total: Counter[str]) -> str:
    counts = ", ".join(f"{total[name]} {name}" for name in SHOWN)
    return f"{total['schedules']} schedules, {counts} | " + ", ".join(f"{total[_wrong(w)]} {w}" for w in WRONGS)


def _wrong(kind: str) -> str:
    return f"wrong: {kind}"


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def add_up(path: Path, totals: dict[str, Counter[str]]) -> None:
    """Add these sums to those of earlier runs."""
    tally = {kind: Counter(counts) for kind, counts in _read(path).items()}
    for kind, total in totals.items():
        tally[kind] = tally.get(kind, Counter()) + total
    path.write_text(json.dumps(tally, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for kind, total in sorted(tally.items()):
        _tell(f"all runs, {kind}: {_words(total)}")


def _read(path: Path) -> dict[str, dict[str, int]]:
    if not path.exists():
        return {}
    tally: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8"))
    return tally


def main(arguments: list[str]) -> int:
    """Play, and say how many were wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run", description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=1000, help="schedules of each kind")
    parser.add_argument("--kind", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tally", type=Path, help="a JSON file to which the sums are added")
    parser.add_argument("--replay", action="store_true", help="print the trace of the first seed")
    wanted = parser.parse_args(arguments)
    kinds = KINDS if wanted.kind == "both" else (wanted.kind,)
    if wanted.replay:
        for kind in kinds:
            _tell("\n".join(trace(wanted.seed, kind)))
        return 0
    totals = run(wanted.count, kinds, wanted.seed, wanted.jobs)
    if wanted.tally:
        add_up(wanted.tally, totals)
    return int(any(total[_wrong(kind)] for total in totals.values() for kind in WRONGS))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
