"""`rebaloop doctor`: a look at everything that rebaloop stands on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.checks.finding import Finding


@click.command()
@options.settings
@click.option("--mail", is_flag=True, help="Send a test letter, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def doctor(settings: Path | None, *, mail: bool, as_json: bool) -> int:
    """Look at settings, files, books, brokers, mail and service, and name the command that mends what is wrong.

    Every account is read; nothing is sent. Exit code 1 when something fails; a warning alone is none.
    """
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.checks.checkup import check_up, this_machine  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    findings = check_up(settings, this_machine(), mail=mail)
    if as_json:
        for one in findings:
            click.echo(json.dumps(tree(one)))
    else:
        _show(findings)
    return 1 if any(one.state.value == "fail" for one in findings) else 0


def tree(one: Finding) -> dict[str, str]:
    """A finding as JSON values."""
    return {"check": one.check, "state": one.state.value, "message": one.message, "mend": one.mend}


def _show(findings: Sequence[Finding]) -> None:
    for one in findings:
        words = "".join(sign if sign.isprintable() else " " for sign in one.message)
        click.echo(f"{one.state.value:<6}  {one.check:<14}  {words}")
        if one.mend:
            click.echo(f"{'':<24}next: {one.mend}")
    counts = Counter(one.state.value for one in findings)
    click.echo(", ".join(f"{counts[state]} {state}" for state in ("ok", "warn", "fail", "unseen") if counts[state]))
