"""The guards against the known traps of the brokers, each with what the code would be without it.

`python -m tests.tapes.guards [NUMBER...]` takes one guard after the other out of a copy of the tree and runs the tests
that `test_traps_table` names for its trap: one of them has to go red, or nobody would notice the guard's loss.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from tests.tapes.guards_alpaca import ALPACA
from tests.tapes.guards_schwab import SCHWAB
from tests.tapes.test_traps_table import TRAPS

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("adapters", "bot", "config", "tests", "cassettes", "deploy")
AT_ONCE = 2
PATIENCE = 180  # seconds; a test that hangs without its guard is red too


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A piece of a file that stands there once, and what takes its place."""

    trap: int
    path: str
    old: str
    new: str

    @property
    def tests(self) -> tuple[str, ...]:
        """The tests that hold it."""
        return next(tests for (number, _), tests in TRAPS.items() if number == self.trap)


CORE: dict[tuple[int, str], list[tuple[str, str]]] = {
    (31, "services/previews"): [("    if told.rejects:", "    if False:")],
    (38, "engine/guard/prices"): [
        ("if quote is None or quote.symbol != symbol or", "if quote is None or"),
        ("<= case.broker_at - quote.at <= case.limits.quote_age:", "<= case.broker_at - quote.at:"),
    ],
    (38, "services/preconditions"): [("if asked_at - quote.at > FRESH else", "if False else")],
}
GUARDS = tuple(
    Guard(trap=trap, path=f"{folder}/{path}.py", old=old, new=new)
    for folder, table in (("adapters/brokers/schwab", SCHWAB), ("adapters/brokers/alpaca", ALPACA), ("bot", CORE))
    for (trap, path), pairs in table.items()
    for old, new in pairs
)


def verdict(guard: Guard, tree: Path) -> str:
    """The first test in the tree that goes red without the guard; empty where all stay green."""
    file = tree / guard.path
    text = file.read_text(encoding="utf-8")
    assert text.count(guard.old) == 1, f"{guard.path} has changed: {guard.old!r}"
    file.write_text(text.replace(guard.old, guard.new), encoding="utf-8")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", *(f"tests/{test}" for test in reversed(guard.tests))],
            cwd=tree,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    finally:
        file.write_text(text, encoding="utf-8")
    red = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert run.returncode == bool(red), run.stdout + run.stderr  # 1 says that tests failed, more that they did not run
    return red[0].split(" - ")[0].rpartition("::")[2] if red else ""


@contextmanager
def copies(count: int) -> Iterator[Queue[Path]]:
    """Copies of the tree that may be spoilt."""
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        trees: Queue[Path] = Queue()
        for number in range(count):
            tree = Path(folder, str(number))
            for part in PARTS:
                shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
            shutil.copy(ROOT / "pyproject.toml", tree)
            trees.put(tree)
        yield trees


def main(numbers: list[str]) -> int:
    """Tell of every guard, or of those of some traps, what noticed its loss; 1 where nothing did."""
    chosen = [guard for guard in GUARDS if not numbers or str(guard.trap) in numbers]
    with copies(AT_ONCE) as trees, ThreadPoolExecutor(AT_ONCE) as pool:

        def judge(guard: Guard) -> str:
            tree = trees.get()
            try:
                return verdict(guard, tree)
            finally:
                trees.put(tree)

        unnoticed = 0
        for guard, red in zip(chosen, pool.map(judge, chosen), strict=True):
            unnoticed += not red
            where = f"{guard.path.removeprefix('adapters/brokers/')}: {guard.old.strip().splitlines()[0]}"
            sys.stdout.write(f"{guard.trap:3} {red or 'NOT NOTICED'} <- {where[:100]}\n")
            sys.stdout.flush()
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
