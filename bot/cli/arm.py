"""`rebaloop arm`: the second word that real accounts need, from a person who knows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.domain.household import Account
    from bot.settings.settings import Settings


@click.command()
@options.settings
def arm(settings: Path | None) -> None:
    """Open real accounts: type each one's kind and the last four characters of its number, and your limits.

    It takes `mode: live` in the settings and ten clean paper cycles in the books. In the first three live plans an
    order moves at most $1,000. A change of accounts, limits or rules of approval takes it back, and so does
    `rebaloop disarm`.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same
    from bot.domain.plan import Environment  # noqa: PLC0415 - same
    from bot.keepers import number_ends  # noqa: PLC0415 - same
    from bot.services import arming  # noqa: PLC0415 - same
    from bot.wiring import open_ledger, settings_from, time_of  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    if chosen.mode is not Environment.LIVE:
        message = f"The mode is {chosen.mode.value}: there is nothing to arm."
        raise WrongUse(message, next_step="write `mode: live` into the settings first")
    with open_ledger(chosen) as ledger:
        arming.check_cycles(ledger)
        ends = number_ends(chosen)
        for account in chosen.household.accounts:
            _ask_account(account, ends[account.id])
        _ask_limits(chosen)
        arming.arm(terms=chosen.armed_for, by="terminal", clock=time_of(chosen), ledger=ledger)
    click.echo(f"Armed. In the first {arming.SMALL_PLANS} plans an order moves at most {arming.SMALL_ORDER}.")
    click.echo("next: rebaloop run; rebaloop disarm takes it back, rebaloop halt stops a run under way")


def _ask_account(account: Account, ends: str) -> None:
    """Kind and number as the owner knows them; what is expected is not shown."""
    wanted = f"{account.kind.value} {ends}".lower().split()
    question = "its kind and the last four characters of its number" if ends else "its kind"
    said = str(click.prompt(f"{account.id}, {question}", type=str))
    if said.lower().split() != wanted:
        raise _not_armed(f"That is not what is known of {account.id}.")


def _ask_limits(chosen: Settings) -> None:
    limits = chosen.limits
    wanted = [f"{limits.order_pct:f}", f"{limits.day_pct:f}", str(limits.day_orders)]
    click.echo(f"An order may move {wanted[0]}% of the household, a day {wanted[1]}% in {wanted[2]} orders.")
    said = str(click.prompt("Type these three numbers to confirm them", type=str))
    if said.replace("%", " ").split() != wanted:
        raise _not_armed("Those are not your limits.")


def _not_armed(why: str) -> Exception:
    from bot.domain.errors import NotAllowed  # noqa: PLC0415 - keeps --help fast

    return NotAllowed(f"{why} Nothing is armed.", next_step="rebaloop config show, then rebaloop arm")
