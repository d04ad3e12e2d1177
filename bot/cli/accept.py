"""`rebaloop accept`: what an account holds is right as it is, whatever its history says."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--because", "why", default="", help="Why, in your own words; kept in the ledger.")
@options.settings
def accept(account: str, why: str, settings: Path | None) -> None:
    """Say that what ACCOUNT holds now is right: plans that were stopped because of it may be drawn again."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.accept import accept as station  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_house(settings_from(settings), writing=True) as house:
        keeper = house.brokers.get(account)
        orders = [order.broker_id for order in keeper.recent(account)] if keeper else []
        station(
            account=account,
            why=why,
            household=house.household,
            clock=house.clock,
            ledger=house.ledger,
            orders=orders,
        )
    click.echo(f"Accepted what {account} holds. Nothing was sent.\nnext: rebaloop status")
