"""`rebaloop resume`: orders may leave again."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@options.settings
def resume(settings: Path | None) -> None:
    """Let approved plans be sent again, after a `halt` of yours or one that the program pulled itself."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.services.halt import resume as station  # noqa: PLC0415 - same
    from bot.wiring import brake_of, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    why = station(brake=brake_of(settings_from(settings)))
    click.echo(f"It was halted because: {why}\nApproved plans may be sent again.\nnext: rebaloop run")
