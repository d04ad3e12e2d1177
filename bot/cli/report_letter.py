"""`rebaloop report --letter`: the page for whoever takes over, on the terminal and in the post, or in a file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot import log
from bot.domain.letter import Letter
from bot.letters.successor import Estate, successor_letter
from bot.services.cycle import look
from bot.settings.settings import AlpacaConnection, Connection, SchwabConnection, Settings
from bot.wiring import open_house, settings_from


def write_letter(explicit: Path | None, html: Path | None) -> None:
    """Show the page, and write it to a file or hand it to the post. Sends no order."""
    log.set_up(quiet=True)
    settings = settings_from(explicit)
    with open_house(settings) as house:
        snapshot = look(house)
        letter = successor_letter(
            Estate(
                household=house.household,
                snapshot=snapshot,
                mode=settings.mode,
                keepers={one.account: _keeper(one) for one in settings.connections},
                ask=settings.successor.ask,
                papers=settings.successor.papers,
            )
        )
        if html is None:
            house.postbox.send(letter)
            house.postbox.deliver()
    click.echo(letter.text)
    click.echo(f"next: {_next(settings, letter, html)}")


def _keeper(connection: Connection) -> str:
    match connection:
        case AlpacaConnection():
            return "Alpaca"
        case SchwabConnection():
            return "Schwab"
        case _:
            return "a keeper whose statements its owner puts into a file"


def _next(settings: Settings, letter: Letter, html: Path | None) -> str:
    """Where it went, or where it is kept now: nobody else may read it there."""
    if html is None:
        return "rebaloop letters" if settings.mail else f"print the newest file in {settings.letters}"
    with os.fdopen(os.open(html, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(letter.html)
    return f"print {html}, and put it where the papers are"
