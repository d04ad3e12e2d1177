"""What a person reads when a command fails: what happened, that nothing was sent, and the next command."""

from __future__ import annotations

import click

from bot.cli.complaint import render
from bot.domain.errors import FixTheFile, RebaloopError


def explain(problem: Exception) -> int:
    """Write the sentence for this problem to stderr; the exit code that goes with it."""
    if isinstance(problem, FixTheFile):
        click.echo(render(problem), err=True)
        return problem.exit_code
    if isinstance(problem, RebaloopError):
        click.echo(f"error: {_harmless(problem.message)}", err=True)
        if problem.next_step:
            click.echo(f"next: {_harmless(problem.next_step)}", err=True)
        return problem.exit_code
    # an exception that nobody foresaw may carry anything in its text: only its kind is shown
    click.echo(f"error: this should not have happened ({type(problem).__name__}). Nothing more was sent.", err=True)
    click.echo("next: run the command again as `rebaloop --debug ...` and report what it shows", err=True)
    return 1


def _harmless(text: str) -> str:
    """Text that cannot upset a terminal, whatever was typed or read into it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)
