"""Runs every benchmark of this folder (`make bench`), or those named: `make bench ARGS=startup`."""

import importlib
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """Run the benchmarks one after the other; 1 when a goal was missed, else 0."""
    stems = [f"bench_{name}" for name in names] or sorted(
        path.stem for path in Path(__file__).parent.glob("bench_*.py")
    )
    met = [importlib.import_module(f"tests.bench.{stem}").main() for stem in stems]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
