"""`rebaloop reject`: a no to a plan, or to everything."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--all", "everything", is_flag=True, help="Say no to every plan that waits, and halt.")
@click.option("--why", default="", help="A word for the history.")
@options.settings
def reject(plan_id: str | None, why: str, settings: Path | None, *, everything: bool) -> None:
    """Say no to PLAN; nothing of it will be sent. With --all to everything: nothing is sent until `rebaloop resume`."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.approve import decline  # noqa: PLC0415 - same
    from bot.services.gate import reject_all  # noqa: PLC0415 - same
    from bot.services.halt import halt  # noqa: PLC0415 - same
    from bot.wiring import brake_of, open_house, settings_from  # noqa: PLC0415 - same

    if everything == bool(plan_id):
        raise click.UsageError("Name one PLAN, or say --all.")
    log.set_up(quiet=True)
    chosen = settings_from(settings)
    if plan_id:
        with open_house(chosen, writing=True) as house:
            decline(plan_id=plan_id, by="terminal", why=why, clock=house.clock, ledger=house.ledger)
        click.echo(f"Rejected {plan_id}. Nothing of it will be sent.\nnext: rebaloop plan")
        return
    # The brake first, and without the lock: it stops a run that is under way, whatever else may fail.
    halt(why=why or "everything was rejected", by="terminal", brake=brake_of(chosen))
    with open_house(chosen) as house:
        declined = reject_all(by="terminal", why=why, clock=house.clock, ledger=house.ledger, brake=house.brake)
    names = ", ".join(proposal.plan_id for proposal in declined) or "no plan, none waited"
    click.echo(f"Rejected {names}. Halted: nothing is sent.\nnext: rebaloop resume")
