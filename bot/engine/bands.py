"""Bands: when a class has strayed far enough for sheltered swaps, and how far they should bring it back."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.domain.instruments import CASH, AssetClass
from bot.domain.targets import Policy, RebalanceTo
from bot.engine.pie import Pie


def broken(pie: Pie, policy: Policy, worth: Sequence[int]) -> tuple[int, ...]:
    """The classes (by index) that are out of band: at or beyond the absolute band, or the relative one.

    The relative band is a share of the class's target, so a class without a target is judged by the absolute band
    alone; cash breaks none, and a class exactly at its goal is in, also where a band is 0.
    """
    return tuple(c for c, name in enumerate(pie.classes) if name != CASH and _is_out(pie, policy, c, worth[c]))


def _is_out(pie: Pie, policy: Policy, c: int, worth: int) -> bool:
    if worth == pie.goal[c]:
        return False
    lower, upper, scale = edges(policy, pie.classes[c])
    return not lower * pie.total < worth * scale < upper * pie.total


def edges(policy: Policy, name: AssetClass) -> tuple[int, int, int]:
    """The lower and the upper edge of a class's band as shares of the pie, times the third number."""
    target, parts = policy.target_pct(name).as_integer_ratio()
    absolute, points = policy.band.absolute_pp.as_integer_ratio()
    relative, shares = policy.band.relative_pct.as_integer_ratio()
    middle, width = target * 100 * points * shares, absolute * 100 * parts * shares
    if target > 0:
        width = min(width, relative * target * points)
    return middle - width, middle + width, 10_000 * parts * points * shares


def slack(pie: Pie, policy: Policy) -> list[int]:
    """How far from its goal each class may stay once swaps are made, in cents: nothing, or half its band."""
    if policy.rebalance_to is RebalanceTo.TARGET:
        return [0] * len(pie.classes)
    return [0 if name == CASH else _half_band(pie, policy, c) for c, name in enumerate(pie.classes)]


def _half_band(pie: Pie, policy: Policy, c: int) -> int:
    target = Fraction(policy.target_pct(pie.classes[c])) / 100
    width = Fraction(policy.band.absolute_pp) * pie.total / 100
    if target > 0:
        width = min(width, Fraction(policy.band.relative_pct) * target * pie.total / 100)
    return max(0, int(width / 2))
