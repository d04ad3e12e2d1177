"""Whole shares: from the exact flow to orders in shares that can be counted."""

from __future__ import annotations

from bot.domain.snapshot import Side
from bot.engine.layout import Skip
from bot.engine.orders import Draft
from bot.engine.pie import Pie
from bot.engine.repair import Repair
from bot.engine.rounding import WHOLE, Rounding
from bot.engine.solve import Solution


def cures(pie: Pie, solution: Solution) -> list[Draft]:
    """The whole shares that must be sold to cure debts, and nothing else."""
    rounding = Rounding(pie, solution, frozenset(), as_routed=True)
    return [draft for draft in rounding.drafts() if draft.side is Side.SELL]


def whole(pie: Pie, solution: Solution, skip: Skip, *, as_routed: bool) -> list[Draft]:
    """Orders in whole shares, near the exact flow; `as_routed` keeps a taxable account to the classes it was given."""
    rounding = Rounding(pie, solution, skip, as_routed=as_routed)
    Repair(rounding).run()
    _sell_no_more(rounding)
    return rounding.drafts()


def _sell_no_more(rounding: Rounding) -> None:
    """Keep what need not be sold for the result."""
    for i, slot in enumerate(rounding.slots):
        for step in (1,) if slot.unit == WHOLE else (10**6, 10**3, 1):
            while rounding.count[i] + step <= 0 <= rounding.gain([(i, step)]):
                rounding.move(i, step)
