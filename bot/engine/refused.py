"""What was not proposed: the taxable sales that others would have made, and what each would have cost."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.household import Household
from bot.domain.instruments import CASH
from bot.domain.money import Usd
from bot.domain.plan import NotProposed
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine import counterfactual
from bot.engine.counterfactual import LotSale
from bot.engine.pie import Pie


def not_proposed(
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    pie: Pie,
    worth: Sequence[int],
    out: dict[str, int],
    own: Sequence[LotSale],
) -> tuple[NotProposed, ...]:
    """The taxable sales that a bot without this rule would have made beyond the plan's own, each with its price."""
    wanted = dict(out)
    for c, name in enumerate(pie.classes):
        if name != CASH and worth[c] > pie.goal[c]:
            wanted[name] = wanted.get(name, 0) + worth[c] - pie.goal[c]
    sales = counterfactual.further_sales(household, snapshot, pie, wanted, own)
    refused = []
    for account, symbol in sorted({(sale.account, sale.symbol) for sale in sales}):
        mine = [sale for sale in sales if (sale.account, sale.symbol) == (account, symbol)]
        gain = sum(sale.gain for sale in mine)
        refused.append(
            NotProposed(
                account=account,
                symbol=symbol,
                asset_class=mine[0].asset_class,
                usd=Usd(sum(sale.cents for sale in mine)),
                realized_gain=Usd(gain),
                tax=counterfactual.tax(policy, mine, snapshot.as_of_on),
                reason=_why_refused(policy, gain),
            )
        )
    return tuple(refused)


def _why_refused(policy: Policy, gain: int) -> str:
    if gain > 0:
        return "a winner in a taxable account is never sold"
    if policy.taxable_sells is TaxableSells.NEVER:
        return "taxable_sells is never"
    return "this loss may not be taken today"
