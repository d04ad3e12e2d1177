"""The naive ways beside a plan: what they would have sold today, and the taxes that the plan puts off or lets grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.deferral import Deferral, First, NaiveSale, Scope
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH, AssetClass
from bot.domain.money import Usd
from bot.domain.plan import Plan, PlanLine
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine import bands
from bot.engine.tax.estimate import on_gains, on_interest
from bot.engine.tax.held import Held, Prices, Sold, all_gains, by_account, gains_of, sell, taxable_lots, worth


def with_deferral(plan: Plan, household: Household, policy: Policy, snapshot: Snapshot) -> Plan:
    """The plan with the taxes beside it; `snapshot` and `policy` are those that it was drawn from."""
    return replace(plan, deferral=deferral(plan, household, policy.on(snapshot.as_of_on), snapshot))


def deferral(plan: Plan, household: Household, policy: Policy, snapshot: Snapshot) -> Deferral:
    """What the four naive ways would have realised, the gains that wait, and the interest that begins."""
    on, prices = snapshot.as_of_on, dict(snapshot.prices)
    held = taxable_lots(household, snapshot)
    waiting = all_gains(held, prices, on)
    interest = bought_interest(household, policy, plan.lines)
    return Deferral(
        naive=tuple(
            _way(plan, household, policy, snapshot, held, scope=scope, first=first)
            for scope in Scope
            for first in First
        ),
        waiting_gain=Usd(waiting.short + waiting.long),
        waiting_tax=on_gains(policy, waiting, on),
        interest=interest,
        interest_tax=on_interest(policy, interest, on),
        table_year=None if policy.taxes is None else policy.taxes.table(on.year).year,
    )


def _way(
    plan: Plan,
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    held: Sequence[Held],
    *,
    scope: Scope,
    first: First,
) -> NaiveSale:
    on, prices = snapshot.as_of_on, dict(snapshot.prices)
    if scope is Scope.HOUSEHOLD:
        sales, _ = sell(household, held, shift(household, plan.lines), prices, on, first)
    else:
        sales = alone(household, policy, snapshot, held, first)
    gains = gains_of(sales)
    gain, tax = Usd(gains.short + gains.long), on_gains(policy, gains, on)
    if (scope, first) == (Scope.HOUSEHOLD, First.HIGHEST_COST):  # the plan's own figures, to the last cent
        gain, tax = plan.gain_if_sold, plan.tax_if_sold
    return NaiveSale(scope=scope, first=first, sold=Usd(sum(one.cents for one in sales)), gain=gain, tax=tax)


def shift(household: Household, lines: Sequence[PlanLine]) -> dict[AssetClass, int]:
    """Net cents of each class that the orders take out of the shelters (negative: bring in)."""
    out: dict[AssetClass, int] = {}
    for line in lines:
        if household.account(line.account).kind.sheltered:
            sign = 1 if line.side is Side.SELL else -1
            for name, cents in line.by_class:
                out[name] = out.get(name, 0) + sign * cents
    return out


def alone(household: Household, policy: Policy, snapshot: Snapshot, held: Sequence[Held], first: First) -> list[Sold]:
    """What would go if each taxable account were brought back to the targets on its own, once it is out of band."""
    prices, sales = dict(snapshot.prices), list[Sold]()
    for name, lots in sorted(by_account(held).items()):
        account = household.account(name)
        if account.managed:
            over = too_much(household, policy, lots, prices, _spare_cash(account, snapshot))
            sales += sell(household, lots, over, prices, snapshot.as_of_on, first)[0]
    return sales


def too_much(
    household: Household, policy: Policy, lots: Sequence[Held], prices: Prices, cash: int
) -> dict[AssetClass, int]:
    """Cents by which classes of one account stand above its own targets; nothing while all are in their bands."""
    found = worth(household, lots, prices)
    found[CASH] = found.get(CASH, 0) + cash
    total = sum(found.values())
    names = set(found) | {name for name, _ in policy.targets_pct}
    if not any(_is_out(policy, name, found.get(name, 0), total) for name in names if name != CASH):
        return {}
    goals = {name: int(policy.target_pct(name) * total / 100) for name in names}
    return {name: cents - goals[name] for name, cents in found.items() if name != CASH and cents > goals[name]}


def _is_out(policy: Policy, name: AssetClass, cents: int, total: int) -> bool:
    lower, upper, scale = bands.edges(policy, name)
    return not lower * total < cents * scale < upper * total


def _spare_cash(account: Account, snapshot: Snapshot) -> int:
    return max(0, snapshot.holding(account.id).cash.cents - account.cash_buffer.cents)


def bought_interest(household: Household, policy: Policy, lines: Sequence[PlanLine]) -> Usd:
    """What the interest-paying funds that taxable accounts buy will pay a year; municipal ones are exempt (IRC 103)."""
    bought: dict[AssetClass, int] = {}
    for line in lines:
        taxed = household.account(line.account).kind is Kind.TAXABLE
        if line.side is Side.BUY and taxed and not household.instrument(line.symbol).taxable_only:
            for name, cents in line.by_class:
                bought[name] = bought.get(name, 0) + cents
    return yearly_interest(policy, bought)


def yearly_interest(policy: Policy, by_class: Mapping[AssetClass, int]) -> Usd:
    """What so many cents of each class pay in interest a year."""
    return Usd.total(Usd(by_class.get(name, 0)).percent(pct) for name, pct in policy.interest_pct)


def held_interest(household: Household, policy: Policy, snapshot: Snapshot) -> Usd:
    """What all funds in taxable accounts pay in taxed interest a year."""
    taxed = [one for one in taxable_lots(household, snapshot) if not household.instrument(one.symbol).taxable_only]
    return yearly_interest(policy, worth(household, taxed, dict(snapshot.prices)))
