"""Whether the method is for a household at all: what selling its own lots would cost, and what the loop costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.deferral import First
from bot.domain.household import Household
from bot.domain.money import Usd
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy
from bot.engine.tax.estimate import on_gains, on_interest
from bot.engine.tax.held import Held, Prices, Sold, all_gains, gains_of, sell_fund, taxable_lots
from bot.engine.tax.naive import held_interest

SAMPLE = Usd.of(10_000)
EVERYTHING = 10**15  # cents, more than any position


class Fit(StrEnum):
    """What the method can do for a household, by where its money lies."""

    EMPTY = "empty"  # there is nothing
    SHELTERED = "sheltered"  # all in shelters: any rebalance is free already
    TAXABLE = "taxable"  # nothing movable in shelters: only new money can be routed
    FREE = "free"  # gains cost nothing in its bracket: selling is free too
    MIXED = "mixed"  # what the loop was made for


@dataclass(frozen=True, slots=True, kw_only=True)
class FundCost:
    """What selling one fund of one taxable account would cost.

    `dearest` and `oldest` are the tax on a sale of $10,000, by which lots go first (of a smaller position, in
    proportion); `in_all` that on all of it. `unknown` lots count as all gain.
    """

    account: str
    symbol: str
    value: Usd
    gain: Usd
    dearest: Usd
    oldest: Usd
    in_all: Usd
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The costs of selling and those of the loop, which sells no winner in a taxable account.

    `in_all` is the tax if every taxable share were sold this year. `shelter` is what managed shelters hold; `interest`
    what bonds in taxable accounts pay a year, and `interest_tax` what that costs: the price of the plain rule.
    """

    on: date
    fit: Fit
    funds: tuple[FundCost, ...]
    taxable: Usd
    shelter: Usd
    gain: Usd
    in_all: Usd
    interest: Usd
    interest_tax: Usd
    table_year: int | None


def what_if(household: Household, policy: Policy, snapshot: Snapshot) -> WhatIf:
    """The table of a household, on its snapshot's day."""
    on, prices = snapshot.as_of_on, dict(snapshot.prices)
    held = taxable_lots(household, snapshot)
    places = sorted({(one.account, one.symbol) for one in held})
    funds = tuple(
        _fund(policy, [one for one in held if (one.account, one.symbol) == place], prices, on) for place in places
    )
    gains, interest = all_gains(held, prices, on), held_interest(household, policy, snapshot)
    taxable, shelter = _value(household, snapshot, sheltered=False), _value(household, snapshot, sheltered=True)
    return WhatIf(
        on=on,
        fit=_fit(taxable, shelter, funds),
        funds=funds,
        taxable=taxable,
        shelter=shelter,
        gain=Usd(gains.short + gains.long),
        in_all=on_gains(policy, gains, on),
        interest=interest,
        interest_tax=on_interest(policy, interest, on),
        table_year=None if policy.taxes is None else policy.taxes.table(on.year).year,
    )


def _fund(policy: Policy, held: Sequence[Held], prices: Prices, on: date) -> FundCost:
    whole = sell_fund(held, EVERYTHING, prices, on, First.FIFO)
    value, gains = sum(one.cents for one in whole), gains_of(whole)
    parts = {first: sell_fund(held, SAMPLE.cents, prices, on, first) for first in First}
    return FundCost(
        account=held[0].account,
        symbol=held[0].symbol,
        value=Usd(value),
        gain=Usd(gains.short + gains.long),
        dearest=_per_sample(policy, parts[First.HIGHEST_COST], on),
        oldest=_per_sample(policy, parts[First.FIFO], on),
        in_all=on_gains(policy, gains, on),
        unknown=sum(one.lot.cost_per_share is None for one in held),
    )


def _per_sample(policy: Policy, sales: Sequence[Sold], on: date) -> Usd:
    sold = sum(one.cents for one in sales)
    if not sold:
        return Usd()
    return Usd.nearest(on_gains(policy, gains_of(sales), on).dollars * SAMPLE.cents / sold)


def _value(household: Household, snapshot: Snapshot, *, sheltered: bool) -> Usd:
    """What lies in taxable accounts, or in the shelters that are managed."""
    accounts = [a for a in household.accounts if a.kind.sheltered is sheltered and (a.managed or not sheltered)]
    holdings = [snapshot.holding(account.id) for account in accounts]
    funds = [p.quantity.value(snapshot.price(p.symbol) or Decimal(0)) for h in holdings for p in h.positions]
    return Usd.total([*funds, *(max(Usd(), holding.cash) for holding in holdings)])


def _fit(taxable: Usd, shelter: Usd, funds: Sequence[FundCost]) -> Fit:
    if not taxable and not shelter:
        return Fit.EMPTY
    if not taxable:
        return Fit.SHELTERED
    if not shelter:
        return Fit.TAXABLE
    winners = [fund for fund in funds if fund.gain.cents > 0]
    if winners and not any(fund.dearest or fund.oldest for fund in winners):
        return Fit.FREE
    return Fit.MIXED
