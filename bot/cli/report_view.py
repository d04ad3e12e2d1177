"""A report as text for a person, and as JSON."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from bot.cli.answer import Json
from bot.cli.report_rows import Account
from bot.cli.view import console, heading, whole
from bot.domain.deferral import First, Scope
from bot.domain.money import Usd
from bot.domain.steps import NaiveYear

WAYS = {
    (Scope.HOUSEHOLD, First.HIGHEST_COST): "the same shifts sold in taxable, highest cost first",
    (Scope.HOUSEHOLD, First.FIFO): "the same shifts sold in taxable, oldest first",
    (Scope.ACCOUNT, First.HIGHEST_COST): "each taxable account on its own, highest cost first",
    (Scope.ACCOUNT, First.FIFO): "each taxable account on its own, oldest first",
}


def report_json(told: Account) -> Json:
    """One object; money is text."""
    taxes = told.taxes
    return {
        "household": told.household,
        "as_of": told.on.isoformat(),
        "year": taxes.year,
        "sales": len(taxes.sales),
        "proceeds_usd": taxes.proceeds.plain,
        "short_gain_usd": taxes.short.plain,
        "long_gain_usd": taxes.long.plain,
        "wash_sales_usd": taxes.disallowed.plain,
        "lost_for_good_usd": taxes.forfeited.plain,
        "sales_of_unknown_basis": taxes.unknown,
        "tax_usd": None if taxes.tax is None else taxes.tax.plain,
        "tax_refused": taxes.why_not,
        "tax_at_flat_rates": taxes.flat,
        "dividends_usd": taxes.dividends.plain,
        "interest_usd": taxes.interest.plain,
        "plans_carried_out": len(told.steps_of_year),
        "naive": [_naive_json(one) for one in told.naive],
        "waiting_gain_usd": told.waiting_gain.plain,
        "waiting_tax_usd": told.waiting_tax.plain,
        "bond_interest_usd_a_year": told.interest.plain,
        "bond_interest_tax_usd_a_year": told.interest_tax.plain,
        "accounts_without_history": list(told.unrecorded),
        "accounts_without_history_until": {name: day.isoformat() for name, day in told.begun},
    }


def _naive_json(one: NaiveYear) -> Json:
    return {
        "year": one.year,
        "scope": one.scope.value,
        "first": one.first.value,
        "sold_usd": one.sold.plain,
        "gain_usd": one.gain.plain,
        "tax_usd": one.tax.plain,
    }


def show_report(told: Account) -> None:
    """Write it to the terminal."""
    out = console()
    taxes = told.taxes
    out.print(heading(told.household, f"  {taxes.year}, as of {told.on}"))
    out.print(Text("\nRealised in taxable accounts", style="bold"))
    for line in _realised(told):
        out.print(line)
    out.print(Text("\nNot realised: what naive selling would have cost", style="bold"))
    if told.steps:
        out.print(_naive(told))
    else:
        out.print("No plan has been carried out yet.")
    out.print(Text("\nWhat waits, and what grows", style="bold"))
    out.print(
        f"{whole(told.waiting_gain)} of gain waits in taxable accounts: {whole(told.waiting_tax)} of tax if all were "
        "sold today. It is deferred, not gone, unless the shares are held to death or given to charity."
    )
    if told.interest:
        out.print(
            f"Bonds in taxable accounts pay about {whole(told.interest)} a year: {whole(told.interest_tax)} of tax."
        )


def _realised(told: Account) -> list[str]:
    taxes = told.taxes
    counts = f"{whole(taxes.short)} short-term and {whole(taxes.long)} long-term gain that counts"
    sales = "1 sale" if len(taxes.sales) == 1 else f"{len(taxes.sales)} sales"
    lines = [f"{sales}, {whole(taxes.proceeds)} of proceeds: {counts}."]
    if taxes.disallowed:
        lost = f", {whole(taxes.forfeited)} of it for good" if taxes.forfeited else ""
        lines.append(f"Wash sales took {whole(taxes.disallowed)} of losses away{lost}.")
    if taxes.unknown:
        lines.append(f"{taxes.unknown} sales have no known basis and count as all gain: look them up.")
    if taxes.tax is None:
        lines.append(f"Tax: not stated. {taxes.why_not}")
    else:
        by = "at the flat rates of the policy" if taxes.flat else f"by the brackets of {taxes.year}"
        lines.append(f"Tax on these gains: {whole(taxes.tax)}, {by}.")
    lines.append(f"Dividends {whole(taxes.dividends)} and interest {whole(taxes.interest)} were received in cash.")
    if told.unrecorded:
        lines.append(f"Not in these figures: sales in {', '.join(told.unrecorded)}, whose statements tell no history.")
    for name, day in told.begun:
        lines.append(f"Not in these figures: sales in {name} up to {day}, the day on which its lots were written down.")
    return lines


def _naive(told: Account) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Instead of the loop", no_wrap=True)
    for name in (f"Gain {told.taxes.year}", "Tax", "Tax in all years"):
        table.add_column(name, justify="right", no_wrap=True)
    for (scope, first), words in WAYS.items():
        now, every = told.of_year(scope, first), told.way(scope, first)
        gain, tax = (now.gain, now.tax) if now else (Usd(), Usd())
        table.add_row(words, whole(gain), whole(tax), whole(Usd.total(one.tax for one in every)))
    return table
