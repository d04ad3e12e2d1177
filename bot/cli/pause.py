"""`rebaloop pause`: nothing is drawn or sent until a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bot.cli import options

LONGEST = 366  # days


@click.command()
@click.option("--until", "until_text", required=True, metavar="DATE", help="The first day on which it goes on.")
@click.option("--because", "why", default="", help="Why, in your own words.")
@options.settings
def pause(until_text: str, why: str, settings: Path | None) -> None:
    """Draw and send nothing until DATE (such as 2027-01-15, New York); open orders are followed, reminders come."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same
    from bot.services.terms import new_york_date  # noqa: PLC0415 - same
    from bot.wiring import pause_of, settings_from, time_of  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    try:
        until = date.fromisoformat(until_text)
    except ValueError:
        raise WrongUse(f"{until_text!r} is no day.", next_step="rebaloop pause --until 2027-01-15") from None
    today = new_york_date(time_of(chosen).now())
    if not 0 < (until - today).days <= LONGEST:
        message = f"A pause ends on a later day, within a year; today is {today}."
        raise WrongUse(message, next_step="rebaloop halt, for as long as you like")
    pause_of(chosen).begin(until, why)
    click.echo(f"Paused until {until}: nothing is drawn or sent before.\nnext: rebaloop resume, to end it earlier")
