"""How the core of the engine compares with other people's tools on the same households: ratios within one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.stopwatch import goal

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-bench"
LOCK = ROOT / "requirements-bench.lock"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
GOALS = {  # (size, contender): the core may take at most so many times as long
    ("2x3", "realloc"): 2.0,
    ("4x6", "realloc"): 2.0,
    ("8x10", "realloc"): 4.0,
    ("4x6", "cvxpy"): 1 / 30,
    ("2x3", "taxrebalance"): 1 / 1000,
    ("4x6", "taxrebalance"): 1 / 1000,
    ("8x10", "taxrebalance"): 1 / 1000,
}


def main() -> bool:
    """Print medians, ratios and the drift left; whether the goals were met, true where the peers cannot be had."""
    if not _installed():
        print(f"peers: not measured, {LOCK.name} cannot be installed here")
        return True
    print("peers on households with open menus and one fund for each class:")
    met, last = True, ""
    rows = dict[str, list[dict[str, Any]]]()
    for row in _races():
        if last and row["size"] != last:
            met &= _report(last, rows[last])
        last = row["size"]
        rows.setdefault(last, []).append(row)
    return met & _report(last, rows[last])


def _installed() -> bool:
    """Bring the peers' environment in line with its lock; whether that could be done."""
    mark = ENVIRONMENT / ".locked"
    if mark.is_file() and mark.read_bytes() == LOCK.read_bytes():
        return True
    print(f"peers: installing {LOCK.name} into {ENVIRONMENT.name} (once)", flush=True)
    python = ENVIRONMENT / "bin" / "python"
    make = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
    install = [str(python), "-m", "pip", "install", "-qq", "--require-hashes", "--no-deps", "-r", str(LOCK)]
    for command in (make, install):
        if subprocess.run(command, check=False).returncode:
            return False
    mark.write_bytes(LOCK.read_bytes())
    return True


def _races() -> Iterator[dict[str, Any]]:
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "tests.bench.peers"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from (json.loads(line) for line in process.stdout)
    if process.returncode:
        raise SystemExit(f"peers: the race ended with exit code {process.returncode}")


def _report(size: str, rows: list[dict[str, Any]]) -> bool:
    met = []
    for name in sorted({name for row in rows for name in row["ms"]}):
        mine = [row for row in rows if name in row["ms"]]
        taken = median(row["ms"][name] for row in mine)
        ratio = median(row["ms"]["core"] / row["ms"][name] for row in mine)
        left = median(row["drift"][name] / row["pie"]["total"] for row in mine)
        drift = "drift: sees no accounts" if name == "taxrebalance" else f"drift left {left:7.3%}"
        shown = f"core takes {ratio:.2f}x" if ratio > 0.5 else f"core takes 1/{1 / ratio:,.0f}"
        print(f"  {size:>6}  {name:<18} median {taken:9.3f} ms   {shown:<22} {drift}   ({len(mine)} households)")
        if (size, name) in GOALS:
            most = GOALS[size, name]
            wanted = f"{most:.0f}x" if most >= 1 else f"1/{1 / most:,.0f}"
            met.append(
                (f"core against {name}: {shown.removeprefix('core takes ')}, goal at most {wanted}", ratio <= most)
            )
    return sum(goal(text, met=reached) for text, reached in met) == len(met)
