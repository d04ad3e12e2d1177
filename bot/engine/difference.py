"""What changed from one plan to another: orders, classes, drift and limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.instruments import AssetClass
from bot.domain.money import Shares, Usd
from bot.domain.plan import Plan, PlanLine
from bot.domain.snapshot import Side


class Change(StrEnum):
    """What became of an order."""

    GONE = "gone"
    NEW = "new"
    RESIZED = "resized"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """An order that only one of two plans holds, or that they hold in other sizes; zero on the side without it."""

    change: Change
    account: str
    side: Side
    symbol: str
    shares_before: Shares
    shares_after: Shares
    usd_before: Usd
    usd_after: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """A class whose goal or whose dollars before any order differ; zero on the side that does not know it."""

    asset_class: AssetClass
    goal_before: Usd
    goal_after: Usd
    now_before: Usd
    now_after: Usd

    @property
    def why(self) -> str:
        """What moved: the goal (a target, or the whole pie) or what is held (prices, cash, trades), or both."""
        moved = [
            word
            for word, before, after in (
                ("goal", self.goal_before, self.goal_after),
                ("held", self.now_before, self.now_after),
            )
            if before != after
        ]
        return " and ".join(moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two plans side by side: (before, after) for every figure of the whole."""

    orders: tuple[OrderChange, ...]
    classes: tuple[ClassChange, ...]
    pie: tuple[Usd, Usd]
    drift_before: tuple[Usd, Usd]
    drift_after: tuple[Usd, Usd]
    drift_limit: tuple[Usd, Usd]
    tax: tuple[Usd, Usd]

    @property
    def is_empty(self) -> bool:
        """Whether the plans say the same in orders, classes and whole."""
        pairs = (self.pie, self.drift_before, self.drift_after, self.drift_limit, self.tax)
        return not self.orders and not self.classes and all(before == after for before, after in pairs)


def difference(before: Plan, after: Plan) -> Difference:
    """What the second plan says otherwise; line numbers, reasons and levers do not count."""
    return Difference(
        orders=_orders(before, after),
        classes=_classes(before, after),
        pie=(before.pie, after.pie),
        drift_before=(before.drift_before, after.drift_before),
        drift_after=(before.drift_after, after.drift_after),
        drift_limit=(before.drift_limit, after.drift_limit),
        tax=(before.tax, after.tax),
    )


_Key = tuple[str, bool, str]


def _by_key(plan: Plan) -> dict[_Key, PlanLine]:
    """The orders of a plan by account, sells first, and symbol: an account trades a fund once a plan."""
    return {(line.account, line.side is Side.BUY, line.symbol): line for line in plan.lines}


def _orders(before: Plan, after: Plan) -> tuple[OrderChange, ...]:
    old, new = _by_key(before), _by_key(after)
    return tuple(
        change for key in sorted(old.keys() | new.keys()) if (change := _order(old.get(key), new.get(key))) is not None
    )


def _order(old: PlanLine | None, new: PlanLine | None) -> OrderChange | None:
    either = old or new
    if either is None or (old is not None and new is not None and old.quantity == new.quantity):
        return None
    return OrderChange(
        change=Change.NEW if old is None else Change.GONE if new is None else Change.RESIZED,
        account=either.account,
        side=either.side,
        symbol=either.symbol,
        shares_before=old.quantity if old else Shares(),
        shares_after=new.quantity if new else Shares(),
        usd_before=old.usd if old else Usd(),
        usd_after=new.usd if new else Usd(),
    )


def _classes(before: Plan, after: Plan) -> tuple[ClassChange, ...]:
    old = {line.asset_class: (line.goal, line.before) for line in before.classes}
    new = {line.asset_class: (line.goal, line.before) for line in after.classes}
    nothing = (Usd(), Usd())
    rows = [(name, old.get(name, nothing), new.get(name, nothing)) for name in sorted(old.keys() | new.keys())]
    return tuple(
        ClassChange(
            asset_class=name,
            goal_before=was[0],
            goal_after=becomes[0],
            now_before=was[1],
            now_after=becomes[1],
        )
        for name, was, becomes in rows
        if was != becomes
    )
