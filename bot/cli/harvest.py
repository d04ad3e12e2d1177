"""`rebaloop harvest`: which shares are at a clean loss, from which day, and what nobody may buy meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("symbol", metavar="SYMBOL")
@click.option(
    "--household",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A household file in place of the live accounts.",
)
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def harvest(symbol: str, file: Path | None, settings: Path | None, *, as_json: bool) -> None:
    """Say which shares of SYMBOL stand at a loss in taxable accounts, and from when a sale is clean. Sends nothing.

    A loss is clean when nobody in the household, spouse and shelters among them, buys the same within 30 days before
    or after the sale.
    """
    from bot.cli.harvest_view import harvest_json, show_harvest  # noqa: PLC0415 - keeps --help fast
    from bot.cli.sights import from_file, known_symbol, live  # noqa: PLC0415 - same
    from bot.engine.harvest import harvest as look  # noqa: PLC0415 - same

    view = from_file(file) if file is not None else live(settings)
    day = view.day
    found = look(day.household, day.policy.on(day.snapshot.as_of_on), day.snapshot, known_symbol(day.household, symbol))
    reinvests = {one.account for one in day.snapshot.remarks if one.code == "reinvestment_on"}
    if as_json:
        click.echo(json.dumps(harvest_json(found)))
    else:
        show_harvest(found, reinvests)
