"""The network of a pie: every cent that may move on its arcs, each shelter's debt already cured."""

from __future__ import annotations

from bot.domain.snapshot import Side
from bot.engine.flow import Matrix, Network
from bot.engine.pie import Pie
from bot.engine.spread import level

Skip = frozenset[tuple[int, int, Side]]  # (account, column, side): orders that would fall below the minimum trade


def network(pie: Pie, skip: Skip = frozenset()) -> Network:
    """The network of a pie with each shelter's debt already cured by sales there, best-funded classes first."""
    cash = pie.cash
    held = holdings(pie)
    base = [list(row) for row in held]
    for row, wallet in zip(base, pie.wallets, strict=True):
        row[cash] -= wallet.free
    flow = [list(row) for row in held]
    worth = list(pie.worth)
    for a, wallet in enumerate(pie.wallets):
        if wallet.debt:
            # funds of several classes raise the rest
            _cure(pie, flow[a], worth, min(wallet.debt, sum(fund.cents for fund in wallet.funds)))
    room = [list(row) for row in held]
    for row, wallet in zip(room, pie.wallets, strict=True):
        movable = wallet.movable
        row[cash] = movable
        for c, name in enumerate(pie.classes):
            if name in wallet.buys:
                row[c] = movable
    low = [[0] * len(pie.classes) for _ in held]
    for a, c, side in skip:
        if c < len(pie.classes):
            if side is Side.BUY:
                room[a][c] = held[a][c]
            else:
                low[a][c] = min(base[a][c], flow[a][c])
    return Network(flow, low, room, base, worth, pie.goal)


def holdings(pie: Pie) -> Matrix:
    """What each account holds of each class and may move, free cash included: H_ac."""
    place = {name: c for c, name in enumerate(pie.classes)}
    held = [[0] * len(place) for _ in pie.wallets]
    for row, wallet in zip(held, pie.wallets, strict=True):
        row[pie.cash] = wallet.free
        for fund in wallet.funds:
            row[place[fund.asset_class]] += fund.cents
    return held


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
