"""One, two and four workers, and a Dask cluster with a worker killed midway: `python -m tests.longview.cluster`."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from distributed import LocalCluster

from bot.cli.crews import crew
from bot.longview.crowd import Question, Side, history
from bot.longview.home import model_home
from bot.longview.notebook import answered
from bot.longview.ways import Way
from tests.longview.closed_form import say

WAYS = (Way.SILO, Way.LAGGING, Way.ADAPTIVE)


def main(every: int) -> int:
    """Print a line for each crew; 1 where one found something else than a single process."""
    question = Question(home=model_home(), ways=WAYS, sources=history(1950, 240, every))
    say(f"{len(question.sources)} windows of 240 months, {len(WAYS)} ways and the silo at other targets")
    prints = [_told("one process", question, lambda: answered(question))]
    prints += [_told("2 processes", question, lambda: _processes(question, 2))]
    prints += [_told("4 processes", question, lambda: _processes(question, 4))]
    prints += [_told("Dask, two workers", question, lambda: _dask(question, kill=False))]
    prints += [_told("Dask, two workers, one killed midway", question, lambda: _dask(question, kill=True))]
    same = len(set(prints)) == 1
    say("all alike" if same else "DIFFERENT")
    return 0 if same else 1


def _told(name: str, question: Question, run: Callable[[], list[Side]]) -> str:
    started = time.monotonic()
    sides = run()
    seconds = time.monotonic() - started
    text = json.dumps([asdict(side) for side in sides])
    found = hashlib.sha256(text.encode()).hexdigest()
    months = len(sides) * (len(question.ways) + len(sides[0].matches)) * question.home.months
    say(f"  {name:<38} {found[:16]}  {seconds:6.1f} s, {months / seconds:9,.0f} path-months a second")
    return found


def _processes(question: Question, workers: int) -> list[Side]:
    with crew(workers, None) as executor:
        return answered(question, executor)


def _dask(question: Question, *, kill: bool) -> list[Side]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]  # published without types
        done: list[None] = []

        def step() -> None:
            done.append(None)
            if kill and len(done) == 3:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

        with crew(1, str(cluster.scheduler_address)) as executor:
            return answered(question, executor, None, step)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
