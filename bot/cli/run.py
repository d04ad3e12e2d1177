"""`rebaloop run`: one run, as cron or a systemd timer would start it."""

from __future__ import annotations

import json
from contextlib import ExitStack
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
    from bot.services.house import House
    from bot.settings.settings import Settings


@click.command()
@options.settings
@click.option("--due", is_flag=True, help="Only what is due now, by the calendar; nothing on other days.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def run(settings: Path | None, *, due: bool, as_json: bool) -> int:
    """One run: finish what was begun; send an approved plan; otherwise look, propose and write a letter.

    A second run right after it does nothing new. Exit code 3 means that a plan waits for a yes.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.pinging import pinged  # noqa: PLC0415 - same
    from bot.cli.standing import standing  # noqa: PLC0415 - same
    from bot.services.trouble import run_and_tell  # noqa: PLC0415 - same
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=False)
    if due:
        from bot.cli.due import run_due  # noqa: PLC0415 - same

        found = settings_from(settings)
        with pinged(found):
            return run_due(found, as_json=as_json)
    with ExitStack() as opened:
        found = settings_from(settings)
        opened.enter_context(pinged(found))
        house = _opened(found, opened)
        try:
            report = run_and_tell(house)
        finally:
            house.postbox.deliver()  # also what a run that failed has written
        kept = standing(report.proposal, house.ledger) if report.proposal else None
    if as_json:
        click.echo(json.dumps(summary(report)))
    else:
        _tell(report, kept)
    if report.execution is None and kept and kept.waits:
        return 3
    return 1 if report.refusals or (report.reconciled and report.reconciled.breaks) else 0


def _opened(settings: Settings, opened: ExitStack) -> House:
    """The house; what only its owner can mend before it can be opened is told in a letter too."""
    from bot.cli.shut import telling_if_shut  # noqa: PLC0415 - keeps --help fast
    from bot.wiring import open_house  # noqa: PLC0415 - same

    with telling_if_shut(settings):
        return opened.enter_context(open_house(settings, writing=True))


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
