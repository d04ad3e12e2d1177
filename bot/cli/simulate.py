"""`rebaloop simulate`: the loop through a century of markets, beside those who sell."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.domain.errors import WrongUse

if TYPE_CHECKING:
    from bot.longview.home import Home

STARTS = ("1926", "1950", "1990")


@click.command()
@click.option(
    "--household",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Your own accounts in place of the model's $1M.",
)
@click.option("--windows", type=click.Choice(STARTS), default="1950", show_default=True, help="First month of history.")
@click.option("--every", type=click.IntRange(1), default=6, show_default=True, help="One window in so many months.")
@click.option("--bootstrap", type=click.IntRange(1), metavar="N", help="N paths drawn from blocks of that history.")
@click.option("--seed", type=int, default=0, help="Begins another series of draws.")
@click.option("--target", default="70/30", show_default=True, metavar="STOCKS/BONDS", help="Of the model household.")
@click.option("--taxable", type=click.IntRange(0, 100), default=60, show_default=True, help="Its percent in taxable.")
@click.option("--years", type=click.IntRange(1, 60), default=20, show_default=True)
@click.option("--pay", type=click.IntRange(0), metavar="USD", help="New money a month, rising with prices [2000].")
@click.option(
    "--spend", type=click.IntRange(0), default=0, metavar="USD", help="Taken out a month, rising with prices."
)
@click.option("--age", type=click.IntRange(18, 110), help="At the start: required distributions begin at 73.")
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes; default: all cores.")
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler in place of processes, e.g. tcp://host:8786.")
@click.option("--resume", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Go on where it was.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="CSV and pictures.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def simulate(
    file: Path | None,
    windows: str,
    every: int,
    bootstrap: int | None,
    seed: int,
    target: str,
    taxable: int,
    years: int,
    pay: int | None,
    spend: int,
    age: int | None,
    workers: int,
    cluster: str | None,
    resume: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Live through history with the live engine, and beside it as those who rebalance by selling. Sends nothing."""
    from bot.cli.crews import bar, crew  # noqa: PLC0415 - keeps --help fast
    from bot.cli.simulate_view import show_study, study_json, write_study  # noqa: PLC0415 - same
    from bot.longview.crowd import Question, draws, history  # noqa: PLC0415 - same
    from bot.longview.notebook import answered  # noqa: PLC0415 - same
    from bot.longview.study import Study  # noqa: PLC0415 - same
    from bot.longview.ways import Way  # noqa: PLC0415 - same

    home, said = _home(file, target, taxable, years, pay, spend, age)
    since = int(windows)
    sources = draws(bootstrap, since, seed) if bootstrap else history(since, home.months, every)
    if not sources:
        raise WrongUse(f"No {years} years of history begin in {windows} or later.")
    question = Question(home=home, ways=tuple(Way), sources=sources)
    with crew(workers, cluster) as executor, bar(f"{len(sources)} paths", question.pieces, quiet=as_json) as step:
        sides = answered(question, executor, resume, step)
    study = Study(question=question, sides=tuple(sides), since=since, drawn=bool(bootstrap), said=tuple(said))
    if as_json:
        click.echo(study_json(study))
    else:
        show_study(study)
    if out is not None:
        for path in write_study(study, out):
            click.echo(str(path), err=True)


def _home(
    file: Path | None, target: str, taxable: int, years: int, pay: int | None, spend: int, age: int | None
) -> tuple[Home, list[str]]:
    from bot.domain.money import Usd  # noqa: PLC0415 - same
    from bot.longview.home import model_home  # noqa: PLC0415 - same

    if file is not None:
        from adapters.files.household_file import read_household  # noqa: PLC0415 - the model needs no file
        from bot.longview.own import own_home  # noqa: PLC0415 - same

        paid = None if pay is None else Usd(100 * pay)
        return own_home(read_household(file), months=12 * years, pay=paid, spending=Usd(100 * spend), age=age)
    stocks, _, bonds = target.partition("/")
    if not (stocks.isdigit() and bonds.isdigit() and int(stocks) + int(bonds) == 100 and 0 < int(stocks) < 100):
        raise WrongUse(f"--target {target!r} is no pair of percentages that add up to 100, such as 70/30.")
    paid_cents = 200_000 if pay is None else 100 * pay
    home = model_home(int(stocks), taxable, pay=paid_cents, months=12 * years)
    return replace(home, spending=100 * spend, age=age), []
