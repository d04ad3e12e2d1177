"""`rebaloop demo`: the real code path against a simulated broker, over a few days of a household's life."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.cli.performance import Performance


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Which real months lie behind the household.")
@click.option(
    "--days", type=click.IntRange(1, 120), default=3, show_default=True, help="How many days to live through."
)
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep files, ledger and letters here.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object and no tables.")
@click.option("--open", "with_page", is_flag=True, help="Show the letter and the page, and approve by the page's form.")
def demo(seed: int, days: int, keep: Path | None, *, as_json: bool, with_page: bool) -> int:
    """Live through a few days with a simulated broker: a repaired drift, a payday, a dividend.

    Needs no account and no network: the broker runs on this machine, and everything else is the code that would trade
    for real, the broker's own client library included.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same

    if keep and keep.exists() and any(keep.iterdir()):
        raise WrongUse(f"{keep} is not empty. Nothing was written.", next_step="rebaloop demo --keep NEW_FOLDER")
    log.set_up(quiet=True)
    if with_page and keep is None:
        keep = Path(mkdtemp(prefix="rebaloop-demo-"))  # what is shown must still be there afterwards
    with TemporaryDirectory(prefix="rebaloop-demo-") as scratch:
        performance = _perform(keep or Path(scratch), seed=seed, days=days, quiet=as_json, with_page=with_page)
    if as_json:
        click.echo(json.dumps(performance.summary()))
    else:
        performance.close(kept=keep)
    return 0 if performance.went_well else 1


def _perform(folder: Path, *, seed: int, days: int, quiet: bool, with_page: bool) -> Performance:
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415 - keeps --help fast

    from bot.cli.performance import Performance  # noqa: PLC0415 - same
    from bot.cli.view import console  # noqa: PLC0415 - same

    shown = sys.stderr.isatty()
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), transient=True, disable=not shown) as progress:
        task = progress.add_task("building a household", total=None)
        out = None if quiet else console()
        performance = Performance(folder, seed=seed, days=days, out=out, with_page=with_page)
        performance.run(on_progress=lambda words: progress.update(task, description=words))
    return performance
