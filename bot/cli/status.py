"""`rebaloop status`: the household as one pie over all brokers, account by account, and the plan that waits."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import options


@click.command()
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--incognito", is_flag=True, help="Hide amounts and counts; shares of the pie stay.")
def status(settings: Path | None, *, as_json: bool, incognito: bool) -> None:
    """Read every account and show the household as one pie. Sends nothing.

    One account that cannot be read is no smaller pie: then each account's health is shown, and nothing else.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.health import show_health  # noqa: PLC0415 - same
    from bot.cli.portrait import Portrait, as_tree  # noqa: PLC0415 - same
    from bot.cli.portrait_view import show  # noqa: PLC0415 - same
    from bot.domain.errors import LogIn, Reconcile, TryLater  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_house(settings_from(settings)) as house:
        try:
            portrait = Portrait.of(house)
        except (LogIn, TryLater, Reconcile):
            if not as_json:
                show_health(house)
            raise
    if as_json:
        click.echo(json.dumps(as_tree(portrait, incognito=incognito)))
    else:
        show(portrait, incognito=incognito)
