"""`rebaloop status`: the household as one pie, account by account, and the plan that waits."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import options


@click.command()
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(settings: Path | None, *, as_json: bool) -> None:
    """Read every account and show the household as one pie. Sends nothing."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.answer import answer  # noqa: PLC0415 - same
    from bot.cli.view import account_table, class_table, console, heading, whole  # noqa: PLC0415 - same
    from bot.engine.loop import draw  # noqa: PLC0415 - same
    from bot.services.cycle import look  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    chosen = settings_from(settings)
    with open_house(chosen) as house:
        now = house.clock.now()
        snapshot = look(house)
        waiting = [p.plan_id for p, verdict in house.ledger.proposals() if verdict is None and p.expires_at > now]
    plan = draw(house.household, house.policy, snapshot)
    if as_json:
        shown = answer(plan)
        keys = ("household", "as_of", "pie_usd", "class_usd_goal", "class_usd_before", "classes_out_of_band", "report")
        body = {key: shown[key] for key in keys} | {"mode": chosen.mode.value, "waiting": waiting}
        click.echo(
            json.dumps(body | {"drift_usd": shown["drift_usd_before"], "drift_limit_usd": shown["drift_limit_usd"]})
        )
        return
    out = console()
    out.print(heading(plan.household, f"  {whole(plan.pie)} in one pie, {plan.as_of_on}   mode {chosen.mode.value}"))
    out.print(account_table(house.household, snapshot))
    out.print("")
    out.print(class_table(plan, after=False))
    out.print(f"Drift {whole(plan.drift_before)}; at best {whole(plan.drift_limit)} without a taxable gain.")
    for note in plan.notes:
        if note.code not in {"residual", "idle_cash"}:
            out.print(f"Note: {note.message}")
    if waiting:
        out.print(f"Waiting for your word: {', '.join(waiting)}\nnext: rebaloop approve {waiting[-1]}")
    else:
        out.print("No plan waits.\nnext: rebaloop plan")
