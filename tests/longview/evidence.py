"""The evidence anew from the table in the package (`make evidence`): Markdown to the terminal, CSV and pictures."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.cli.crews import crew
from bot.cli.simulate_view import write_study
from bot.longview.crowd import Question, history
from bot.longview.home import model_home
from bot.longview.notebook import answered
from bot.longview.study import UNITS, Study, markdown, who_loses
from bot.longview.ways import Way
from tests.longview import goals
from tests.longview.closed_form import say

TELLING = (Way.SILO_ANNUAL_FIFO, Way.LAGGING, Way.LOCATION, Way.ADAPTIVE, Way.BANK)


def main(folder: Path, *, full: bool, workers: int) -> int:
    """Write everything; the number of goals that were missed."""
    every = 1 if full else 6
    for since in (1950, 1926, 1990):
        question = Question(home=model_home(), ways=tuple(Way), sources=history(since, 240, every))
        with crew(workers, None) as executor:
            sides = answered(question, executor)
        study = Study(question=question, sides=tuple(sides), since=since)
        write_study(study, folder / str(since))
        say(f"## {study.paths}: $1M, 60% taxable, 70/30, $2,000 a month\n\n{markdown(study)}")
        if since == 1950:
            _in_words(study)
    return goals.main(every, 3000 if full else 200, workers, [60, 70, 80, 90], [70, 60])


def _in_words(study: Study) -> None:
    say(f"{UNITS}\n")
    names, *rows = who_loses(study, TELLING)
    say(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for row in rows:
        say(f"| {' | '.join(row)} |")
    for line in study.caveats:
        say(f"- {line}")
    say("")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/evidence"))
    parser.add_argument("--full", action="store_true", help="every window of history, and 3,000 draws")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    sys.exit(1 if main(told.folder, full=told.full, workers=told.workers) else 0)
