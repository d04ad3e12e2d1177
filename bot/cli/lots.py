"""`rebaloop lots`: every tax lot of the household, what was sold lately, and what does not add up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import options

if TYPE_CHECKING:
    from bot.domain.household import Household


@click.command()
@click.argument("symbol", metavar="[SYMBOL]", default="")
@click.option("--account", metavar="ACCOUNT", default="", help="Only this account.")
@click.option("--csv", "as_csv", is_flag=True, help="One line per lot, to the last digit, for a tax preparer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--incognito", is_flag=True, help="Hide amounts and shares, for a screenshot.")
@options.settings
def lots(symbol: str, account: str, settings: Path | None, *, as_csv: bool, as_json: bool, incognito: bool) -> None:
    """Show every tax lot, of SYMBOL alone where it is given: cost, value, term, wash sales, origin. Sends nothing."""
    from bot import log  # noqa: PLC0415 - keeps --help fast
    from bot.cli.lot_lines import tell  # noqa: PLC0415 - same
    from bot.cli.lots_rows import lots_csv, lots_json  # noqa: PLC0415 - same
    from bot.cli.lots_view import Figures, show_lots  # noqa: PLC0415 - same
    from bot.services.sync import see  # noqa: PLC0415 - same
    from bot.wiring import open_house, settings_from  # noqa: PLC0415 - same

    if as_csv + as_json + incognito > 1:
        raise click.UsageError("Choose one of --csv, --json and --incognito: only the table can hide its figures.")
    log.set_up(quiet=True)
    chosen = settings_from(settings)
    wanted = symbol.upper()
    _check(chosen.household, account, wanted)
    with open_house(chosen) as house:
        sight = see(
            household=house.household,
            brokers=house.brokers,
            calendar=house.calendar,
            clock=house.clock,
            ledger=house.ledger,
            fallback_prices=house.fallback_prices,
            seeds=house.seeds,
        )
    told = tell(chosen.household, sight.snapshot, sight.books, house.seeds).only(account, wanted)
    if as_csv:
        click.echo(lots_csv(told.lines), nl=False)
    elif as_json:
        click.echo(json.dumps(lots_json(told)))
    else:
        show_lots(told, Figures(hidden=incognito))


def _check(household: Household, account: str, symbol: str) -> None:
    """Refuse what the household does not have; WrongUse."""
    from bot.domain.errors import WrongUse  # noqa: PLC0415 - keeps --help fast

    accounts = sorted(one.id for one in household.accounts)
    if account and account not in accounts:
        raise WrongUse(f"There is no account {account!r}; the household has {', '.join(accounts)}.")
    symbols = sorted(one.symbol for one in household.instruments)
    if symbol and symbol not in symbols:
        raise WrongUse(f"There is no {symbol!r} in the household; it knows {', '.join(symbols)}.")
