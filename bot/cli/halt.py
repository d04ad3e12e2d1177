"""`rebaloop halt`: from now on nothing is sent."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.option("--because", "why", default="", help="Why, in your own words; shown until you say `resume`.")
@options.settings
def halt(why: str, settings: Path | None) -> None:
    """Send nothing from now on, also in a run that is under way. Orders at a broker stay as they are."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.halt import halt as station  # noqa: PLC0415 - same
    from bot.wiring import brake_of, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    station(why=why, by="terminal", brake=brake_of(settings_from(settings)))
    click.echo("Halted: plans are still drawn, nothing is sent.\nnext: rebaloop resume")
