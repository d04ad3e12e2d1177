"""The plan of the live household: read every account, draw, write down, and say what to do next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from bot import log
from bot.cli.answer import answer
from bot.cli.standing import Standing, standing
from bot.cli.view import show_plan
from bot.domain.violations import Violation
from bot.services import cycle
from bot.wiring import open_house, settings_from


def live_plan(explicit: Path | None, *, as_json: bool) -> int:
    """Draw and keep the plan of the household in the settings; exit code 3 when it now waits for a yes."""
    log.set_up(quiet=True)
    settings = settings_from(explicit)
    with open_house(settings, writing=True) as house:
        proposed = cycle.draw_up(house, cycle.look(house))
        kept = standing(proposed.proposal, house.ledger) if proposed.proposal else None
    if as_json:
        click.echo(json.dumps({**answer(proposed.plan), **_binding(kept, proposed.refusals)}))
    else:
        show_plan(proposed.plan)
        for refusal in proposed.refusals:
            click.echo(f"Not proposed: {refusal.message}")
        click.echo(kept.words if kept else "Nothing was sent, and nothing waits for you.")
    if proposed.refusals:
        return 1
    return 3 if kept and kept.waits else 0


def _binding(kept: Standing | None, refusals: Sequence[Violation]) -> dict[str, object]:
    if kept is None:
        return {"plan": None, **({"refusals": [one.message for one in refusals]} if refusals else {})}
    proposal = kept.proposal
    return {
        "plan": proposal.plan_id,
        "verdict": kept.verdict.value if kept.verdict else None,
        "mode": proposal.environment.value,
        "code": proposal.code,
        "expires_at": proposal.expires_at.isoformat(),
    }
