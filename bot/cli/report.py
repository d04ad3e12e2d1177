"""`rebaloop report`: what a year realised, what was put off, and what waits; figures, a table for taxes, pictures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.cli.report_rows import Account


@click.command()
@click.option("--year", type=click.IntRange(1990, 9999), help="The calendar year; default: the current one.")
@click.option(
    "--tax-csv",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Write the year's sales in taxable accounts, lot by lot, for a tax preparer; - for the terminal.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Draw the figures as PNG files (needs the extra `charts`).",
)
@click.option(
    "--letter", is_flag=True, help="A page for a spouse or successor instead: what this is and how to stop it."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --letter: write it to FILE, to be printed, and hand nothing to the post.",
)
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def report(
    year: int | None,
    tax_csv: Path | None,
    pictures: Path | None,
    html: Path | None,
    settings: Path | None,
    *,
    letter: bool,
    as_json: bool,
) -> None:
    """Show the year's figures: sales, taxes, what naive selling would have cost, and what is deferred. Sends nothing.

    Deferred is not avoided: what waits in the accounts stands beside it.
    """
    if letter:
        from bot.cli.report_letter import write_letter  # noqa: PLC0415 - keeps --help fast

        write_letter(settings, html)
        return
    from bot.cli.report_rows import account_of  # noqa: PLC0415 - same
    from bot.cli.report_view import report_json, show_report  # noqa: PLC0415 - same
    from bot.cli.sights import live  # noqa: PLC0415 - same
    from bot.cli.tax_csv import tax_csv as rows  # noqa: PLC0415 - same

    view = live(settings, since=lambda today: _needed(year or today.year))
    told = account_of(view, year or view.day.snapshot.as_of_on.year)
    if str(tax_csv) == "-":
        click.echo(rows(told.taxes.sales), nl=False)
        return
    if tax_csv is not None:
        tax_csv.write_text(rows(told.taxes.sales), encoding="utf-8")
    drawn = [] if pictures is None else _draw(told, pictures)
    if as_json:
        click.echo(json.dumps(report_json(told)))
        return
    show_report(told)
    for path in [*([] if tax_csv is None else [tax_csv]), *drawn]:
        click.echo(f"Written: {path}")


def _needed(year: int) -> date:
    """The day from which a year's sales can be told: wash sales reach 30 days back, and lots a year and a day."""
    return date(year - 2, 10, 31)


def _draw(told: Account, folder: Path) -> list[Path]:
    """The pictures of the report. WrongUse where nothing can draw them."""
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    try:
        from bot.cli.report_pictures import draw  # noqa: PLC0415 - needs matplotlib, which is an extra
    except ModuleNotFoundError as problem:
        message = "Pictures need matplotlib, which is not installed; the figures need no picture."
        raise WrongUse(message, next_step="install rebaloop[charts]") from problem
    return draw(told, folder)
