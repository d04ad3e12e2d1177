"""`rebaloop init`: a few questions, and the settings of a household to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings.draft import Draft
    from bot.settings.settings import Settings


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False), default=Path("household.yaml"))
def init(file: Path) -> None:
    """Ask a few questions and write FILE (household.yaml), with comments.

    Nothing is overwritten, and no secret is asked for: those go into files of their own, which are named at the end.
    The answers may come from standard input, one a line.
    """
    from bot.cli.questions import ask_all  # noqa: PLC0415 - keeps --help fast
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - same
    from bot.settings.draft import text_of  # noqa: PLC0415 - same
    from bot.settings.loading import load_settings  # noqa: PLC0415 - same
    from bot.settings.schema import NAME, schema_text  # noqa: PLC0415 - same

    if file.exists():
        raise WrongUse(f"{file} is there already, and is left as it is.", next_step=f"rebaloop config check {file}")
    draft = ask_all()
    _write(file, text_of(draft, schema=NAME))
    chosen = load_settings(file, {})
    schema = file.with_name(NAME)
    if not schema.exists():
        _write(schema, schema_text())
    _tell(file, draft)
    click.echo(f"\n{_advice(chosen)}")
    click.echo(f"\nnext: rebaloop config check {file}")


def _write(file: Path, text: str) -> None:
    """A new file, for its owner alone."""
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise WrongUse(f"{file} cannot be written: {problem.strerror}.") from None


def _tell(file: Path, draft: Draft) -> None:
    click.echo(f"\n{file} is written; in its mode, dry_run, nothing is ever sent.")
    if draft.secrets:
        width = max(len(name) for name, _ in draft.secrets)
        click.echo("Put these beside it, each alone on a line of a file that you alone may read (chmod 600):")
        for name, what in draft.secrets:
            click.echo(f"  {name:<{width}}  {what}")
    for one in draft.accounts:
        if one.file:
            click.echo(f"Keep the statement of {one.id} in {one.file}: an export of its broker, or a list of your own.")


def _advice(chosen: Settings) -> str:
    """Where new money should go, as far as it can be said before anything that is held has been read."""
    shelters = {account.kind.sheltered for account in chosen.household.accounts}
    if shelters != {True, False}:
        return "All your accounts are taxed alike: new money follows what lags, which is the default."
    return (
        "You have taxable accounts and shelters, so `policy.routing` says where new money goes. `lagging`, the\n"
        "default, is safe to begin with; `adaptive` keeps bonds out of taxable accounts while your shelters can answer."
    )
