"""`rebaloop run`: one run, as cron or a systemd timer would start it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from bot.cli.standing import Standing
    from bot.domain.violations import Violation
    from bot.services.cycle import CycleReport


@click.command()
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run(settings: Path | None, *, as_json: bool) -> int:
    """One run: finish what was begun; send an approved plan; otherwise look, propose and write a letter.

    A second run right after it does nothing new. Exit code 3 means that a plan waits for a yes.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.standing import standing  # noqa: PLC0415 - same
    from bot.services import cycle  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=False)
    with open_house(settings_from(settings), writing=True) as house:
        report = cycle.run(house)
        kept = standing(report.proposal, house.ledger) if report.proposal else None
    if as_json:
        click.echo(json.dumps(summary(report)))
    else:
        _tell(report, kept)
    if report.execution is None and kept and kept.waits:
        return 3
    return 1 if report.refusals or (report.reconciled and report.reconciled.breaks) else 0


def summary(report: CycleReport) -> dict[str, object]:
    """A run as JSON values."""
    orders = report.execution.orders if report.execution else ()
    return {
        "outcome": report.outcome.value,
        "plan": report.proposal.plan_id if report.proposal else None,
        "refusals": [r.message for r in (report.execution.refusals if report.execution else report.refusals)],
        "orders": [
            {
                "account": order.intent.account,
                "side": order.intent.side.value,
                "symbol": order.intent.symbol,
                "quantity": order.intent.quantity.plain,
                "filled": order.filled.plain,
                "state": order.state.value,
            }
            for order in orders
        ],
        "breaks": [b.message for b in report.reconciled.breaks] if report.reconciled else [],
    }


def _tell(report: CycleReport, kept: Standing | None) -> None:
    from bot.cli.view import console, show_orders, show_plan  # noqa: PLC0415 - tables are for people

    out = console()
    if report.execution is None:
        if report.plan is not None:
            show_plan(report.plan)
        _list(out, "Not proposed", report.refusals)
        if kept is not None:
            out.print(kept.words)
        return
    _list(out, "Not sent", report.execution.refusals)
    show_orders(report.execution.orders)
    for leg in report.execution.legs:
        if leg.note:
            out.print(f"Order {leg.line.number}: {leg.note}")
    if report.reconciled is not None:
        breaks = report.reconciled.breaks
        out.print("Books and brokers agree." if not breaks else "BOOKS AND BROKERS DISAGREE:")
        for found in breaks:
            out.print(f"  {found.message}")
    if kept is not None and kept.by_hand:
        out.print(kept.words)


def _list(out: Console, what: str, refusals: Iterable[Violation]) -> None:
    for refusal in refusals:
        out.print(f"{what}: {refusal.message}")
