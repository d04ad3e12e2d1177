"""`rebaloop next`: what is due when, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.services.agenda import Upcoming


@click.command("next")
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def next(settings: Path | None, *, as_json: bool) -> None:  # noqa: A001 - the command's own name
    """List what is due next of each kind, and what waits for its money or for a second try. Sends nothing."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.agenda import is_paused, upcoming  # noqa: PLC0415 - same
    from bot.services.terms import new_york_date  # noqa: PLC0415 - same
    from bot.wiring import open_agenda, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_agenda(settings_from(settings)) as (agenda, _):
        found = upcoming(agenda)
        paused = is_paused(agenda.pause, new_york_date(agenda.clock.now()))
        until = agenda.pause.until() if paused else None
    if as_json:
        tree = {"paused_until": until.isoformat() if until else None, "due": [_tree(one) for one in found]}
        click.echo(json.dumps(tree))
        return
    if until is not None:
        click.echo(f"Paused until {until}: nothing is drawn or sent before. next: rebaloop resume")
    for one in found:
        click.echo(_line(one))


def _line(one: Upcoming) -> str:
    at = one.at.astimezone(ZoneInfo("America/New_York"))
    name = f"{one.due.kind.value.replace('_', ' ')} {one.due.name}".strip()
    why = f"{one.due.why}; {one.state.value}: {one.note}" if one.state is not None else one.due.why
    return f"{at:%a %Y-%m-%d %H:%M}  {name:<24}  {why}".rstrip()


def _tree(one: Upcoming) -> dict[str, str | None]:
    return {
        "kind": one.due.kind.value,
        "name": one.due.name,
        "on": one.due.on.isoformat(),
        "at": one.at.isoformat(),
        "why": one.due.why,
        "state": one.state.value if one.state is not None else None,
        "note": one.note,
    }
