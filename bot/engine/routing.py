"""Routing: where new money goes, by the owner's policy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.domain.household import Kind
from bot.domain.instruments import AssetClass
from bot.domain.targets import Policy, Routing
from bot.engine.flow import Network
from bot.engine.guarded import Guard, missing
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
    taxable accounts bought stays bought; a shelter's purchase may still be turned by the swaps that follow. Under
    `adaptive` routing a taxable account buys only as much of what belongs there as `Guard` allows.
    """
    guard = Guard(pie, policy) if policy.routing is Routing.ADAPTIVE else None
    for a, wallet in enumerate(pie.wallets):
        amount = min(wallet.free, net.worth[pie.cash] - net.goal[pie.cash])
        buyable = [c for c, name in enumerate(pie.classes) if name in wallet.buys and pie.goal[c] > 0]
        wanted = belonging(pie, policy, wallet, buyable)
        if amount <= 0 or not wanted:
            continue
        if guard is None or wallet.account.kind.sheltered:
            _buy(net, pie, a, _share(net, wanted, amount))
            continue
        safe, cut = guard.allows(a, wanted, partial(_share, net, wanted), amount)
        parts = _share(net, wanted, safe)
        _buy(net, pie, a, parts)
        guard.bought(a, parts)
        if cut is not None and safe < amount:
            parts = _share(net, missing(pie, cut, buyable, wanted), amount - safe)
            _buy(net, pie, a, parts)
            guard.bought(a, parts)


def _share(net: Network, wanted: Sequence[int], amount: int) -> list[int]:
    """So many cents by class, poured into the wanted ones like water: the most lagging fills first."""
    worth = [net.worth[c] for c in wanted]
    after = level(sum(worth) + amount, worth, [w + amount for w in worth], [net.goal[c] for c in wanted])
    parts = [0] * len(net.worth)
    for c, before, now in zip(wanted, worth, after, strict=True):
        parts[c] = now - before
    return parts


def _buy(net: Network, pie: Pie, a: int, parts: Sequence[int]) -> None:
    """Cash of an account becomes these classes; in a taxable account it can not be undone."""
    stays = pie.wallets[a].account.kind is Kind.TAXABLE
    for c, cents in enumerate(parts):
        net.flow[a][c] += cents
        net.worth[c] += cents
        if stays:
            net.low[a][c] += cents
    net.flow[a][pie.cash] -= sum(parts)
    net.worth[pie.cash] -= sum(parts)


def belonging(pie: Pie, policy: Policy, wallet: Wallet, buyable: Sequence[int]) -> list[int]:
    """The classes, of those that can be bought, that belong best into an account."""
    ranks = {c: rank(policy, pie.classes[c], wallet.account.kind) for c in buyable}
    return [c for c in buyable if ranks[c] == min(ranks.values())]
