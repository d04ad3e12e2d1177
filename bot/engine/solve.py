"""The stages of the loop on one pie: cure debts, place cash, and where a band is broken, swap inside the shelters."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.plan import Certificate
from bot.domain.snapshot import Side
from bot.domain.targets import Policy, Routing
from bot.engine import bands, routing
from bot.engine.certificate import certify
from bot.engine.flow import Matrix, Network
from bot.engine.pie import Pie
from bot.engine.spread import even_out, level

Skip = frozenset[tuple[int, int, Side]]  # (account, class, side): orders that would fall below the minimum trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Where the money should lie: `flow[a][c]` in cents beside `held[a][c]`, and what was swapped to get there."""

    held: tuple[tuple[int, ...], ...]
    flow: tuple[tuple[int, ...], ...]
    worth: tuple[int, ...]
    swapped: bool

    @property
    def turnover(self) -> int:
        """Cents that are sold."""
        return sum(
            max(0, h - f) for row, new in zip(self.held, self.flow, strict=True) for h, f in zip(row, new, strict=True)
        )


def network(pie: Pie, skip: Skip = frozenset()) -> Network:
    """The network of a pie with each shelter's debt already cured by sales there, best-funded classes first."""
    cash = pie.cash
    held = [[_held(pie, a, c) for c in range(len(pie.classes))] for a in range(len(pie.wallets))]
    base = [[h - (pie.wallets[a].free if c == cash else 0) for c, h in enumerate(row)] for a, row in enumerate(held)]
    flow = [list(row) for row in held]
    worth = list(pie.worth)
    for a, wallet in enumerate(pie.wallets):
        if wallet.debt:
            _cure(pie, flow[a], worth, wallet.debt)
    room = [
        [
            wallet.movable if (c == cash or name in wallet.buys) and (a, c, Side.BUY) not in skip else held[a][c]
            for c, name in enumerate(pie.classes)
        ]
        for a, wallet in enumerate(pie.wallets)
    ]
    low = [
        [min(base[a][c], flow[a][c]) if (a, c, Side.SELL) in skip else 0 for c in range(len(pie.classes))]
        for a in range(len(pie.wallets))
    ]
    return Network(flow, low, room, base, worth, pie.goal)


def _held(pie: Pie, a: int, c: int) -> int:
    wallet, name = pie.wallets[a], pie.classes[c]
    funds = sum(fund.cents for fund in wallet.funds if fund.asset_class == name)
    return funds + (wallet.free if c == pie.cash else 0)


def _cure(pie: Pie, flow: list[int], worth: list[int], debt: int) -> None:
    """Raise what an account owes: from its money funds, then from the classes that are funded best."""
    from_funds = min(flow[pie.cash], debt)
    flow[pie.cash] -= from_funds
    rest = debt - from_funds
    others = [c for c in range(len(flow)) if c != pie.cash and flow[c]]
    high = [worth[c] for c in others]
    after = level(sum(high) - rest, [worth[c] - flow[c] for c in others], high, [pie.goal[c] for c in others])
    for c, left in zip(others, after, strict=True):
        flow[c] -= worth[c] - left
        worth[c] = left
    worth[pie.cash] += rest


def cured(pie: Pie) -> Solution:
    """The flow that cures each shelter's debt and does nothing else."""
    return _solution(network(pie), pie, swapped=False)


def solve(pie: Pie, policy: Policy, skip: Skip = frozenset()) -> Solution:
    """The best flow that the policy allows today."""
    net = network(pie, skip)
    lowest = [list(row) for row in net.low]
    _hold(net, pie, lowest)
    if policy.routing is Routing.LOCATION:
        routing.by_location(net, pie, policy)
    else:
        routing.to_lagging(net, pie, policy)
    if not bands.broken(pie, policy, net.worth):
        idle = net.worth[pie.cash] > net.goal[pie.cash]
        if idle:
            # a menu must not strand cash: a swap of at most its own size may make up for where it can go
            net.low = lowest
            net.improve([pie.cash], longest=1)
        return _solution(net, pie, swapped=idle)
    if policy.routing is Routing.LOCATION:
        net.low = [
            [max(lo, now) if not w.account.kind.sheltered else lo for lo, now in zip(old, new, strict=True)]
            for w, old, new in zip(pie.wallets, lowest, _bought(net, pie), strict=True)
        ]
        net.start = list(net.worth)
    else:
        net = network(pie, skip)
    net.slack = bands.slack(pie, policy)
    net.improve(range(len(pie.classes)))
    even_out(net)
    routing.tidy(net, pie, policy)
    return _solution(net, pie, swapped=True)


def _hold(net: Network, pie: Pie, lowest: Matrix) -> None:
    """Let cash move and nothing else."""
    net.low = [
        [now if c != pie.cash else low[c] for c, now in enumerate(row)]
        for row, low in zip(net.flow, lowest, strict=True)
    ]


def _bought(net: Network, pie: Pie) -> Matrix:
    return [
        [max(0, now - _held(pie, a, c)) if c != pie.cash else 0 for c, now in enumerate(row)]
        for a, row in enumerate(net.flow)
    ]


def _solution(net: Network, pie: Pie, *, swapped: bool) -> Solution:
    return Solution(
        held=tuple(tuple(_held(pie, a, c) for c in range(len(pie.classes))) for a in range(len(pie.wallets))),
        flow=tuple(tuple(row) for row in net.flow),
        worth=tuple(net.worth),
        swapped=swapped,
    )


def limit(pie: Pie) -> tuple[Solution, Certificate]:
    """The nearest to target that any plan could come today without a taxable gain, and the proof of it."""
    net = network(pie)
    rooms = [list(row) for row in net.room]
    net.improve(range(len(pie.classes)))
    certificate = certify(pie, net, rooms, [wallet.movable for wallet in pie.wallets])
    return _solution(net, pie, swapped=True), certificate
