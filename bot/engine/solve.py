"""The stages of the loop on one pie: cure debts, place cash, and where a band is broken, swap inside the shelters."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.plan import Certificate
from bot.domain.targets import Policy
from bot.engine import bands, routing
from bot.engine.blend import certificate, mixture
from bot.engine.certificate import certify
from bot.engine.flow import Matrix, Network
from bot.engine.layout import Skip, holdings, network
from bot.engine.mixed import Mixture, improve, make_up
from bot.engine.pie import Pie
from bot.engine.prices import prove
from bot.engine.spread import even_out

Rows = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Where the money should lie: `flow[a][c]` in cents beside `held[a][c]`, and what was swapped to get there.

    `mixed[a][j]` beside `mixed_held[a][j]` are the funds of several classes, in the order of the pie's `mixes`.
    """

    held: Rows
    flow: Rows
    worth: tuple[int, ...]
    swapped: bool
    mixed_held: Rows
    mixed: Rows

    @property
    def turnover(self) -> int:
        """Cents that are sold."""
        rows = zip(self.held + self.mixed_held, self.flow + self.mixed, strict=True)
        return sum(max(0, h - f) for row, new in rows for h, f in zip(row, new, strict=True))


def cured(pie: Pie) -> Solution:
    """The flow that cures each shelter's debt and does nothing else."""
    net = network(pie)
    return _solution(net, mixture(pie, net), pie, swapped=False)


def solve(pie: Pie, policy: Policy, skip: Skip = frozenset()) -> Solution:
    """The best flow that the policy allows today."""
    net = network(pie, skip)
    mix, ranks = mixture(pie, net, skip), routing.ranks(pie, policy)
    lowest, mixed_lowest = [list(row) for row in net.low], mix.low if mix else []
    _hold(net, mix, pie, lowest)
    if policy.routing.by_place:
        routing.by_location(net, pie, policy)
    elif mix:
        improve(mix, ranks)
    else:
        routing.to_lagging(net, pie, policy)
    if not bands.broken(pie, policy, net.worth):
        idle = net.worth[pie.cash] > net.goal[pie.cash]
        if idle:
            # a menu must not strand cash: a swap of at most its own size may make up for where it can go
            net.low = lowest
            if mix:
                mix.low = mixed_lowest
                make_up(mix, pie.cash, ranks)
            else:
                net.improve([pie.cash], longest=1)
        return _solution(net, mix, pie, swapped=idle)
    if policy.routing.by_place:
        net.low = [
            [max(lo, now) if not w.account.kind.sheltered else lo for lo, now in zip(old, new, strict=True)]
            for w, old, new in zip(pie.wallets, lowest, _bought(net, pie), strict=True)
        ]
        net.start = list(net.worth)
        if mix:
            mix.low = mixed_lowest
    else:
        net = network(pie, skip)
        mix = mixture(pie, net, skip)
    net.slack = bands.slack(pie, policy)
    if mix:
        improve(mix, ranks)
    else:
        net.improve(range(len(pie.classes)))
        even_out(net)
        routing.tidy(net, pie, policy)
    return _solution(net, mix, pie, swapped=True)


def _hold(net: Network, mix: Mixture | None, pie: Pie, lowest: Matrix) -> None:
    """Let cash move and nothing else."""
    if mix:
        mix.low = [list(row) for row in mix.flow]
    net.low = [
        [now if c != pie.cash else low[c] for c, now in enumerate(row)]
        for row, low in zip(net.flow, lowest, strict=True)
    ]


def _bought(net: Network, pie: Pie) -> Matrix:
    held = holdings(pie)
    return [
        [max(0, now - held[a][c]) if c != pie.cash else 0 for c, now in enumerate(row)]
        for a, row in enumerate(net.flow)
    ]


def _solution(net: Network, mix: Mixture | None, pie: Pie, *, swapped: bool) -> Solution:
    return Solution(
        held=_rows(holdings(pie)),
        flow=tuple(tuple(row) for row in net.flow),
        worth=tuple(net.worth),
        swapped=swapped,
        mixed_held=_rows(mix.base) if mix else (),
        mixed=_rows(mix.flow) if mix else (),
    )


def _rows(matrix: Matrix) -> Rows:
    return tuple(tuple(row) for row in matrix)


def limit(pie: Pie) -> tuple[Solution, Certificate]:
    """The nearest to target that any plan could come today without a taxable gain, and the proof of it."""
    net = network(pie)
    mix = mixture(pie, net)
    if mix:
        proof = certificate(pie, prove(mix))
        improve(mix)
    else:
        rooms = [list(row) for row in net.room]
        net.improve(range(len(pie.classes)))
        proof = certify(pie, net, rooms, [wallet.movable for wallet in pie.wallets])
    return _solution(net, mix, pie, swapped=True), proof
