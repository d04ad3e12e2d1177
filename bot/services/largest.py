"""Whether a plan fits the owner's limits, looked at before anybody is asked to approve it."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.limits import Limits
from bot.domain.money import Usd
from bot.domain.plan import Plan, PlanLine
from bot.domain.snapshot import Snapshot
from bot.domain.violations import Violation
from bot.engine.guard.case import at_most

NOTHING = Decimal(0)


def too_large(plan: Plan, snapshot: Snapshot, limits: Limits, collar_pct: Decimal) -> tuple[Violation, ...]:
    """What the guard would refuse of the orders that are to be sent, at the worst limits that the collar allows."""
    lines = [line for line in plan.lines if line.automatic]
    whole = worth(snapshot)
    found = []
    largest = max(lines, key=lambda line: _most(line, collar_pct), default=None)
    if largest is not None and _most(largest, collar_pct) > whole.percent(limits.order_pct):
        found.append(_order_too_large(_most(largest, collar_pct), largest, whole, limits))
    together = Usd.total(_most(line, collar_pct) for line in lines)
    if together > whole.percent(limits.day_pct):
        message = f"The plan would need orders of {together} ({_share(together, whole)}) in a day"
        hint = f"your limit is {limits.day_pct:f}%: raise limits.day_pct, or move some of it by hand"
        found.append(Violation(code="G5", message=f"{message}, {hint}."))
    if len(lines) > limits.day_orders:
        message = f"The plan would need {len(lines)} orders in a day, your limit is {limits.day_orders}"
        found.append(Violation(code="G5", message=f"{message}: raise limits.day_orders."))
    return tuple(found)


def _order_too_large(most: Usd, line: PlanLine, whole: Usd, limits: Limits) -> Violation:
    message = f"The plan would need an order of {most} ({_share(most, whole)}) for {line.symbol} in {line.account}"
    hint = f"your limit is {limits.order_pct:f}%: raise limits.order_pct, or move some of it by hand"
    return Violation(code="G4", message=f"{message}, {hint}.")


def worth(snapshot: Snapshot) -> Usd:
    """All that the household holds, at the prices of the snapshot; what has no price counts nothing."""
    prices = dict(snapshot.prices)
    return Usd.total(
        holding.cash + Usd.total(one.quantity.value(prices.get(one.symbol) or NOTHING) for one in holding.positions)
        for holding in snapshot.holdings
    )


def _most(line: PlanLine, collar_pct: Decimal) -> Usd:
    return at_most(line.quantity, line.price * (1 + collar_pct / 100))


def _share(part: Usd, whole: Usd) -> str:
    return f"{Decimal(part.cents) * 100 / whole.cents:.1f}%" if whole else "all of it"
