"""Reads spoilt files by the hundred thousand: each must end as a value or as a refusal that says what is wrong.

`python -m tests.fuzz.files 100000` does so in two processes; `--seed` begins another series, `--case` repeats one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from adapters.brokers.statement.broker import StatementBroker
from adapters.files.household_file import read_household
from bot.domain.errors import FixTheFile
from bot.settings.loading import load_settings
from tests.fuzz.mutations import mutated

SAMPLES = Path(__file__).parent / "samples"
CASES = 100_000
CHUNK = 250
PATIENCE = 20  # seconds of the processor for one file: a busy machine is no finding


class Today:
    """A clock that stands still on 2 March 2026."""

    def now(self) -> datetime:
        """The same instant, always."""
        return datetime(2026, 3, 2, 15, tzinfo=UTC)

    def wait(self, seconds: int) -> None:
        """Nobody waits here."""

    def steady(self) -> timedelta:
        """No time passes."""
        return timedelta()


def read_statement(path: Path) -> object:
    """A statement's account."""
    return StatementBroker(account="work", path=path, clock=Today()).read("work")


def read_settings(path: Path) -> object:
    """The settings, with nothing in the environment."""
    return load_settings(path, {})


FORMS: dict[str, Callable[[Path], object]] = {
    "household.json": read_household,
    "household.yaml": read_household,
    "settings.yaml": read_settings,
    "statement.csv": read_statement,
    "statement.yaml": read_statement,
}
WEIGHTS = (6, 1, 1, 6, 1)  # the readers of JSON and CSV are ten times as fast


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that ended as neither, and where it was kept."""

    case: int
    form: str
    problem: str
    kept: Path


@dataclass(slots=True)
class Tally:
    """What came of some cases."""

    outcomes: Counter[str]
    findings: list[Finding]
    slowest: tuple[float, int] = (0.0, 0)

    def add(self, other: Tally) -> None:
        """Count another tally's cases as well."""
        self.outcomes += other.outcomes
        self.findings += other.findings
        self.slowest = max(self.slowest, other.slowest)


def spoilt(case: int, samples: Sequence[bytes]) -> tuple[str, bytes]:
    """The form and the content of a case; the same ones for the same number."""
    rng = Random(case)
    (form,) = rng.choices(list(FORMS), WEIGHTS)
    return form, mutated(rng, samples[list(FORMS).index(form)], samples)


def trouble_with(form: str, path: Path) -> str | None:
    """Why reading a file ended as it must not; empty for a proper refusal, None for a value."""
    try:
        FORMS[form](path)
    except FixTheFile as refusal:
        return _faulty(refusal)
    except Exception as problem:  # noqa: BLE001 - this is what is looked for
        return f"{type(problem).__name__}: {str(problem)[:200]}"
    return None


def _faulty(refusal: FixTheFile) -> str:
    if not refusal.faults:
        return "a refusal without a fault"
    for fault in refusal.faults:
        said = (fault.message, fault.place, fault.excerpt, fault.hint)
        if not fault.message.strip():
            return "a fault without a message"
        if not all(text.isprintable() for text in said):
            return f"a fault that could upset a terminal: {said!r}"
    return "" if refusal.message.strip() else "a refusal without a message"


def run(cases: Iterable[int]) -> Tally:
    """Read the files of these cases, one after the other, from a folder that is gone afterwards."""
    samples = [(SAMPLES / form).read_bytes() for form in FORMS]
    tally = Tally(Counter(), [])
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            form, content = spoilt(case, samples)
            path = Path(folder) / form
            path.write_bytes(content)
            started = time.perf_counter()
            trouble = _patiently(form, path)
            tally.slowest = max(tally.slowest, (time.perf_counter() - started, case))
            tally.outcomes["value" if trouble is None else "trouble" if trouble else "refusal"] += 1
            if trouble:
                tally.findings.append(Finding(case, form, trouble, _keep(case, form, content)))
    return tally


def _patiently(form: str, path: Path) -> str | None:
    """The same as `trouble_with`, interrupted when it does not end."""
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        return trouble_with(form, path)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(*_: object) -> None:
    raise TimeoutError(f"not read within {PATIENCE} s")


def _keep(case: int, form: str, content: bytes) -> Path:
    folder = Path(tempfile.gettempdir()) / "rebaloop-fuzz"
    folder.mkdir(exist_ok=True)
    path = folder / f"{case}-{form}"
    path.write_bytes(content)
    return path


def main(words: Sequence[str] | None = None) -> int:
    """Run all cases in two processes; 1 when a file ended as neither a value nor a proper refusal, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.files", description="Reads spoilt files.")
    parser.add_argument("cases", type=int, nargs="?", default=CASES, help=f"how many files (default {CASES})")
    parser.add_argument("--seed", type=int, default=0, help="another series of files")
    parser.add_argument("--case", type=int, help="read this one again, and show what goes wrong")
    chosen = parser.parse_args(words)
    if chosen.case is not None:
        return _report(run([chosen.case]))
    first = chosen.seed * 10**9
    ranges = [range(first + at, first + min(at + CHUNK, chosen.cases)) for at in range(0, chosen.cases, CHUNK)]
    tally, done = Tally(Counter(), []), 0
    with multiprocessing.Pool(2) as pool:
        for part in pool.imap_unordered(run, ranges):
            tally.add(part)
            done += part.outcomes.total()
            for finding in part.findings:
                sys.stdout.write(f"\ncase {finding.case} ({finding.form}): {finding.problem}\n  kept: {finding.kept}\n")
            sys.stdout.write(f"\r{done:,} of {chosen.cases:,} files, {len(tally.findings)} findings ")
            sys.stdout.flush()
    sys.stdout.write("\n")
    return _report(tally)


def _report(tally: Tally) -> int:
    seconds, case = tally.slowest
    counts = ", ".join(f"{count:,} x {outcome}" for outcome, count in tally.outcomes.most_common())
    sys.stdout.write(f"{counts}; slowest: case {case}, {seconds:.2f} s\n")
    for finding in tally.findings:
        sys.stdout.write(
            f"{finding.form}: {finding.problem}\n  repeat: python -m tests.fuzz.files --case {finding.case}\n"
        )
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
