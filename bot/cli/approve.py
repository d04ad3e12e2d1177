"""`rebaloop approve`: a yes to exactly one plan, by its four-letter code."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--code", help="The plan's four letters, where nobody can type them (asked for otherwise).")
@click.option("--yes", is_flag=True, help="Approve without the code; in paper mode only.")
@options.settings
def approve(plan_id: str, code: str | None, settings: Path | None, *, yes: bool) -> None:
    """Show PLAN again and approve it.

    The yes binds to these orders, these settings and this snapshot: change one and it is void. Sends nothing itself;
    `rebaloop run` does, while the market is open.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.view import heading, show_plan  # noqa: PLC0415 - same
    from bot.domain.errors import NotAllowed  # noqa: PLC0415 - same
    from bot.domain.plan import Environment  # noqa: PLC0415 - same
    from bot.services import approve as station  # noqa: PLC0415 - same
    from bot.wiring import open_house, open_ledger, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    with open_ledger(chosen) as ledger:  # nobody is kept out while a person reads
        proposal, _ = station.find(plan_id, ledger)
    show_plan(proposal.plan, title=heading(proposal.plan_id, f"  mode {proposal.environment.value}"))
    if yes and proposal.environment is not Environment.PAPER:
        raise NotAllowed(
            "--yes approves plans of paper mode only. Nothing was sent.", next_step=f"rebaloop approve {plan_id}"
        )
    if yes:
        code = proposal.code
    elif code is None:
        click.echo(f"This plan's code is {proposal.code}.")
        code = click.prompt("Type it to approve, or leave with Ctrl-C", type=str)
    with open_house(chosen, writing=True) as house:
        station.approve(plan_id=plan_id, code=code, by="terminal", clock=house.clock, ledger=house.ledger)
    click.echo(f"Approved {plan_id}. Nothing was sent yet.\nnext: rebaloop run")
