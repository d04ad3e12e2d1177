"""`rebaloop backup`: the ledger as one file that can be kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@options.settings
def backup(file: Path, settings: Path | None) -> None:
    """Copy the ledger into FILE, which must not exist yet; a run may be under way meanwhile.

    The copy is read back and checked. Keep it as private as the ledger: it holds what you own and digests of
    passphrases, and no key or token.
    """
    from adapters.store.backup import back_up  # noqa: PLC0415 - keeps --help fast
    from bot import log  # noqa: PLC0415 - same
    from bot.wiring import settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    copied = back_up(settings_from(settings).ledger, file)
    newest = f", the newest of {copied.newest_at:%Y-%m-%d %H:%M} UTC" if copied.newest_at else ""
    click.echo(f"{file}: {copied.facts} facts{newest}; schema {copied.schema}; checked.")
