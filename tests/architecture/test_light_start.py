"""Asking for help costs nothing: no heavy library is loaded before a command needs it."""

import subprocess
import sys

from tests.architecture.tree import ROOT

HEAVY = ("pandas", "numpy", "matplotlib", "schwab", "alpaca", "requests", "holidays")

PROGRAM = f"""
import sys
from bot.__main__ import main
sys.argv = ["rebaloop", "--help"]
try:
    main()
finally:
    print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)
"""


def test_help_loads_no_heavy_library() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert run.returncode == 0, run.stderr
    assert "Usage" in run.stdout
    assert run.stderr.splitlines()[-1] == "loaded:"
