"""The what-if as a table for a person, and as JSON."""

from __future__ import annotations

from rich.table import Table

from bot.cli.answer import Json
from bot.cli.view import console, heading, percent, share, whole
from bot.domain.money import Usd
from bot.domain.plan import Plan
from bot.engine.explain import headroom_sentence
from bot.engine.tax.whatif import SAMPLE, Fit, FundCost, WhatIf

VERDICTS = {
    Fit.EMPTY: "The accounts are empty: there is nothing to rebalance.",
    Fit.SHELTERED: (
        "Everything lies in shelters: any rebalance is free of tax already, with this tool or without. What remains is "
        "that all accounts are seen as one."
    ),
    Fit.TAXABLE: (
        "Nothing that may be moved lies in a shelter: the loop cannot swap. It can only route new money to what lags; "
        "without new money, targets are reached by selling alone, at the prices above."
    ),
    Fit.FREE: (
        "In your bracket these gains cost nothing up to the amounts tried: selling winners is free as well, and it "
        "lifts their basis. The loop puts off a tax that you would not owe."
    ),
    Fit.MIXED: "There is money on both sides: this is what the loop was made for.",
}


def whatif_json(found: WhatIf, plan: Plan) -> Json:
    """One object; money is text."""
    return {
        "as_of": found.on.isoformat(),
        "fit": found.fit.value,
        "verdict": VERDICTS[found.fit],
        "funds": [_fund_json(fund) for fund in found.funds],
        "taxable_usd": found.taxable.plain,
        "shelter_usd": found.shelter.plain,
        "gain_usd": found.gain.plain,
        "tax_if_all_sold_usd": found.in_all.plain,
        "shift_tax_if_sold_usd": plan.tax_if_sold.plain,
        "loop_tax_usd": plan.tax.plain,
        "bond_interest_usd_a_year": found.interest.plain,
        "bond_interest_tax_usd_a_year": found.interest_tax.plain,
        "drift_usd_before": plan.drift_before.plain,
        "drift_usd_after": plan.drift_after.plain,
        "tax_table": found.table_year,
        "report": [{"code": note.code, "message": note.message} for note in plan.notes if note.code == "tax_table"],
    }


def _fund_json(fund: FundCost) -> Json:
    return {
        "account": fund.account,
        "symbol": fund.symbol,
        "value_usd": fund.value.plain,
        "gain_usd": fund.gain.plain,
        "tax_per_10000_highest_cost_usd": fund.dearest.plain,
        "tax_per_10000_oldest_usd": fund.oldest.plain,
        "tax_if_all_sold_usd": fund.in_all.plain,
        "lots_of_unknown_cost": fund.unknown,
    }


def show_whatif(found: WhatIf, plan: Plan) -> None:
    """Write it to the terminal."""
    out = console()
    out.print(heading("What selling would cost", f"  {found.on}, {_by(found)}"))
    if found.funds:
        out.print(_table(found))
        out.print("Highest cost first is what a careful seller does; oldest first is what a broker does by itself.")
        if any(fund.unknown for fund in found.funds):
            out.print("Lots of unknown cost count as all gain.")
    for line in (*_loop(found, plan), VERDICTS[found.fit]):
        out.print(line)
    if found.fit is Fit.MIXED:
        out.print(_room(found, plan))
    for note in plan.notes:
        if note.code == "tax_table":
            out.print(f"Note: {note.message}")


def _by(found: WhatIf) -> str:
    return "at the flat rates of the policy" if found.table_year is None else f"by the brackets of {found.table_year}"


def _table(found: WhatIf) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("Account", "Fund"):
        table.add_column(name, no_wrap=True)
    for name in ("Value", "Gain", f"Tax per {whole(SAMPLE)}", "oldest first", "Tax on all"):
        table.add_column(name, justify="right", no_wrap=True)
    for fund in found.funds:
        costs = (fund.value, fund.gain, fund.dearest, fund.oldest, fund.in_all)
        table.add_row(fund.account, fund.symbol, *map(whole, costs))
    value = Usd.total(fund.value for fund in found.funds)
    table.add_row("all together", "", whole(value), whole(found.gain), "", "", whole(found.in_all))
    return table


def _loop(found: WhatIf, plan: Plan) -> list[str]:
    """What today's plan costs, beside the same shift sold, and what the plain rule costs every year."""
    lines = []
    if plan.tax or plan.tax_if_sold:
        lines.append(
            f"Today's plan: {whole(plan.tax)} of tax by the loop, {whole(plan.tax_if_sold)} if the same shift were "
            "sold in taxable accounts. The difference is deferred, not gone."
        )
    if found.interest:
        lines.append(
            f"What the loop costs: bonds in taxable accounts pay about {whole(found.interest)} of interest a year, "
            f"{whole(found.interest_tax)} of tax every year."
        )
    return lines


def _room(found: WhatIf, plan: Plan) -> str:
    total = found.taxable + found.shelter
    part = percent(share(found.shelter, total.dollars))
    room = headroom_sentence(plan.headroom)
    return f"{part} of the household lies in shelters that may be moved." + (f" {room}" if room else "")
