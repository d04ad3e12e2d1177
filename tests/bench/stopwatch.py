"""Measures contenders side by side, and says whether a goal was met."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Contender = Callable[[], object]


@dataclass(kw_only=True)
class Readings:
    """Milliseconds of the processor by contender; the processor's, since the machine may have others to serve."""

    by_name: dict[str, list[float]] = field(default_factory=dict)

    def race(self, contenders: Mapping[str, Contender]) -> None:
        """Run each contender once, one directly after the other, so that a busy minute is everyone's."""
        gc.collect()
        for name, run in contenders.items():
            started = time.process_time_ns()
            run()
            self.by_name.setdefault(name, []).append((time.process_time_ns() - started) / 1e6)

    def median(self, name: str) -> float:
        """Half of the readings are below."""
        return statistics.median(self.by_name[name])

    def p99(self, name: str) -> float:
        """99 in 100 readings are below; the largest where there are fewer than a hundred."""
        rows = sorted(self.by_name[name])
        return rows[min(len(rows) - 1, len(rows) * 99 // 100)]

    def ratio(self, name: str, other: str) -> float:
        """The median of how many times longer `name` took than `other` for the same household."""
        pairs = zip(self.by_name[name], self.by_name[other], strict=True)
        return statistics.median(mine / max(theirs, 1e-6) for mine, theirs in pairs)

    def print(self, title: str) -> None:
        """One line for each contender."""
        for name, rows in self.by_name.items():
            print(
                f"  {title:>6}  {name:<16} median {self.median(name):9.3f} ms   p99 {self.p99(name):9.3f} ms   "
                f"({len(rows)} households)"
            )


def goal(text: str, *, met: bool) -> bool:
    """Print a goal and whether it was met; whether it was."""
    print(f"    {'ok    ' if met else 'MISSED'} {text}")
    return met
