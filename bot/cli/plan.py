"""`rebaloop plan`: the plan of households in files, or of the live household."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from bot.cli import options
from bot.cli.answer import answer, refusal
from bot.cli.trouble import explain
from bot.domain.errors import RebaloopError, WrongUse
from bot.domain.plan import Plan


@click.command()
@click.option(
    "--household",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A household file, or a folder of them; may be given several times.",
)
@options.settings
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes for a folder of very many households.")
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler in place of processes, e.g. tcp://host:8786.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With them: the JSON lines go there, and a run that was stopped goes on.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per household and line.")
def plan(
    files: tuple[Path, ...],
    settings: Path | None,
    workers: int | None,
    cluster: str | None,
    answers: Path | None,
    *,
    as_json: bool,
) -> int:
    """Draw the plan of a household. Sends nothing.

    With --household the plan is drawn from files alone; without it, from the accounts that the settings file names.
    """
    if workers or cluster or answers:
        return _many(files, workers or 1, cluster, answers)
    if not files:
        from bot.cli.live_plan import live_plan  # noqa: PLC0415 - files need none of the services

        return live_plan(settings, as_json=as_json)
    refused = False
    for name, outcome in _plans(files):
        if isinstance(outcome, RebaloopError):
            refused = True
        _show(name, outcome, as_json=as_json)
    return 65 if refused else 0


def _many(files: tuple[Path, ...], workers: int, cluster: str | None, answers: Path | None) -> int:
    from bot.cli.crews import bar, crew  # noqa: PLC0415 - one household needs none of it
    from bot.cli.many_plans import plan_folder  # noqa: PLC0415 - same

    if len(files) != 1 or not files[0].is_dir():
        raise WrongUse("--workers, --cluster and --answers need one folder of households: --household FOLDER.")
    with crew(workers, cluster) as executor, bar("households", None, quiet=answers is None) as step:
        refused = plan_folder(files[0], executor, answers, click.echo, step)
    return 65 if refused else 0


def _plans(files: Iterable[Path]) -> Iterator[tuple[str, Plan | RebaloopError]]:
    from adapters.files.household_file import read_household_files  # noqa: PLC0415 - pydantic is not needed for --help
    from bot.engine.loop import draw  # noqa: PLC0415 - same
    from bot.engine.tax.naive import with_deferral  # noqa: PLC0415 - same

    for path in files:
        for read in read_household_files(path):
            if isinstance(read.outcome, RebaloopError):
                yield read.id, read.outcome
                continue
            try:
                day = read.outcome
                drawn = draw(day.household, day.policy, day.snapshot)
                yield read.id, with_deferral(drawn, day.household, day.policy, day.snapshot)
            except RebaloopError as problem:
                yield read.id, problem


def _show(name: str, outcome: Plan | RebaloopError, *, as_json: bool) -> None:
    if isinstance(outcome, RebaloopError):
        if as_json:
            click.echo(json.dumps(refusal(name, outcome)))
        explain(outcome)
    elif as_json:
        click.echo(json.dumps(answer(outcome)))
    else:
        from bot.cli.view import show_plan  # noqa: PLC0415 - tables are for people

        show_plan(outcome)
