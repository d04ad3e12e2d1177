"""Two plans side by side, for machines and for people: what changed from the one to the other."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from bot.cli.answer import Json
from bot.cli.cases import Case
from bot.cli.view import console, heading, whole
from bot.domain.money import Shares, Usd
from bot.engine.difference import ClassChange, Difference, OrderChange, difference

WORDS = {
    "pie": "Pie",
    "drift_before": "Drift before the orders",
    "drift_after": "Drift after the orders",
    "drift_limit": "At best, without a taxable gain",
    "tax": "Tax",
}


def compared(before: Case, after: Case) -> Json:
    """One object; every figure as [before, after], money and counts as decimal strings."""
    changes = difference(before.plan, after.plan)
    return {
        "plans": [before.name, after.name],
        "same": changes.is_empty,
        **{f"{key}_usd": [was.plain, now.plain] for key, (was, now) in _figures(changes).items()},
        "orders": [_order(change) for change in changes.orders],
        "classes": [_class(change) for change in changes.classes],
    }


def _figures(changes: Difference) -> dict[str, tuple[Usd, Usd]]:
    return {
        "pie": changes.pie,
        "drift_before": changes.drift_before,
        "drift_after": changes.drift_after,
        "drift_limit": changes.drift_limit,
        "tax": changes.tax,
    }


def _order(change: OrderChange) -> Json:
    return {
        "change": change.change.value,
        "account": change.account,
        "side": change.side.value,
        "symbol": change.symbol,
        "quantity": [change.shares_before.plain, change.shares_after.plain],
        "usd": [change.usd_before.plain, change.usd_after.plain],
    }


def _class(change: ClassChange) -> Json:
    return {
        "class": change.asset_class,
        "changed": change.why,
        "goal_usd": [change.goal_before.plain, change.goal_after.plain],
        "now_usd": [change.now_before.plain, change.now_after.plain],
    }


def show_compared(before: Case, after: Case) -> None:
    """Write the changes to the terminal, at most 100 columns wide."""
    changes, out = difference(before.plan, after.plan), console()
    out.print(heading(f"{before.name} → {after.name}", f"  {before.plan.as_of_on} → {after.plan.as_of_on}"))
    if changes.is_empty:
        out.print("The two plans say the same.")
        return
    table = _table("", "Before", "After")
    for key, (was, now) in _figures(changes).items():
        table.add_row(WORDS[key], whole(was), whole(now))
    out.print(table)
    out.print(_orders_table(changes) if changes.orders else "The orders are the same.")
    out.print(_classes_table(changes) if changes.classes else "No class changed its goal or what is held of it.")


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number and name else "left")
    return table


def _orders_table(changes: Difference) -> Table:
    table = _table("Order", "Before", "After", "")
    for one in changes.orders:
        name = f"{one.account}: {one.side.value.upper()} {one.symbol}"
        was, now = (_size(*size) for size in ((one.shares_before, one.usd_before), (one.shares_after, one.usd_after)))
        table.add_row(Text(name), was, now, one.change.value)
    return table


def _size(shares: Shares, usd: Usd) -> str:
    count = f"{shares.count:,.3f}".rstrip("0").rstrip(".")
    return f"{count} for {whole(usd)}" if shares else "-"


def _classes_table(changes: Difference) -> Table:
    table = _table("Class", "Goal before", "Goal after", "Held before", "Held after")
    for one in changes.classes:
        cells = (whole(usd) for usd in (one.goal_before, one.goal_after, one.now_before, one.now_after))
        table.add_row(Text(one.asset_class), *cells)
    return table
