"""Households that stood at their own optimum until prices moved: what a benchmark of the engine is run on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd, split
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, Snapshot
from bot.domain.targets import Policy
from bot.engine.pie import bake
from bot.engine.solve import limit

TODAY = date(2026, 3, 2)
SHELTERS = [kind for kind in Kind if kind.sheltered]


def shocked(
    rng: Random, accounts: int, classes: int, *, open_menus: bool = False, whole: bool = False
) -> HouseholdFile:
    """One made-up household with one fund for each class and prices of $10 to $500.

    It begins with cash alone, which is invested at the zero-tax limit; then every price moves (standard deviation 15%)
    and one account gets a deposit of 0.1 to 1 percent of everything. Where menus are not open, half of the shelters
    may buy but a few classes.
    """
    names = [f"c{i:02}" for i in range(classes)]
    prices = {name.upper(): Decimal(rng.randint(1_000, 50_000)).scaleb(-2) for name in names}
    people = [_account(rng, n, list(prices), open_menu=open_menus or n == 0) for n in range(accounts)]
    household = Household(
        id="shocked",
        accounts=tuple(people),
        instruments=tuple(Instrument(symbol=name.upper(), exposure=((name, Decimal(1)),)) for name in names),
    )
    weights = split(100 - classes, [rng.randint(1, 10) for _ in names])
    policy = Policy(
        targets_pct=tuple((name, Decimal(1 + weight)) for name, weight in zip(names, weights, strict=True)),
        fractional_shares=not whole,
    )
    at_first = Snapshot(
        as_of_on=TODAY,
        holdings=tuple(Holding(account=a.id, cash_settled=Usd(_wealth(rng))) for a in people),
        prices=tuple(prices.items()),
    )
    return _moved(rng, household, policy, _invested(rng, household, policy, at_first, whole=whole))


def _account(rng: Random, n: int, symbols: list[str], *, open_menu: bool) -> Account:
    taxable = n == 0 or rng.random() < 0.15
    kind = Kind.TAXABLE if taxable else rng.choice(SHELTERS)
    few = not (open_menu or taxable) and rng.random() < 0.5
    menu = rng.sample(symbols, rng.randint(1, max(1, len(symbols) // 2))) if few else symbols
    return Account(id=f"a{n:02}", kind=kind, menu=tuple(menu))


def _wealth(rng: Random) -> int:
    return int(25_000_000 * rng.lognormvariate(0, 0.8))


def _invested(rng: Random, household: Household, policy: Policy, snapshot: Snapshot, *, whole: bool) -> Snapshot:
    pie = bake(household, policy, snapshot)
    flow = limit(pie)[0].flow
    holdings = []
    for wallet, row in zip(pie.wallets, flow, strict=True):
        positions, left = [], wallet.free
        for name, cents in zip(pie.classes, row, strict=True):
            if name in wallet.buys and cents > 0:
                symbol, price = wallet.buys[name]
                shares = Shares.affordable(Usd(cents), price, whole=whole)
                left -= shares.value(price).cents
                positions.append(Position(symbol=symbol, lots=_lots(rng, shares, price)))
        holdings.append(Holding(account=wallet.account.id, cash_settled=Usd(left), positions=tuple(positions)))
    return replace(snapshot, holdings=tuple(holdings))


def _lots(rng: Random, shares: Shares, price: Decimal) -> tuple[TaxLot, ...]:
    """Up to three lots of any age, most of them bought at less than today's price."""
    first = Shares((shares.count / 3).to_integral_value())
    parts = [part for part in (first, first, shares - first - first) if part.count > 0]
    return tuple(
        TaxLot(
            quantity=part,
            cost_per_share=(price * rng.randint(30, 110) / 100).quantize(Decimal("0.01")),
            acquired_on=TODAY - timedelta(days=rng.randint(10, 4000)),
        )
        for part in parts
    )


def _moved(rng: Random, household: Household, policy: Policy, snapshot: Snapshot) -> HouseholdFile:
    prices = tuple(
        (symbol, (price * Decimal(str(max(0.3, rng.gauss(1, 0.15))))).quantize(Decimal("0.01")))
        for symbol, price in snapshot.prices
        if price is not None
    )
    total = sum(holding.cash.cents for holding in snapshot.holdings) + sum(
        position.quantity.value(dict(prices)[position.symbol]).cents
        for holding in snapshot.holdings
        for position in holding.positions
    )
    lucky = rng.randrange(len(snapshot.holdings))
    deposit = Usd(total * rng.randint(10, 100) // 10_000)
    holdings = tuple(
        replace(holding, cash_settled=holding.cash_settled + deposit) if at == lucky else holding
        for at, holding in enumerate(snapshot.holdings)
    )
    return HouseholdFile(
        household=household, policy=policy, snapshot=replace(snapshot, holdings=holdings, prices=prices)
    )
