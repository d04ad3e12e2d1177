"""Which accounts can be read and which cannot, when there is no whole pie to show."""

from __future__ import annotations

from rich.table import Table

from bot.cli.view import console
from bot.domain.errors import RebaloopError
from bot.services.house import House


def show_health(house: House) -> None:
    """Ask each account by itself, and say how that went."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for account in house.household.accounts:
        table.add_row(account.id, _health(house, account.id))
    out = console()
    out.print("Not every account could be read, so there is no pie to show:")
    out.print(table)
    for sentence in house.postbox.outbox_state().sentences:
        out.print(f"Post: {sentence}")


def _health(house: House, account: str) -> str:
    try:
        house.brokers[account].read(account)
    except RebaloopError as problem:
        return problem.message
    return "ok"
