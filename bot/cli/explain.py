"""`rebaloop explain`: why a plan is as it is, and what changed from one plan to another."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import options


@click.command()
@click.argument("words", nargs=-1, metavar="[PLAN] [ORDER]")
@click.option(
    "--household",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Explain the plan of a household file, drawn now; then no PLAN is given.",
)
@click.option("--against", metavar="OTHER", help="What changed from there to another plan (another file, with files).")
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain(
    words: tuple[str, ...], file: Path | None, against: str | None, settings: Path | None, *, as_json: bool
) -> None:
    """Say why PLAN is as it is; with ORDER, a line's number, of that order alone. Sends nothing.

    Each order comes with what could have been done instead, tried out on the same day, and why that was worse.
    Everything left undone comes with its reason and its price.
    """
    from bot.cli.cases import from_books, from_files  # noqa: PLC0415 - keeps --help fast

    name, order = _asked(words, file)
    if against is not None and order is not None:
        raise click.UsageError("--against compares whole plans: leave ORDER out.")
    names = [name, *([] if against is None else [against])]
    cases = from_books(names, settings) if file is None else from_files(names)
    if against is not None:
        from bot.cli.compared import compared, show_compared  # noqa: PLC0415 - same

        click.echo(json.dumps(compared(*cases))) if as_json else show_compared(*cases)
        return
    from bot.cli.explanation import explanation, show_explanation, study  # noqa: PLC0415 - same

    studied = study(cases[0], order)
    click.echo(json.dumps(explanation(studied))) if as_json else show_explanation(studied)


def _asked(words: tuple[str, ...], file: Path | None) -> tuple[str, int | None]:
    """The plan (or the file) and the number of the order that the words name."""
    name, numbers = (str(file), words) if file is not None else ("".join(words[:1]), words[1:])
    if not name:
        raise click.UsageError("Which plan? Give its name (rebaloop history lists them), or --household FILE.")
    if len(numbers) > 1 or not all(number.isdecimal() for number in numbers):
        meant = "With --household only an order's number is given." if file else "Give PLAN and an order's number."
        raise click.UsageError(f"{' '.join(words)!r} is not understood. {meant}")
    return name, int(numbers[0]) if numbers else None
