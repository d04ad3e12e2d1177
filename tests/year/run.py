"""A year of the demo's household as a service: `python -m tests.year.run --months 12 --seed 1`."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

import structlog

from tests.year.judging import Judgement
from tests.year.life import Year
from tests.year.town import build


def main() -> int:
    """Live a year and print its table; 1 where something was not as promised."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", type=Path, help="a new folder for the household's files, ledger and letters")
    chosen = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    begun = perf_counter()
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        home = chosen.keep or Path(folder)
        year = Year(town=build(home, months=chosen.months, seed=chosen.seed), seed=chosen.seed)
        year.live()
        judgement = Judgement(year)
    for name, words in judgement.rows():
        print(f"{name:18} {words}")  # noqa: T201 - this is a command
    for complaint in judgement.complaints[:20]:
        print("  ", complaint)  # noqa: T201 - same
    used = getrusage(RUSAGE_SELF)
    print(f"{'seconds':18} {perf_counter() - begun:.0f}, {used.ru_utime + used.ru_stime:.0f} of them at work")  # noqa: T201 - same
    return 1 if judgement.complaints else 0


def _fast() -> str | None:
    """A folder in memory, where there is one: the promises about disks are shown elsewhere."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own inside it


if __name__ == "__main__":
    sys.exit(main())
