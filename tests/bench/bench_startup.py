"""How long `rebaloop --help` takes, as a multiple of what Python takes to start and do nothing."""

import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
GOAL = 8


def main() -> bool:
    """Print the ratio of the two fastest of ROUNDS interleaved starts; whether the goal was met."""
    nothing = [sys.executable, "-c", "pass"]
    asking = [str(Path(sys.executable).with_name("rebaloop")), "--help"]
    rounds = [(_seconds(nothing), _seconds(asking)) for _ in range(ROUNDS)]
    idle = min(first for first, _ in rounds)
    help_ = min(second for _, second in rounds)
    met = help_ <= GOAL * idle
    print(
        f"rebaloop --help takes {help_ / idle:.1f}x the start of Python ({help_ * 1000:.0f} ms, {idle * 1000:.0f} ms); "
        f"goal: at most {GOAL}x, {'met' if met else 'MISSED'}"
    )
    return met


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
