"""`rebaloop config`: what the settings say, whether they are sound, and their shape for an editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.settings.settings import Settings

_FILE = click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def config() -> None:
    """Check the settings, show every value that counts, or print their shape for an editor."""


@config.command()
@_FILE
@options.settings
def check(file: Path | None, settings: Path | None) -> None:
    """Read FILE, or the household's settings, and show every mistake at once with its line.

    Nobody is asked anything, and no secret is read. Exit code 0 when the settings are sound, 78 when they are not.
    """
    from bot.wiring import settings_from  # noqa: PLC0415 - keeps --help fast

    chosen = settings_from(file or settings)
    click.echo(f"{chosen.file} is sound: {_summary(chosen)}.")
    click.echo("next: rebaloop config show, for every value that counts")


@config.command()
@_FILE
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: key, value, origin.")
def show(file: Path | None, settings: Path | None, *, as_json: bool) -> None:
    """Show every value that counts and where it comes from; secrets are masked.

    The origin is a line of the file, a variable of the environment, a credential or a file where a secret is kept, or
    `default` for what nobody said.
    """
    import json  # noqa: PLC0415 - keeps --help fast
    import os  # noqa: PLC0415 - same

    from bot.settings.effective import effective_values  # noqa: PLC0415 - same
    from bot.settings.loading import find_settings  # noqa: PLC0415 - same

    path = find_settings(file or settings, os.environ)
    values = effective_values(path, os.environ)
    if as_json:
        for value in values:
            click.echo(json.dumps({"key": value.key, "value": value.text, "origin": value.origin}))
        return
    keys = max(len(value.key) for value in values)
    texts = min(44, max(len(value.text) for value in values))
    for value in values:
        click.echo(f"{value.key:<{keys}}  {value.text:<{texts}}  {value.origin}".rstrip())


@config.command()
def schema() -> None:
    """Print the shape of a settings file as JSON Schema.

    Keep it beside the settings and let their first line be `# yaml-language-server: $schema=household.schema.json`.
    """
    from bot.settings.schema import schema_text  # noqa: PLC0415 - keeps --help fast

    click.echo(schema_text(), nl=False)


def _summary(chosen: Settings) -> str:
    accounts, names = chosen.household.accounts, [name for name, _ in chosen.policy.targets_pct]
    count = "1 account" if len(accounts) == 1 else f"{len(accounts)} accounts"
    return f"{count}, {', '.join(names)}, mode {chosen.mode.value}"
