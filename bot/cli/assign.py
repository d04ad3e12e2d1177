"""`rebaloop assign`: cash that was held may be invested."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--because", "why", default="", help="Why, in your own words; kept in the ledger.")
@options.settings
def assign(account: str, why: str, settings: Path | None) -> None:
    """Say that the cash of ACCOUNT that is held may be invested: an unusual deposit, or what was there at first."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.held_cash import assign as station  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_house(settings_from(settings), writing=True) as house:
        amount = station(account=account, why=why, household=house.household, clock=house.clock, ledger=house.ledger)
    click.echo(f"{amount} of {account} may be invested. Nothing was sent.\nnext: rebaloop run")
