"""The goals of routing on history and on draws: `python -m tests.longview.goals --every 1`, a table for each target."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from decimal import Decimal

from bot.cli.crews import crew
from bot.longview.crowd import Question, Side, Source, draws, history
from bot.longview.home import model_home
from bot.longview.market import century
from bot.longview.measures import Line, lines
from bot.longview.notebook import answered
from bot.longview.ways import Way
from tests.longview.closed_form import say

WAYS = (Way.SILO, Way.LAGGING, Way.LOCATION, Way.ADAPTIVE, Way.BANK)
GOALS = {70: {60: (11, 2), 70: (11, 2), 80: (7, 2)}, 60: {60: (12, 6), 70: (9, 6), 80: (5, 6)}}  # bp, percent missed
HEAD = "| target | taxable | way | 1926+ | 1950+ | 1990+ | matched 1950+ [10%] | stocks |"


def main(every: int, count: int, workers: int, shares: list[int], targets: list[int]) -> int:
    """Print the tables; the number of goals that were missed."""
    missed = 0
    say(f"every {every}. window, cells: median bp/yr after selling all / missed / worst drift")
    say(HEAD)
    say("|---" * HEAD.count(" | ") + "|---|")
    for stocks in targets:
        for taxable in shares:
            missed += _history(stocks, taxable, every, workers)
    if count:
        say(f"\n{count} draws of twelve-month blocks from 1926 on, not tuned on: median bp/yr / missed, matched [10%]")
        for stocks in targets:
            for taxable in shares:
                _drawn(stocks, taxable, count, workers)
    return missed


def _sides(question: Question, workers: int) -> list[Side]:
    with crew(workers, None) as executor:
        return answered(question, executor)


def _history(stocks: int, taxable: int, every: int, workers: int) -> int:
    sources = history(1926, 240, every)
    question = Question(home=model_home(stocks, taxable), ways=WAYS, sources=sources)
    sides = _sides(question, workers)
    by_since = {since: _since(question, sides, sources, since) for since in (1926, 1950, 1990)}
    goal = GOALS[stocks].get(taxable)
    for at, way in enumerate(WAYS):
        cells = [_cell(rows[at]) for rows in by_since.values()]
        line = by_since[1950][at]
        row = (f"{stocks}/{100 - stocks}", f"{taxable}%", way, *cells, _matched(line), f"{line.share_pct:.1f}")
        say(f"| {' | '.join(row)} |")
    if goal is None:
        return 0
    line = by_since[1950][WAYS.index(Way.ADAPTIVE)]
    met = line.liquidated.middle >= goal[0] and line.missed_pct <= goal[1]
    say(f"  {'ok    ' if met else 'MISSED'} adaptive: at least +{goal[0]} bp, at most {goal[1]}% missed")
    return not met


def _since(question: Question, sides: list[Side], sources: tuple[Source, ...], since: int) -> list[Line]:
    first = century().starts(since, 240).start
    kept = [side for side, source in zip(sides, sources, strict=True) if source.start >= first]
    return lines(replace(question, sources=()), kept)


def _cell(line: Line) -> str:
    return f"{line.liquidated.middle:+.1f} / {_some(line.missed_pct)} / {line.drift_worst:.1f}"


def _some(pct: Decimal) -> str:
    return f"{pct:.1f}%"


def _matched(line: Line) -> str:
    return f"{line.matched.middle:+.1f} [{line.matched.low:+.0f}]" if line.matched else "-"


def _drawn(stocks: int, taxable: int, count: int, workers: int) -> None:
    question = Question(home=model_home(stocks, taxable), ways=WAYS, sources=draws(count, 1926))
    for line in lines(question, _sides(question, workers)):
        say(
            f"| {stocks}/{100 - stocks} | {taxable}% | {line.way} | {line.liquidated.middle:+.1f} | "
            f"{_some(line.missed_pct)} | {_matched(line)} |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=6)
    parser.add_argument("--draws", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--taxable", type=int, nargs="+", default=[60, 70, 80])
    parser.add_argument("--targets", type=int, nargs="+", default=[70, 60])
    told = parser.parse_args()
    sys.exit(main(told.every, told.draws, told.workers, told.taxable, told.targets))
