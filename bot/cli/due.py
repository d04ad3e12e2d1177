"""`rebaloop run --due`, and what each ring of `rebaloop serve` does: whatever is due now, and nothing else."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.schedule import Due
    from bot.services.cycle import CycleReport
    from bot.services.due_work import Tick
    from bot.settings.settings import Settings


def run_due(settings: Settings, *, as_json: bool) -> int:
    """Serve what is due and say what that was; exit code 3 where a plan waits for a yes now."""
    from bot.cli.run import summary  # noqa: PLC0415 - keeps --help fast

    served, reports = serve_due(settings)
    if as_json:
        tree = {word: [_key(due) for due in dues] for word, dues in _parts(served)}
        click.echo(json.dumps({**tree, "runs": [summary(report) for report in reports]}))
    else:
        _tell(served, reports)
    return 3 if any(report.outcome.value == "proposed" for report in reports) else 0


def serve_due(settings: Settings) -> tuple[Tick, Sequence[CycleReport]]:
    """One look at the agenda, with everybody else kept out while it lasts."""
    from bot.cli.shut import telling_if_shut  # noqa: PLC0415 - keeps --help fast
    from bot.services.ring import ring  # noqa: PLC0415 - same
    from bot.wiring import open_agenda  # noqa: PLC0415 - same

    with ExitStack() as opened:
        with telling_if_shut(settings):
            agenda, work = opened.enter_context(open_agenda(settings, writing=True))
        return ring(agenda, work), tuple(work.reports)


def words(due: Due) -> str:
    """A due date on one line."""
    return " ".join(part for part in (due.kind.value.replace("_", " "), due.name, due.on.isoformat()) if part)


def _parts(served: Tick) -> list[tuple[str, Sequence[Due]]]:
    return [
        ("served", served.served),
        ("superseded", served.superseded),
        ("waiting", served.waiting),
        ("given_up", served.given_up),
    ]


def _key(due: Due) -> dict[str, str]:
    return {"kind": due.kind.value, "name": due.name, "on": due.on.isoformat()}


def _tell(served: Tick, reports: Sequence[CycleReport]) -> None:
    told = [(word, due) for word, dues in _parts(served) for due in dues]
    for word, due in told:
        click.echo(f"{word.replace('_', ' ')}: {words(due)}")
    for report in reports:
        plan = f" ({report.proposal.plan_id})" if report.proposal is not None else ""
        click.echo(f"run: {report.outcome.value.replace('_', ' ')}{plan}")
    if not told:
        click.echo("Nothing is due.\nnext: rebaloop next")
