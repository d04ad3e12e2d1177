"""The zero-tax limit: a set of classes that proves how near to target any plan could come today."""

from __future__ import annotations

from bot.domain.money import Usd
from bot.domain.plan import Certificate
from bot.engine.flow import Network
from bot.engine.pie import Pie


def certify(pie: Pie, net: Network, rooms: list[list[int]], movable: list[int]) -> Certificate:
    """The smallest set S with T(S) - G(S) - f(S) equal to what the finished full flow leaves short.

    `rooms[a][c]` is what account a could hold of class c (u_ac), `movable[a]` all that may move there (F_a).
    f(S) = sum over accounts of min(F_a, u_a(S)) is an upper bound for any plan; that the flow meets it is asserted
    (max-flow min-cut: Ford, Fulkerson 1956). An empty certificate means that target can be reached.
    """
    members = sorted(net.reaching(lambda c: net.worth[c] < net.goal[c]))
    short = sum(max(0, goal - worth) for goal, worth in zip(net.goal, net.worth, strict=True))
    if not members:
        return Certificate()
    goal = sum(pie.goal[c] for c in members)
    fixed = sum(pie.fixed[c] for c in members)
    most = sum(min(movable[a], sum(rooms[a][c] for c in members)) for a in net.accounts)
    assert goal - fixed - most == short, "the flow and its cut disagree: no plan is safe to propose"
    return Certificate(
        classes=tuple(pie.classes[c] for c in members), goal=Usd(goal), fixed=Usd(fixed), movable=Usd(most)
    )
