"""The honest stop: what no tax-free trade can cure today, and what would."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.household import Household
from bot.domain.money import Usd
from bot.domain.plan import Certificate, Residual
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy
from bot.engine import bands, counterfactual
from bot.engine.counterfactual import LotSale
from bot.engine.explain import certificate_sentence, dollars
from bot.engine.pie import Pie


def remain(
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    pie: Pie,
    worth: Sequence[int],
    proof: Certificate,
    own: Sequence[LotSale],
) -> Residual | None:
    """The residual where a class is still out of band once the plan has filled; None when all are in.

    `own` are the taxable lots that the plan itself sells.
    """
    out = bands.broken(pie, policy, worth)
    if not out:
        return None
    names = ", ".join(pie.classes[c] for c in out)
    why = certificate_sentence(proof) if proof.classes else "The rest is smaller than the smallest trade allowed."
    return Residual(
        drift=Usd(pie.drift(list(worth))),
        reason=f"out of band after this plan: {names}. {why}",
        cures=tuple(_cures(household, policy, snapshot, pie, worth, own)),
    )


def _cures(
    household: Household, policy: Policy, snapshot: Snapshot, pie: Pie, worth: Sequence[int], own: Sequence[LotSale]
) -> list[str]:
    cures = []
    cents = new_cash(pie, policy, worth)
    if cents:
        where = " in an account without tax to come" if any(wallet.weight != 1 for wallet in pie.wallets) else ""
        text = f"{dollars(cents)} of new money{where} that buys what lags"
        if policy.deposit and policy.deposit.cents > 0:
            paydays = -(-cents // policy.deposit.cents)
            text += f", that is {paydays} payday{'s' if paydays > 1 else ''} of {policy.deposit}"
        cures.append(text)
    off = {name: worth[c] - pie.goal[c] for c, name in enumerate(pie.classes) if c != pie.cash}
    over = {name: cents for name, cents in off.items() if cents > 0}
    sales = counterfactual.further_sales(household, snapshot, pie, over, own)
    if sales:
        sold, gain = sum(sale.cents for sale in sales), sum(sale.gain for sale in sales)
        price = counterfactual.tax(policy, sales, snapshot.as_of_on)
        cures.append(
            f"selling {dollars(sold)} in taxable, which would realise {dollars(abs(gain))} of "
            f"{'loss' if gain < 0 else 'gain'} and cost {dollars(price.cents)} of tax"
        )
    return cures


def new_cash(pie: Pie, policy: Policy, worth: Sequence[int]) -> int:
    """The least new money, in cents, that would bring every class into its band if it bought only what lags; 0: none.

    Bisection: more money makes every overweight smaller. None within a hundred times the household counts as 0.
    """
    edges = [bands.edges(policy, name) for name in pie.classes]
    low, high = 0, pie.total * 100
    if not _in_band(pie, edges, worth, high):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _in_band(pie, edges, worth, middle) else (middle, high)
    return high


def _in_band(pie: Pie, edges: Sequence[tuple[int, int, int]], worth: Sequence[int], cents: int) -> bool:
    """Whether so much new money, spent on what lags, leaves no class outside its band (to the cent)."""
    total, spare = pie.total + cents, cents
    for c, (lower, upper, scale) in enumerate(edges):
        if c == pie.cash:
            continue
        if worth[c] * scale > upper * total + scale:
            return False
        spare -= max(0, -(-lower * total // scale) - worth[c])
    return spare >= 0
