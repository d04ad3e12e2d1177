"""A harvest as a table for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from bot.cli.answer import Json
from bot.cli.view import console, heading, whole
from bot.domain.household import Account
from bot.domain.money import Usd
from bot.engine.harvest import Harvest, LossLot, Purchase
from bot.engine.wash_sales import DIVIDEND_HOLD

DAY = timedelta(days=1)


def harvest_json(found: Harvest) -> Json:
    """One object; money and counts are text."""
    return {
        "symbol": found.symbol,
        "as_of": found.on.isoformat(),
        "lots": [_lot_json(lot, found) for lot in found.lots],
        "clean_loss_usd": Usd.total(lot.loss for lot in found.clean).plain,
        "loss_usd": Usd.total(lot.loss for lot in found.lots).plain,
        "clean_from": found.clean_from_on.isoformat(),
        "purchases": [
            {"on": one.on.isoformat(), "account": one.account, "symbol": one.symbol, "open": one.is_open}
            for one in found.purchases
        ],
        "do_not_buy": list(found.group),
        "do_not_buy_in": [account.id for account in found.accounts],
        "do_not_buy_until": found.quiet_until_on.isoformat(),
        "instead": list(found.partners),
        "lots_of_unknown_cost": found.unknown,
        "blocked_until": found.blocked_until_on.isoformat() if found.blocked_until_on else None,
    }


def _lot_json(lot: LossLot, found: Harvest) -> Json:
    return {
        "account": lot.account,
        "owner": lot.owner,
        "shares": lot.quantity.plain,
        "acquired_on": lot.acquired_on.isoformat() if lot.acquired_on else None,
        "value_usd": lot.value.plain,
        "loss_usd": lot.loss.plain,
        "term": "short" if lot.short_term else "long",
        "clean": lot.clean_from_on <= found.on,
        "clean_from": lot.clean_from_on.isoformat(),
    }


def show_harvest(found: Harvest, reinvests: Collection[str]) -> None:
    """Write it to the terminal; `reinvests` are accounts whose dividends buy shares by themselves."""
    out = console()
    price = "no price is known" if found.price is None else f"at ${found.price:,.2f}"
    out.print(heading(found.symbol, f"  losses in taxable accounts on {found.on}, {price}"))
    if found.unknown:
        out.print(f"{found.unknown} lots are left out: nobody knows their cost, so they are never a loss.")
    if not found.lots:
        out.print("No share stands below its cost: there is nothing to harvest.")
        for line in _standing_block(found):
            out.print(line)
        return
    out.print(_table(found))
    for line in [*_when(found), *_quiet(found, reinvests), *_young(found), *_standing_block(found)]:
        out.print(line)


def _table(found: Harvest) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("Account", "Acquired"):
        table.add_column(name, no_wrap=True)
    for name in ("Shares", "Value", "Loss"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Term", no_wrap=True)
    table.add_column("Clean", no_wrap=True)
    for lot in found.lots:
        clean = "now" if lot.clean_from_on <= found.on else f"from {lot.clean_from_on}"
        table.add_row(
            lot.account,
            str(lot.acquired_on or "long ago"),
            lot.quantity.plain,
            whole(lot.value),
            whole(lot.loss),
            "short" if lot.short_term else "long",
            Text(clean, style="bold" if clean == "now" else ""),
        )
    return table


def _when(found: Harvest) -> list[str]:
    loss = whole(Usd.total(lot.loss for lot in found.lots))
    if not found.purchases:
        return [f"{loss} of loss: nothing of its kind was bought in the last 30 days, so a sale today is clean."]
    why = f"{_bought(found.purchases[-1])}, and a purchase in the 30 days before a sale takes its loss away."
    return [f"{loss} of loss, not clean before {found.clean_from_on}: {why}"]


def _bought(one: Purchase) -> str:
    return (
        f"{one.account} has an open order to buy {one.symbol}"
        if one.is_open
        else f"{one.account} bought {one.symbol} on {one.on}"
    )


def _quiet(found: Harvest, reinvests: Collection[str]) -> list[str]:
    names, until = " or ".join(found.group), found.quiet_until_on
    lines = [
        f"From {found.on} until {until}, 30 days after a sale on {found.sale_on}, nobody may buy {names} in",
        *(f"  {_account(account)}" for account in found.accounts),
        "  or in any that rebaloop does not know: a spouse's, a workplace plan, dividends that reinvest themselves.",
    ]
    lines += [f"Dividends reinvest themselves in {name}: switch that off first." for name in sorted(reinvests)]
    if found.partners:
        lines.append(f"Meanwhile the money may buy {' or '.join(found.partners)}: the same class, not the same fund.")
    return [*lines, f"{names} may be bought again from {until + DAY} on."]


def _account(account: Account) -> str:
    lost = "" if not account.kind.sheltered else ", where the loss would be gone for good (Rev. Rul. 2008-5)"
    return f"{account.id} ({account.kind.value}, {account.owner}){lost}"


def _young(found: Harvest) -> list[str]:
    young = [lot for lot in found.lots if lot.acquired_on and found.on - lot.acquired_on < DIVIDEND_HOLD]
    return (
        ["A lot sold within 61 days may cost its dividends their lower rate (IRC 1(h)(11)(B)(iii))."] if young else []
    )


def _standing_block(found: Harvest) -> list[str]:
    if found.blocked_until_on is None:
        return []
    return [f"A loss was taken lately: {' and '.join(found.group)} may not be bought until {found.blocked_until_on}."]
