"""Which automatic orders may go out by themselves, and which wait until a person has done the manual part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.instruments import look_through
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Side
from bot.engine.pie import Pie


def wait_for_manual(pie: Pie, lines: Sequence[PlanLine]) -> tuple[PlanLine, ...]:
    """Mark the automatic lines that would not lower total drift without the manual ones; accounts stay whole.

    The accounts whose orders only make sense together with manual legs are left out one by one, the most harmful
    first; what remains must lower drift by itself, or everything waits.
    """
    if all(line.automatic for line in lines):
        return tuple(lines)
    alone = {line.account for line in lines if line.automatic}
    while alone:
        now = _drift(pie, lines, alone)
        without = {account: _drift(pie, lines, alone - {account}) for account in sorted(alone)}
        worst = min(without, key=lambda account: without[account])
        if without[worst] > now:
            break
        alone.remove(worst)
    return tuple(replace(line, after_manual=line.automatic and line.account not in alone) for line in lines)


def _drift(pie: Pie, lines: Iterable[PlanLine], accounts: set[str]) -> int:
    worth = list(pie.worth)
    for line in lines:
        if line.account in accounts:
            sign = 1 if line.side is Side.BUY else -1
            counted = pie.counted(line)
            for name, cents in look_through(line.asset_class, line.exposure, counted):
                worth[pie.classes.index(name)] += sign * cents
            worth[pie.cash] -= sign * counted
    return pie.drift(worth)
