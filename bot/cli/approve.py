"""`rebaloop approve`: a yes to exactly one plan, by its four-letter code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.domain.gate import Ticket
    from bot.domain.plan import Proposal
    from bot.settings.settings import Settings


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--code", help="The plan's four letters, where nobody can type them (asked for otherwise).")
@click.option("--as", "person", metavar="PERSON", help="Who says yes, where several people decide.")
@click.option("--yes", is_flag=True, help="Approve without the code; in paper mode only.")
@options.settings
def approve(plan_id: str, code: str | None, person: str | None, settings: Path | None, *, yes: bool) -> int:
    """Show PLAN again and approve it.

    The yes binds to these orders, these settings and this snapshot: change one and it is void. Sends nothing itself;
    `rebaloop run` does, while the market is open. Where your settings say that each owner decides, it asks for that
    person's passphrase too, and exit code 3 means that the plan waits for others.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.view import heading, show_plan  # noqa: PLC0415 - same
    from bot.domain.errors import NotAllowed  # noqa: PLC0415 - same
    from bot.domain.plan import Environment  # noqa: PLC0415 - same
    from bot.services.approve import find  # noqa: PLC0415 - same
    from bot.wiring import open_ledger, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    with open_ledger(chosen) as ledger:  # nobody is kept out while a person reads
        proposal, _ = find(plan_id, ledger)
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
    ticket = _say_yes(chosen, proposal, code, person)
    if ticket.missing:
        others = " and ".join(ticket.missing)
        click.echo(f"{ticket.person} has said yes to {plan_id}. It waits for {others}; nothing was sent.")
        click.echo(f"next: rebaloop approve {plan_id} --as {ticket.missing[0]}")
        return 3
    click.echo(f"Approved {plan_id}. Nothing was sent yet.\nnext: rebaloop run")
    return 0


def _say_yes(chosen: Settings, proposal: Proposal, code: str, person: str | None) -> Ticket:
    """One person's yes; who it is, and whether a passphrase is wanted, follows from the settings and the books."""
    from bot.cli.hidden import ask_passphrase  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same
    from bot.services.gate import deciders, say_yes_here  # noqa: PLC0415 - same
    from bot.services.links import missing_yes  # noqa: PLC0415 - same
    from bot.wiring import open_gate, open_house  # noqa: PLC0415 - same

    each_owner = chosen.approval.each_owner
    people = deciders(proposal, chosen.household, each_owner=each_owner)
    with open_gate(chosen) as (ledger, gate):
        people = gate.deciders(proposal.fingerprint) or people
        missing = missing_yes(proposal, people, ledger) or people
    who = person or (missing[0] if len(missing) == 1 else "")
    if not who:
        raise WrongUse(
            f"Several people decide on {proposal.plan_id}: {', '.join(people)}.",
            next_step=f"rebaloop approve {proposal.plan_id} --as {missing[0]}",
        )
    phrase = ask_passphrase(who) if each_owner or len(people) > 1 else None
    with open_house(chosen, writing=True) as house:
        assert house.gate is not None
        return say_yes_here(
            plan_id=proposal.plan_id,
            code=code,
            person=who,
            passphrase=phrase,
            people=people,
            by="terminal",
            clock=house.clock,
            ledger=house.ledger,
            gate=house.gate,
        )
