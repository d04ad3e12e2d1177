"""`rebaloop disarm`: nothing goes to real accounts any more."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.option("--because", "why", default="", help="Why, in your own words.")
@options.settings
def disarm(why: str, settings: Path | None) -> None:
    """Send nothing to real accounts any more, from the next order on; orders that are open stay at the broker."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services import arming  # noqa: PLC0415 - same
    from bot.wiring import open_ledger, settings_from, time_of  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    with open_ledger(chosen) as ledger:
        held = arming.disarm(by="terminal", why=why, clock=time_of(chosen), ledger=ledger)
    click.echo("Disarmed: no order goes to a real account." if held else "Nothing was armed.")
