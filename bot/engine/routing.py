"""Routing: where new money goes, by the owner's policy."""

from __future__ import annotations

from bot.domain.household import Kind
from bot.domain.instruments import AssetClass
from bot.domain.targets import Policy
from bot.engine.flow import Network
from bot.engine.pie import Pie
from bot.engine.spread import even_out, level, prefer_places
from bot.engine.wallets import Wallet


def rank(policy: Policy, name: AssetClass, kind: Kind) -> int:
    """How well a class belongs into a kind of account: 0 is best; kinds that are not named come last, all equal."""
    for preferred, kinds in policy.location_preference:
        if preferred == name:
            return kinds.index(kind) if kind in kinds else len(kinds)
    return 0


def to_lagging(net: Network, pie: Pie, policy: Policy) -> None:
    """The plain rule: free cash buys what lags most, in the account where it lies."""
    net.improve([pie.cash])
    even_out(net)
    tidy(net, pie, policy)


def tidy(net: Network, pie: Pie, policy: Policy) -> None:
    """Among equal flows, the one that puts each class where the owner prefers it."""
    preferred = ranks(pie, policy)
    if preferred:
        prefer_places(net, preferred)


def ranks(pie: Pie, policy: Policy) -> list[list[int]]:
    """The rank of each class in each account; empty where the owner prefers nothing."""
    if not policy.location_preference:
        return []
    return [[rank(policy, name, w.account.kind) for name in pie.classes] for w in pie.wallets]


def by_location(net: Network, pie: Pie, policy: Policy) -> None:
    """Free cash above the goal of cash buys what belongs into the account where it lies.

    Where several classes belong equally the lagging one is bought; whether the class lags at all is not asked. What
    taxable accounts bought stays bought; a shelter's purchase may still be turned by the swaps that follow.
    """
    for a, wallet in enumerate(pie.wallets):
        amount = min(wallet.free, net.worth[pie.cash] - net.goal[pie.cash])
        wanted = _belonging(pie, policy, wallet)
        if amount <= 0 or not wanted:
            continue
        worth = [net.worth[c] for c in wanted]
        parts = level(sum(worth) + amount, worth, [w + amount for w in worth], [net.goal[c] for c in wanted])
        for c, before, after in zip(wanted, worth, parts, strict=True):
            net.flow[a][c] += after - before
            net.worth[c] += after - before
            if wallet.account.kind is Kind.TAXABLE:
                net.low[a][c] += after - before
        net.flow[a][pie.cash] -= amount
        net.worth[pie.cash] -= amount


def _belonging(pie: Pie, policy: Policy, wallet: Wallet) -> list[int]:
    buyable = [c for c, name in enumerate(pie.classes) if name in wallet.buys and pie.goal[c] > 0]
    ranks = {c: rank(policy, pie.classes[c], wallet.account.kind) for c in buyable}
    return [c for c in buyable if ranks[c] == min(ranks.values())]
