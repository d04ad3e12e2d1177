"""The pie by class, before and after a plan: as rows with bars, and as a table of text."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.money import Usd
from bot.domain.plan import ClassLine, Plan
from bot.letters.words import clean, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """One class in words. `bar_now` and `bar_after`: widths in whole percents of half the axis, negative under goal.

    All rows of a plan share one axis, which ends at the largest distance of any class; what is off at all has a bar.
    """

    name: str
    target: str
    now: str
    after: str
    off_now: str
    off_after: str
    outside: bool
    bar_now: int
    bar_after: int

    @property
    def band(self) -> str:
        """`inside` or `outside`, as it stands now."""
        return "outside" if self.outside else "inside"

    @property
    def words_now(self) -> str:
        """`$20,000.00 under goal`."""
        return _distance(self.off_now)

    @property
    def words_after(self) -> str:
        """The same after the plan."""
        return _distance(self.off_after)


def drift_rows(plan: Plan) -> tuple[DriftRow, ...]:
    """The classes of the pie, in its order."""
    offs = [abs(off.cents) for line in plan.classes for off in (line.before - line.goal, line.after - line.goal)]
    return tuple(_row(line, plan.pie, max(offs, default=0)) for line in plan.classes)


def _row(line: ClassLine, pie: Usd, longest: int) -> DriftRow:
    off_now, off_after = line.before - line.goal, line.after - line.goal
    return DriftRow(
        name=clean(line.asset_class),
        target=f"{line.target_pct.normalize():f}%",
        now=percent(line.before, pie),
        after=percent(line.after, pie),
        off_now=str(off_now),
        off_after=str(off_after),
        outside=line.out_of_band,
        bar_now=_width(off_now, longest),
        bar_after=_width(off_after, longest),
    )


def _width(off: Usd, longest: int) -> int:
    if not off:
        return 0
    width = max(1, abs(off.cents) * 100 // longest)
    return width if off.cents > 0 else -width


def _distance(off: str) -> str:
    if off == "$0.00":
        return "on goal"
    return f"{off.removeprefix('-')} {'under' if off.startswith('-') else 'over'} goal"


def drift_table(rows: tuple[DriftRow, ...], before: str, after: str) -> str:
    """The same as text: target, share, distance to goal."""
    lines = [f"{'class':<14}{'target':>8}{'now':>8}{'after':>8}{'off now':>15}{'off after':>15}  band"]
    lines += [
        f"{row.name[:13]:<14}{row.target:>8}{row.now:>8}{row.after:>8}{row.off_now:>15}{row.off_after:>15}  {row.band}"
        for row in rows
    ]
    lines.append(f"{'drift':<38}{before:>15}{after:>15}")
    return "\n".join(lines)
