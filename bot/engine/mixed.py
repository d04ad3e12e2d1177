"""The network with funds of several classes in it: a linear programme, solved exactly.

A cent in such a fund lies in several classes at once, so what was a flow is one no longer; everything else stays:
the bounds of each account, the goals, and the order of the aims. Least drift first, then least turnover, then no class
farther from its goal than it began or beyond it, then the worst funded class as well funded as can be, then the next
(lexicographic max-min over W/T), then each class where the owner prefers it, then few cents in funds of several
classes. The vertex is exact; only then is it rounded to whole cents, account by account.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.engine.flow import Matrix, Network
from bot.engine.simplex import Programme

Costs = dict[int, int]


class Mixture:
    """A network, and beside it what each account holds in funds of several classes.

    One cent of fund j is `parts[j][c]` parts of class c, of `whole` parts in all. `flow[a][j]`, `low`, `room` and
    `base` mean what they mean in the network. `fixed` is all that does not move, by class, in parts of a cent.
    """

    __slots__ = ("base", "fixed", "flow", "low", "net", "parts", "room", "whole")

    def __init__(
        self,
        net: Network,
        parts: Sequence[Sequence[int]],
        whole: int,
        *,
        flow: Matrix,
        low: Matrix,
        room: Matrix,
        base: Matrix,
    ) -> None:
        self.net, self.parts, self.whole = net, parts, whole
        self.flow, self.low, self.room, self.base = flow, low, room, base
        still = self.lying(net.flow, flow)
        self.fixed = [whole * worth - moves for worth, moves in zip(net.worth, still, strict=True)]

    def lying(self, flow: Matrix, mixed: Matrix) -> list[int]:
        """What lies in each class in the accounts that may trade, in parts of a cent."""
        funds = range(len(self.parts))
        return [
            self.whole * sum(row[c] for row in flow) + sum(row[j] * self.parts[j][c] for row in mixed for j in funds)
            for c in self.net.classes
        ]

    def supply(self, a: int) -> int:
        """All cents that may move in an account: F_a."""
        return sum(self.net.flow[a]) + sum(self.flow[a])

    def worth(self) -> list[int]:
        """What each class is worth, exactly, in parts of a cent."""
        lying = self.lying(self.net.flow, self.flow)
        return [known + moves for known, moves in zip(self.fixed, lying, strict=True)]

    def settle(self, flow: Matrix, mixed: Matrix) -> None:
        """Let the money lie so from now on."""
        self.net.flow, self.flow = flow, mixed
        self.net.worth = to_cents([Fraction(parts, self.whole) for parts in self.worth()], sum(self.net.worth))


def to_cents(exact: Sequence[Fraction], total: int) -> list[int]:
    """Whole numbers with this total, each next to its fraction; the largest remainders get the rest."""
    down = [number.numerator // number.denominator for number in exact]
    order = sorted(range(len(down)), key=lambda i: (down[i] - exact[i], i))
    for i in order[: total - sum(down)]:
        down[i] += 1
    return down


class Model:
    """The programme of a mixture: per account and column what is bought above and sold below its base.

    Columns are the classes, then the funds of several. Amounts of a class are counted in parts of a cent, those of a
    fund of several in cents, so that all coefficients are whole. `off[c]` lists the pieces of the gap between a class
    and its goal: sign, variable, and whether the piece counts as drift and as going astray.
    """

    def __init__(self, mix: Mixture) -> None:
        self.mix, self.programme = mix, Programme()
        net = mix.net
        self.up: list[list[int]] = []
        self.down: list[list[int]] = []
        for a in net.accounts:
            columns = [self._column(net, a, c, mix.whole) for c in net.classes]
            columns += [self._column(mix, a, j, 1) for j in range(len(mix.parts))]
            self.up.append([up for up, _ in columns])
            self.down.append([down for _, down in columns])
        self.off = [self._gap(c) for c in net.classes]
        for a in net.accounts:
            self._join_account(a)
        self.class_rows = [self._join_class(c) for c in net.classes]
        self.programme.repair()

    def _column(self, side: Network | Mixture, a: int, i: int, unit: int) -> tuple[int, int]:
        low, room, base = side.low[a][i], side.room[a][i], side.base[a][i]
        up = self.programme.variable(unit * max(0, low - base), unit * max(0, room - base))
        return up, self.programme.variable(unit * max(0, base - room), unit * max(0, base - low))

    def _gap(self, c: int) -> list[tuple[int, int, bool, bool]]:
        net, whole = self.mix.net, self.mix.whole
        pieces = []
        for sign in (1, -1):
            slack, began = whole * net.slack[c], max(0, sign * whole * (net.start[c] - net.goal[c]))
            edges = sorted({0, slack, began})
            for at, following in zip(edges, [*edges[1:], None], strict=True):
                piece = self.programme.variable(0, None if following is None else following - at)
                pieces.append((sign, piece, at >= min(slack, began), at >= began))
        return pieces

    def _units(self, i: int) -> int:
        return 1 if i < len(self.mix.net.classes) else self.mix.whole

    def _join_account(self, a: int) -> None:
        mix, terms = self.mix, Costs()
        for i, (up, down) in enumerate(zip(self.up[a], self.down[a], strict=True)):
            terms[up], terms[down] = self._units(i), -self._units(i)
        self.programme.row(terms, mix.whole * (mix.supply(a) - sum(mix.net.base[a]) - sum(mix.base[a])))

    def _join_class(self, c: int) -> int:
        mix, net = self.mix, self.mix.net
        terms = {piece: -sign for sign, piece, _, _ in self.off[c]}
        for up, down in zip(self.up, self.down, strict=True):
            terms[up[c]], terms[down[c]] = 1, -1
            for j, parts in enumerate(mix.parts, start=len(net.classes)):
                terms[up[j]], terms[down[j]] = parts[c], -parts[c]
        there = mix.fixed[c] + mix.lying(net.base, mix.base)[c]
        return self.programme.row(terms, mix.whole * net.goal[c] - there)

    # --- the aims ------------------------------------------------------------------------------------------------
    @property
    def drift(self) -> Costs:
        """Every part of a cent that a class lies beyond what is near enough to its goal."""
        return {piece: 1 for pieces in self.off for _, piece, counts, _ in pieces if counts}

    @property
    def turnover(self) -> Costs:
        """Everything that is sold."""
        return {down: self._units(i) for row in self.down for i, down in enumerate(row)}

    @property
    def astray(self) -> Costs:
        """Everything by which a class goes beyond its goal, or away from it."""
        return {piece: 1 for pieces in self.off for _, piece, _, strays in pieces if strays}

    @property
    def mixing(self) -> Costs:
        """What is bought of funds of several classes."""
        return {up: self.mix.whole for row in self.up for up in row[len(self.mix.net.classes) :]}

    def placing(self, rank: Sequence[Sequence[int]]) -> Costs:
        """The rank of every part of a cent where it lies."""
        costs = Costs()
        for ranks, ups, downs in zip(rank, self.up, self.down, strict=True):
            in_funds = [sum(r * part for r, part in zip(ranks, parts, strict=True)) for parts in self.mix.parts]
            for each, up, down in zip([*ranks, *in_funds], ups, downs, strict=True):
                costs[up], costs[down] = each, -each
        return costs

    def aim(self, costs: Costs) -> None:
        """Take the least of this, and keep to it."""
        self.programme.minimise(costs)
        self.programme.hold(costs)

    def even_out(self) -> None:
        """Fund the worst funded class as well as can be, then the worst of the others, until all are settled.

        Classes without a goal come after all others, and among themselves to one common depth.
        """
        goal = self.mix.net.goal
        self._level({c: goal[c] for c in self.mix.net.classes if goal[c] > 0})
        self._level({c: 1 for c in self.mix.net.classes if goal[c] <= 0})

    def _level(self, width: dict[int, int]) -> None:
        programme, level, waiting = self.programme, self.programme.variable(None, None), dict[int, int]()
        for c, wide in width.items():
            terms = {piece: sign for sign, piece, _, _ in self.off[c]} | {level: -wide}
            row = programme.row(terms, -self.mix.whole * self.mix.net.goal[c], low=None, high=0)
            waiting[programme.rest(row)] = c
        programme.repair()
        while waiting:
            programme.minimise({level: -1})
            for rest in programme.bearing({level: -1}):
                if rest in waiting:
                    self._settle(waiting.pop(rest))
                    programme.bound(rest, None, None)
            programme.bound(level, programme.value(level), None)

    def _settle(self, c: int) -> None:
        for _, piece, _, _ in self.off[c]:
            self.programme.bound(piece, self.programme.value(piece), self.programme.value(piece))

    def write_back(self) -> None:
        """Round the vertex to whole cents, no account losing one, and let the mixture lie so."""
        mix, size = self.mix, len(self.mix.net.classes)
        flow, mixed = [], []
        for a in mix.net.accounts:
            base = [*mix.net.base[a], *mix.base[a]]
            exact = [
                at + (self.programme.value(up) - self.programme.value(down)) * self._units(i) / mix.whole
                for i, (at, up, down) in enumerate(zip(base, self.up[a], self.down[a], strict=True))
            ]
            cents = to_cents(exact, mix.supply(a))
            flow.append(cents[:size])
            mixed.append(cents[size:])
        mix.settle(flow, mixed)


def improve(mix: Mixture, rank: Sequence[Sequence[int]] = ()) -> None:
    """Move the money of a mixture to where all aims are met, each as far as those before it allow."""
    _finish(Model(mix), rank)


def make_up(mix: Mixture, cash: int, rank: Sequence[Sequence[int]] = ()) -> None:
    """Let cash that lies idle find its way by swaps that together are no larger than the cash that they place.

    No class but cash may end smaller than it is: the swaps make up for where cash can go, and for nothing else.
    """
    model, net = Model(mix), mix.net
    programme, gap = model.programme, [w - mix.whole * t for w, t in zip(mix.worth(), net.goal, strict=True)]
    for c in net.classes:
        if c != cash:
            terms = {piece: sign for sign, piece, _, _ in model.off[c]}
            programme.row(terms, gap[c], low=None, high=0)
    swaps = {down: each for down, each in model.turnover.items() if down not in {row[cash] for row in model.down}}
    spent = {piece: sign for sign, piece, _, _ in model.off[cash]}
    programme.row(swaps | spent, gap[cash] + mix.whole * _sold(mix, cash), low=0, high=None)
    programme.repair()
    _finish(model, rank)


def _sold(mix: Mixture, cash: int) -> int:
    """What is sold already, in cents: the cure of debts is no part of a swap."""
    net = mix.net
    rows = zip([*net.base, *mix.base], [*net.flow, *mix.flow], strict=True)
    kept = sum(max(0, base[cash] - row[cash]) for base, row in zip(net.base, net.flow, strict=True))
    return sum(max(0, was - now) for base, row in rows for was, now in zip(base, row, strict=True)) - kept


def _finish(model: Model, rank: Sequence[Sequence[int]]) -> None:
    model.aim(model.drift)
    model.aim(model.turnover)
    model.aim(model.astray)
    model.even_out()
    if rank:
        model.aim(model.placing(rank))
    model.aim(model.mixing)
    model.write_back()
