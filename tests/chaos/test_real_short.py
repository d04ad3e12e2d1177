"""Two hundred real kills at every named point, and no order that nobody meant: the short form of the long run."""

from __future__ import annotations

import subprocess
import sys

KILLS = 200


def test_no_kill_at_any_point_doubles_loses_or_invents_an_order() -> None:
    """In a process of its own, which has no threads when it forks; it also fails where a point was never hit."""
    command = [sys.executable, "-m", "tests.chaos.real.run", str(KILLS), "--seed", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
