"""`rebaloop login`: through any browser to a token that lasts for a week."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from adapters.brokers.schwab.access import Access
    from adapters.brokers.schwab.logins import NewLogin
    from bot.settings.settings import SchwabLogin, Settings


@click.command()
@click.argument("name", metavar="[NAME]", required=False, default="")
@click.option("--url", "pasted", metavar="ADDRESS", help="The address that the browser was sent to, if not pasted.")
@options.settings
def login(name: str, pasted: str | None, settings: Path | None) -> None:
    """Log in as NAME, one of the `logins` of the settings; `schwab` or nothing where there is just one.

    No browser is needed on this machine. An older login stays as it is until the new one has been proven.
    """
    from adapters.brokers.schwab.logins import log_in  # noqa: PLC0415 - keeps --help fast
    from adapters.clock import SystemClock  # noqa: PLC0415 - same
    from bot import log  # noqa: PLC0415 - same
    from bot.keepers import access_of  # noqa: PLC0415 - same
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    clock, household = SystemClock(), settings_from(settings)
    chosen = _chosen(household, name)
    access = access_of(chosen)
    if pasted is None:
        _show_the_way(access)
        pasted = click.prompt("Paste the address here", prompt_suffix=": ", type=str)
    _tell(log_in(access, pasted, expected=_expected(household, chosen), clock=clock))


def _chosen(household: Settings, name: str) -> SchwabLogin:
    """The login of that name; `schwab` and nothing mean the only one."""
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    by_name = {login.name: login for login in household.logins}
    if name in by_name:
        return by_name[name]
    if len(by_name) == 1 and name in {"", "schwab"}:
        return next(iter(by_name.values()))
    if not by_name:
        raise WrongUse("The settings name no login.", next_step=f"add `logins:` to {household.file}")
    known = ", ".join(f"`{login}`" for login in by_name)
    message = f"There is no login {name!r}; there are {known}." if name else f"Which login? There are {known}."
    raise WrongUse(message, next_step=f"rebaloop login {next(iter(by_name))}")


def _expected(household: Settings, chosen: SchwabLogin) -> dict[str, str]:
    from bot.settings.settings import SchwabConnection  # noqa: PLC0415 - keeps --help fast

    return {
        connection.account: connection.number.reveal()
        for connection in household.connections
        if isinstance(connection, SchwabConnection) and connection.login == chosen.name
    }


def _show_the_way(access: Access) -> None:
    from adapters.brokers.schwab.redirects import authorization_url  # noqa: PLC0415 - keeps --help fast
    from adapters.clock import SystemClock  # noqa: PLC0415 - same

    click.echo(f"1. Open this address in any browser, log in as `{access.name}` and tick every account:\n")
    click.echo(f"   {authorization_url(access, SystemClock().now())}\n")
    click.echo(f"2. The browser then finds nothing at {access.callback_url}, which is as it should be.")
    click.echo("   Copy the whole address from its address bar, within half a minute.\n")


def _tell(new: NewLogin) -> None:
    from bot.domain.logins import local_words  # noqa: PLC0415 - keeps --help fast

    count = f"{len(new.opened)} account{'' if len(new.opened) == 1 else 's'}"
    click.echo(f"The login `{new.login.name}` opens {count}:")
    for account in new.opened:
        click.echo(f"  {account.masked}  {account.alias or '(not in the settings)'}")
    for alias in new.missing:
        click.echo(f"Warning: it does not open `{alias}`; log in again and tick that account, or correct its number.")
    click.echo(f"It lasts until {local_words(new.login.expires_at)}.\nnext: rebaloop status")
