"""`rebaloop restore`: a copy of the ledger in the place of the present one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from adapters.store.condition import Condition

SHOWN = 10  # orders


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do it; without this only what would come back is shown.")
@options.settings
def restore(file: Path, settings: Path | None, *, yes: bool) -> int:
    """Show what FILE, a backup of the ledger, would bring back and what would be lost; with --yes put it in place.

    Nothing is replaced unless everything is halted. The present ledger is kept beside it. A broker that knows newer
    orders than the books halts the next run: look at them, then accept.
    """
    from adapters.store.backup import put_back, sound  # noqa: PLC0415 - keeps --help fast
    from adapters.store.condition import examine  # noqa: PLC0415 - same
    from adapters.store.lock import single_instance  # noqa: PLC0415 - same
    from bot import log  # noqa: PLC0415 - same
    from bot.domain.errors import NotAllowed  # noqa: PLC0415 - same
    from bot.plugs import halt_of  # noqa: PLC0415 - same
    from bot.wiring import settings_from, time_of  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    found = settings_from(settings)
    copy = sound(file)
    _tell("Comes back", copy)
    if found.ledger.exists():
        present = examine(found.ledger)
        _tell("Gives way", present)
        _tell_lost(found.ledger, present, file)
    if not yes:
        click.echo(f"Nothing was changed.\nnext: rebaloop halt; then: rebaloop restore {file} --yes")
        return 0
    if not halt_of(found).pulled():
        message = "A ledger is only replaced while everything is halted. Nothing was changed."
        raise NotAllowed(message, next_step='rebaloop halt --because "restoring a backup"')
    with single_instance(found.ledger):
        aside = put_back(found.ledger, file, time_of(found).now())
    click.echo(f"{file} is the ledger now." + (f" The one before is {aside.name} beside it." if aside else ""))
    click.echo("next: rebaloop doctor; then: rebaloop resume; then: rebaloop run")
    return 0


def _tell(what: str, found: Condition) -> None:
    if found.trouble:
        click.echo(f"{what}: {found.path.name}: {found.trouble}.")
        return
    newest = f", the newest of {found.newest_at:%Y-%m-%d %H:%M} UTC" if found.newest_at else ""
    open_orders = f"; {found.open_orders} orders that are not over" if found.open_orders else ""
    click.echo(f"{what}: {found.path.name}: {found.facts} facts{newest}, {found.plans} plans{open_orders}.")


def _tell_lost(ledger: Path, present: Condition, file: Path) -> None:
    from adapters.store.backup import lost  # noqa: PLC0415 - keeps --help fast

    if present.trouble:
        return
    gone = lost(ledger, file)
    if not gone.same_story:
        click.echo("These two are not the same books: the copy is of another ledger.")
    click.echo(f"Lost would be: {gone.facts} facts, and what became of {len(gone.orders)} orders.")
    for order in gone.orders[:SHOWN]:
        click.echo(f"  {order}")
