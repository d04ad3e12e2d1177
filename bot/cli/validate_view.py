"""A validation as a table with its verdict, and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from bot.cli.view import console, whole
from bot.domain.money import Usd
from bot.services.validation import Trial

BASIS_POINTS = 10_000


def summary(trials: Sequence[Trial], clean: int, wanted: int, where: str) -> dict[str, object]:
    """The validation as one JSON object."""
    return {
        "where": where,
        "verdict": verdict(trials, clean, wanted),
        "clean_cycles": clean,
        "wanted_cycles": wanted,
        "figures_compared": sum(one.compared for one in trials),
        "slippage_usd": Usd.total(one.slippage for one in trials).plain,
        "slippage_bp": str(slippage_bp(trials)),
        "cycles": [
            {
                "on": one.on.isoformat(),
                "plan": one.plan or None,
                "clean": one.is_clean,
                "orders": one.orders,
                "filled": one.filled,
                "rejected": one.rejected,
                "traded_usd": one.traded.plain,
                "slippage_usd": one.slippage.plain,
                "seconds_to_fill": one.seconds,
                "drift_usd_before": one.drift_before.plain,
                "drift_usd_planned": one.drift_planned.plain,
                "drift_usd_after": one.drift_after.plain,
                "figures_compared": one.compared,
                "differences": list(one.differences),
                "notes": list(one.refusals),
            }
            for one in trials
        ],
    }


def show(trials: Sequence[Trial], clean: int, wanted: int, where: str) -> None:
    """The same for people."""
    out, table = console(), Table(box=None, pad_edge=False)
    table.add_column("session", no_wrap=True)
    for name in ("filled", "rejected", "traded", "slippage", "to fill", "drift", "after"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in trials:
        filled = f"{one.filled} of {one.orders}"
        money = (whole(one.traded), str(one.slippage), f"{one.seconds} s")
        drift = (whole(one.drift_before), whole(one.drift_after))
        table.add_row(one.on.isoformat(), filled, str(one.rejected), *money, *drift)
    out.print(table)
    for one in trials:
        for sentence in (*one.differences, *one.refusals):
            out.print(Text(f"{one.on}: {sentence}"))
    figures = sum(one.compared for one in trials)
    wrong = sum(len(one.differences) for one in trials)
    out.print(f"\n{figures} counts and sums compared at {where}, to the share and the cent: {wrong} differ.")
    out.print(
        f"Slippage {Usd.total(one.slippage for one in trials)}, {slippage_bp(trials)} basis points of what was traded."
    )
    out.print(verdict(trials, clean, wanted))


def slippage_bp(trials: Sequence[Trial]) -> Decimal:
    """Slippage in basis points of what was traded, to a hundredth."""
    whole = Usd.total(one.traded for one in trials).cents
    over = Usd.total(one.slippage for one in trials).cents
    return (Decimal(over * BASIS_POINTS) / whole).quantize(Decimal("0.01")) if whole else Decimal(0)


def verdict(trials: Sequence[Trial], clean: int, wanted: int) -> str:
    """One sentence: what is wrong, what is proved, or what is missing."""
    wrong = [one for one in trials if one.differences or one.rejected]
    if wrong:
        return f"FAILED on {wrong[0].on}: look at it before anything else is sent."
    if clean >= wanted:
        return f"PASSED: {clean} clean cycles."
    dirty = [one for one in trials if not one.is_clean]
    tail = f" The one of {dirty[-1].on} does not count." if dirty else ""
    return f"NOT YET: {clean} of {wanted} clean cycles.{tail}"
