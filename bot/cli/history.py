"""`rebaloop history`: every plan with its verdict and what became of its orders."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli import options


@click.command()
@options.settings
@click.option("--json", "as_json", is_flag=True, help="One JSON object per plan and line.")
def history(settings: Path | None, *, as_json: bool) -> None:
    """What was proposed, decided, sent and filled, oldest first."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.view import console, show_orders, whole  # noqa: PLC0415 - same
    from bot.services.links import consents_to  # noqa: PLC0415 - same
    from bot.services.terms import NEW_YORK  # noqa: PLC0415 - same
    from bot.wiring import open_ledger, settings_from  # noqa: PLC0415 - same

    log.set_up(quiet=True)
    with open_ledger(settings_from(settings)) as ledger:
        proposals = [
            (proposal, verdict, ledger.orders(plan=proposal.fingerprint), consents_to(proposal, ledger))
            for proposal, verdict in ledger.proposals()
        ]
    if not proposals and not as_json:
        click.echo("No plan was ever proposed.\nnext: rebaloop plan")
    for proposal, approval, orders, consents in proposals:
        state = approval.verdict.value if approval else "waiting"
        if as_json:
            click.echo(
                json.dumps(
                    {
                        "plan": proposal.plan_id,
                        "mode": proposal.environment.value,
                        "verdict": state,
                        "by": approval.by if approval else None,
                        "said_yes": [{"by": one.by, "at": one.at.isoformat()} for one in consents],
                        "tax_usd": proposal.plan.tax.plain,
                        "tax_if_sold_in_taxable_usd": proposal.plan.tax_if_sold.plain,
                        "orders": [
                            {"line": o.intent.line, "state": o.state.value, "filled": o.filled.plain} for o in orders
                        ],
                    }
                )
            )
            continue
        why = f" ({approval.why})" if approval and approval.why else ""
        out = console()
        out.print(
            f"{proposal.plan_id}  {proposal.environment.value}  {state}{why}  {len(proposal.plan.lines)} orders, "
            f"tax deferred {whole(proposal.plan.tax_deferred)}",
        )
        for one in consents:
            out.print(f"  yes from {one.by}, {one.at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}")
        if approval and not consents:
            out.print(f"  {state} by {approval.by}, {approval.at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}")
        show_orders(orders)
