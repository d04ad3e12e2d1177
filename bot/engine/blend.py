"""Funds of several classes of a pie, laid beside its network as a mixture; the network alone where there are none."""

from __future__ import annotations

import math
from collections.abc import Collection
from fractions import Fraction

from bot.domain.instruments import AssetClass
from bot.domain.money import Usd
from bot.domain.plan import Certificate
from bot.domain.snapshot import Side
from bot.engine.flow import Network
from bot.engine.mixed import Mixture, improve
from bot.engine.pie import Pie
from bot.engine.prices import Proof


def mixture(pie: Pie, net: Network, skip: Collection[tuple[int, int, Side]] = ()) -> Mixture | None:
    """What may move in funds of several classes, on a network of the same pie; None where there are no such funds.

    In `skip` the columns of these funds follow those of the classes. What the other funds leave of a debt is cured.
    """
    if not pie.mixes:
        return None
    size, symbols = len(pie.classes), list(pie.mixes)
    held = [[_held(pie, a, symbol) for symbol in symbols] for a in net.accounts]
    room = [
        [
            w.movable if symbol in w.mixed_buys and (a, size + j, Side.BUY) not in skip else held[a][j]
            for j, symbol in enumerate(symbols)
        ]
        for a, w in enumerate(pie.wallets)
    ]
    recipe, whole = parts_of(pie)
    parts = [[dict(recipe[symbol]).get(c, 0) for c in range(size)] for symbol in symbols]
    none = [[0] * len(symbols) for _ in net.accounts]
    mix = Mixture(net, parts, whole, flow=[list(row) for row in held], low=none, room=room, base=held)
    if any(w.debt and w.mixed for w in pie.wallets):
        _cure(pie, mix)
    mix.low = [
        [min(held[a][j], now) if (a, size + j, Side.SELL) in skip else 0 for j, now in enumerate(row)]
        for a, row in enumerate(mix.flow)
    ]
    return mix


def column(pie: Pie, symbol: str, asset_class: AssetClass) -> int:
    """The place of a fund among the columns: its class, or beyond them its own place in `mixes`."""
    if symbol in pie.mixes:
        return len(pie.classes) + list(pie.mixes).index(symbol)
    return pie.classes.index(asset_class)


def parts_of(pie: Pie) -> tuple[dict[str, tuple[tuple[int, int], ...]], int]:
    """The classes of each such fund, by index, in whole parts, and how many parts a cent has."""
    weights = {
        symbol: [(pie.classes.index(name), Fraction(w)) for name, w in e if w] for symbol, e in pie.mixes.items()
    }
    whole = math.lcm(*(weight.denominator for row in weights.values() for _, weight in row))
    return {symbol: tuple((c, int(w * whole)) for c, w in row) for symbol, row in weights.items()}, whole


def _held(pie: Pie, a: int, symbol: str) -> int:
    return sum(fund.cents for fund in pie.wallets[a].mixed if fund.symbol == symbol)


def _cure(pie: Pie, mix: Mixture) -> None:
    """Raise what accounts with such funds owe by the sales that leave the household nearest to its goals.

    Money funds go first, as everywhere; nothing is bought, and no other account moves.
    """
    net, cash = mix.net, pie.cash
    lows, rooms, mixed_room = net.low, net.room, mix.room
    net.low, net.room = [list(row) for row in net.flow], [list(row) for row in net.flow]
    mix.low, mix.room = [list(row) for row in mix.flow], [list(row) for row in mix.flow]
    mixed = [list(row) for row in mix.flow]
    for a, wallet in enumerate(pie.wallets):
        if wallet.debt and wallet.mixed:
            owed = mix.supply(a) - wallet.movable
            mix.fixed[cash] += mix.whole * owed
            for j, cents in enumerate(mix.flow[a]):
                mixed[a][j] -= min(cents, owed)
                owed -= cents - mixed[a][j]
            net.low[a] = [now if c == cash else 0 for c, now in enumerate(net.flow[a])]
            net.room[a] = [now if c == cash else net.base[a][c] for c, now in enumerate(net.flow[a])]
            mix.low[a] = [0] * len(mixed[a])
    mix.settle(net.flow, mixed)
    improve(mix)
    net.start = list(net.worth)
    net.low, net.room, mix.room = lows, rooms, mixed_room


def certificate(pie: Pie, proof: Proof) -> Certificate:
    """A proof in the words of the plan: whole cents, the rounding of all three in what could move."""
    if not proof.cents:
        return Certificate()
    rows = zip(pie.classes, proof.weights, strict=True)
    counted = tuple((name, weight) for name, weight in rows if weight)
    goal, fixed = math.ceil(proof.goal), math.floor(proof.fixed)
    return Certificate(
        classes=tuple(name for name, _ in counted),
        goal=Usd(goal),
        fixed=Usd(fixed),
        movable=Usd(goal - fixed - proof.cents // 2),
        weights=counted if any(weight != proof.whole for _, weight in counted) else (),
        whole=proof.whole if any(weight != proof.whole for _, weight in counted) else 1,
    )
