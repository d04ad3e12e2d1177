"""`rebaloop reject`: a no to a plan."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--why", default="", help="A word for the history.")
@options.settings
def reject(plan_id: str, why: str, settings: Path | None) -> None:
    """Say no to PLAN; nothing of it will be sent."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.approve import decline  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_house(settings_from(settings), writing=True) as house:
        decline(plan_id=plan_id, by="terminal", why=why, clock=house.clock, ledger=house.ledger)
    click.echo(f"Rejected {plan_id}. Nothing of it will be sent.\nnext: rebaloop plan")
