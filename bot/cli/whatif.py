"""`rebaloop whatif`: what selling your own lots would cost, what the loop costs, and whether it is for you at all."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from bot.cli import options

STATUSES = ("single", "married_joint", "married_separate", "head_of_household")


def _percent(ctx: click.Context, param: click.Parameter, value: str) -> Decimal:
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 100:
        raise click.BadParameter(f"{value!r} is no percentage between 0 and 100", ctx, param)
    return found


@click.command()
@click.option(
    "--household",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A household file in place of the live accounts.",
)
@click.option("--filing-status", type=click.Choice(STATUSES), help="Try other taxes than those of the settings.")
@click.option("--income", type=click.IntRange(0, 10**9), metavar="USD", help="Ordinary income of a year, with it.")
@click.option("--state", callback=_percent, default="0", metavar="PERCENT", help="Your state's rate, with it.")
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def whatif(
    file: Path | None,
    filing_status: str | None,
    income: int | None,
    state: Decimal,
    settings: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say what selling would cost per $10,000 and in all, lot by lot, and what the loop costs. Sends nothing."""
    from bot.cli.sights import from_file, live, with_income  # noqa: PLC0415 - keeps --help fast
    from bot.cli.whatif_view import show_whatif, whatif_json  # noqa: PLC0415 - same
    from bot.engine.loop import draw  # noqa: PLC0415 - same
    from bot.engine.tax.naive import with_deferral  # noqa: PLC0415 - same
    from bot.engine.tax.whatif import what_if  # noqa: PLC0415 - same

    view = with_income(from_file(file) if file is not None else live(settings), filing_status, income, state)
    day = view.day
    found = what_if(day.household, day.policy, day.snapshot)
    plan = draw(day.household, day.policy, day.snapshot)
    plan = with_deferral(plan, day.household, day.policy, day.snapshot)
    if as_json:
        click.echo(json.dumps(whatif_json(found, plan)))
    else:
        show_whatif(found, plan)
