"""`rebaloop sandbox`: a simulated broker and a household's files, to try every command on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.theatre import Scene, Theatre


DAYS = 48  # about twenty months of paydays and dividends


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=1, show_default=True, help="Which real months lie behind the household.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port here; 0 lets the system choose.")
def sandbox(folder: Path, seed: int, port: int) -> None:
    """Write a household's files into DIR (new or empty) and keep a simulated broker running for it.

    The broker's time stands still; Enter moves it to the next payday or dividend. Ctrl-C ends it. Use another terminal
    for the commands.
    """
    from bot.cli.theatre import build, scenes  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same

    if folder.exists() and any(folder.iterdir()):
        raise WrongUse(f"{folder} is not empty. Nothing was written.", next_step="rebaloop sandbox NEW_FOLDER")
    theatre = build(folder, seed=seed, days=DAYS, port=port)
    with theatre.broker:
        settings = theatre.furnish()
        upcoming = scenes(DAYS)
        _tell(next(upcoming))
        click.echo(f"A simulated broker runs at {theatre.broker.url}. In another terminal:\n")
        click.echo(f"  export REBALOOP_SETTINGS={settings.resolve()}")
        for command in ("status", "plan", "approve P-2026-03-02-A", "run", "history"):
            click.echo(f"  rebaloop {command}")
        click.echo("\nEnter lets time pass to the next payday or dividend; Ctrl-C ends the sandbox.")
        _turn_days(theatre, upcoming)
    click.echo("The simulated broker has stopped. Its books are gone, the files stay.")


def _turn_days(theatre: Theatre, upcoming: Iterator[Scene]) -> None:
    try:
        for _ in sys.stdin:
            scene = next(upcoming, None)
            if scene is None:
                click.echo("The story is over.")
                return
            theatre.play(scene)
            _tell(scene)
    except KeyboardInterrupt:
        click.echo("")


def _tell(scene: Scene) -> None:
    click.echo(f"{scene.on:%a %Y-%m-%d} 09:45 New York: {scene.story}")
