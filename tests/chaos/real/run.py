"""Kills and stops real processes by the thousand at every named point, and counts what must not happen.

`python -m tests.chaos.real.run 5000 [--kind keyed|unkeyed|both] [--seed S] [--jobs 2] [--tally FILE]` exits with 1 if
anything was wrong, or a point was hit too seldom. `--replay` tells the story of the one seed S.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NoReturn

from tests.chaos.machine import quiet
from tests.chaos.real.fates import DEATHS
from tests.chaos.real.home import KINDS, Prepared, prepared
from tests.chaos.real.story import Story, play

MANY, ENOUGH = 5000, 50  # of so many kills each point gets at least so many
FEW = 200  # of so many each point gets one
EVERY = 10  # seconds between two lines of progress


@dataclass
class Sum:
    """What all stories have come to."""

    kills: dict[str, Counter[str]]
    counts: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    longest: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def add(self, story: Story) -> None:
        """One more."""
        self.kills[story.kind] += story.kills
        self.counts += story.counts
        self.longest = max(self.longest, story.longest)
        if story.wrongs:
            self.failed += 1
            _tell(f"{story.kind} {story.seed}: {'; '.join(story.wrongs)}")
            _tell(f"    python -m tests.chaos.real.run 1 --kind {story.kind} --seed {story.seed} --replay")

    @property
    def total(self) -> int:
        """Kills at all points of all kinds."""
        return sum(points.total() for points in self.kills.values())

    def words(self) -> str:
        seconds = time.monotonic() - self.began
        counts = ", ".join(f"{self.counts[name]} {name}" for name in SHOWN)
        rate = f"{self.total / seconds:.1f}/s, {seconds:.0f} s"
        return f"{self.total} kills ({rate}), {counts}, longest way back {self.longest:.1f} s | {self.failed} wrong"

    def table(self) -> list[str]:
        """Hits of each point at each kind of broker."""
        rows = [f"{'killed at':20}" + "".join(f"{kind:>10}" for kind in self.kills)]
        rows += [f"{point:20}" + "".join(f"{self.kills[kind][point]:>10}" for kind in self.kills) for point in DEATHS]
        return [*rows, f"{'all':20}" + "".join(f"{self.kills[kind].total():>10}" for kind in self.kills)]

    def seldom(self, least: int) -> list[str]:
        """The points that were hit less often than that."""
        hits = sum(self.kills.values(), Counter[str]())
        return [point for point in DEATHS if hits[point] < least]

    def and_earlier(self, tally: Path) -> Sum:
        """The same with all earlier runs that were added up in this JSON file, which then has this one too."""
        if tally.exists():
            earlier = json.loads(tally.read_text(encoding="utf-8"))
            for kind, kills in earlier["kills"].items():
                self.kills[kind] = self.kills.get(kind, Counter()) + Counter(kills)
            self.counts += Counter(earlier["counts"])
            self.failed += earlier["failed"]
            self.began -= earlier["seconds"]
            self.longest = max(self.longest, earlier["longest"])
        seconds = round(time.monotonic() - self.began)
        told = {"kills": self.kills, "counts": self.counts, "failed": self.failed, "seconds": seconds}
        told["longest"] = round(self.longest, 1)
        tally.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return self


SHOWN = ("stories", "runs", "stopped", "intents", "posts", "filled", "not_placed", "matched", "human", "exit 75")


def run(wanted: int, kinds: tuple[str, ...], first: int, jobs: int) -> Sum:
    """Play seeds until so many processes were killed at each kind of broker alike."""
    shapes = prepared(kinds)
    gc.collect()
    gc.freeze()
    gc.disable()  # no process lives long enough
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever is sent home tidies up
    total = Sum({kind: Counter() for kind in kinds})
    lines = [_worker(shapes, wanted / len(kinds) / jobs, range(first + at, sys.maxsize, jobs)) for at in range(jobs)]
    try:
        _listen(lines, total)
    except KeyboardInterrupt:
        total.failed += 1
        _tell("broken off")
    for line in lines:
        line.close()
    for _ in lines:
        _, status = os.wait()
        total.failed += status != 0
    return total


def _listen(lines: list[Connection], total: Sum) -> None:
    """Add up what the workers tell until all of them have hung up."""
    talking, told = list(lines), time.monotonic()
    while talking:
        for line in wait(talking):
            assert isinstance(line, Connection)
            try:
                total.add(line.recv())
            except EOFError:
                talking.remove(line)
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            _tell(total.words())


def _worker(shapes: dict[str, list[Prepared]], wanted: float, seeds: range) -> Connection:
    here, there = Pipe(duplex=False)
    if not os.fork():
        here.close()
        _work(shapes, wanted, seeds, there)
    there.close()
    return here


def _work(shapes: dict[str, list[Prepared]], wanted: float, seeds: range, line: Connection) -> NoReturn:
    code = 1
    try:
        left = dict.fromkeys(shapes, wanted)
        for seed in seeds:
            for kind in [kind for kind in shapes if left[kind] > 0]:
                story = play(seed, shapes, kind)
                left[kind] -= story.kills.total()
                line.send(story)
            if max(left.values()) <= 0:
                break
        code = 0
    except KeyboardInterrupt:
        code = 1
    except BaseException:  # noqa: BLE001 - a process that was forked must not run on into its parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        line.close()
        os._exit(code)


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Play, and say what was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.real.run", description=__doc__.splitlines()[0])
    parser.add_argument("kills", type=int, nargs="?", default=MANY, help="how many processes to kill")
    parser.add_argument("--kind", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--tally", type=Path, help="a JSON file to which the sums are added, and with which they are told"
    )
    parser.add_argument("--replay", action="store_true", help="tell the story of the first seed")
    wanted = parser.parse_args(arguments)
    kinds = KINDS if wanted.kind == "both" else (wanted.kind,)
    with quiet():
        if wanted.replay:
            return _replay(wanted.seed, kinds)
        total = run(wanted.kills, kinds, wanted.seed, wanted.jobs)
    if wanted.tally:
        total = total.and_earlier(wanted.tally)
    for row in total.table():
        _tell(row)
    least = ENOUGH if total.total >= MANY else int(total.total >= FEW)
    seldom = total.seldom(least)
    if seldom:
        _tell(f"hit less than {least} times: {', '.join(seldom)}")
    _tell(total.words())
    return int(bool(total.failed or seldom))


def _replay(seed: int, kinds: tuple[str, ...]) -> int:
    shapes, wrong = prepared(kinds), False
    for kind in kinds:
        story = play(seed, shapes, kind)
        wrong |= bool(story.wrongs)
        _tell("\n".join([f"{kind} {seed}", *story.tape, *story.wrongs]))
    return int(wrong)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
