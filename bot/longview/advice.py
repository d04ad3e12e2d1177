"""Which routing would suit a household, and why, from its own accounts: with both figures of headroom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.instruments import CASH
from bot.domain.plan import Headroom
from bot.domain.readings import HouseholdFile
from bot.domain.targets import Policy, Routing
from bot.engine.headroom import headroom
from bot.engine.pie import Pie, bake
from bot.longview.own import is_bonds

TIGHT = Decimal(25)  # percent of a rise that ordinary years bring: below it the shelter is stuck soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A routing and the reasons for it, one sentence each; `rooms` are the headroom of each class today.

    `taxable_pct` is the part of what may be moved or bought that lies in taxable accounts.
    """

    routing: Routing
    why: tuple[str, ...]
    taxable_pct: Decimal
    rooms: tuple[Headroom, ...]


def advised(day: HouseholdFile) -> Advice:
    """What to recommend to the household of a file; pure, from its accounts alone."""
    policy = day.policy.on(day.snapshot.as_of_on)
    pie = bake(day.household, policy, day.snapshot.in_order())
    rooms = headroom(pie, policy)
    taxable = _taxable_pct(pie)
    routing, why = _choice(policy, pie, rooms, taxable)
    return Advice(routing=routing, why=(*why, *map(_room, rooms)), taxable_pct=taxable, rooms=rooms)


def _taxable_pct(pie: Pie) -> Decimal:
    shelters = sum(wallet.movable for wallet in pie.wallets if wallet.account.kind.sheltered)
    return Decimal(100) - Decimal(100 * shelters) / pie.total if pie.total > 0 else Decimal(0)


def _choice(policy: Policy, pie: Pie, rooms: tuple[Headroom, ...], taxable: Decimal) -> tuple[Routing, tuple[str, ...]]:
    kinds = {wallet.account.kind.sheltered for wallet in pie.wallets}
    bonds = [name for name in pie.classes if name != CASH and policy.target_pct(name) > 0 and is_bonds(policy, name)]
    if kinds != {True, False}:
        where = "shelters" if kinds == {True} else "taxable accounts"
        why = f"All that may be moved lies in {where}: there is no place to choose, so new money follows what lags."
        return Routing.LAGGING, (why,)
    if not bonds:
        return Routing.LAGGING, ("No class with a target pays interest: nothing gains by its place.",)
    if policy.target_pct(bonds[0]) <= 10 and len(bonds) == 1:
        why = "With so few bonds there is hardly anything to place: a century of markets shows no gain from location."
        return Routing.LAGGING, (why,)
    why = (
        f"{taxable:.0f}% lies where a winner is never sold; bonds pay interest that is taxed every year, so they "
        "belong into the shelters, and new taxable money into stocks."
    )
    stuck = [room.asset_class for room in rooms if room.rise_pct is not None and room.rise_pct < TIGHT]
    if stuck:
        tight = (
            f"The shelters could not answer a rise of {' or '.join(stuck)} by {TIGHT}%: adaptive routing buys what "
            "they would run out of first."
        )
        return Routing.ADAPTIVE, (why, tight, "Where your plan lets you choose, send contributions to the shelters.")
    guard = (
        f"Adaptive routing does so as long as that could still rise by {policy.headroom_floor_pct.normalize():f}% "
        "overnight and trades inside the shelters would answer; plain location gets stuck far more often."
    )
    return Routing.ADAPTIVE, (why, guard)


def _room(room: Headroom) -> str:
    """Both figures of one class: at once, and slowly."""
    if room.rise_pct is None:
        return f"{room.asset_class}: the shelters could answer any rise, and a fall of {_plain(room.fall_pct)}%."
    slowly = "" if room.gradual_rise_pct is None else f", or of {_plain(room.gradual_rise_pct)}% if it comes slowly"
    return (
        f"{room.asset_class}: the shelters could answer a rise of {_plain(room.rise_pct)}% overnight{slowly}, and a "
        f"fall of {_plain(room.fall_pct)}%."
    )


def _plain(pct: Decimal) -> str:
    return f"{pct.normalize():f}" if pct else "0"
