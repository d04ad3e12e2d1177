"""`rebaloop tick`: a manual order has been carried out."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)
@options.settings
def tick(plan_id: str, numbers: tuple[int, ...], settings: Path | None) -> None:
    """Tick off manual orders of PLAN by their numbers; orders that waited for them may then go out."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.approve import tick as station  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_house(settings_from(settings), writing=True) as house:
        for number in numbers:
            station(plan_id=plan_id, line=number, clock=house.clock, ledger=house.ledger)
            click.echo(f"Ticked off order {number} of {plan_id}.")
    click.echo("next: put the new holdings into the statement file, then: rebaloop run")
