"""Households made at random: accounts of every kind, restricted menus, locks, debts, open orders, buffers, blocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH, Instrument
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd, split
from bot.domain.readings import HouseholdFile
from bot.domain.snapshot import Holding, OpenOrder, Side, Snapshot, Trade
from bot.domain.targets import Band, Policy, RebalanceTo, TaxableSells

TODAY = date(2026, 3, 2)


def household(rng: Random, *, zero_bands: bool = False, fractional: bool = True, losses: bool = False) -> HouseholdFile:
    """One household of 1 to 5 accounts and 2 to 6 classes; everything that a file may say, in legal combinations."""
    classes = [f"c{i}" for i in range(rng.randint(2, 6))]
    instruments, prices = _funds(rng, classes)
    symbols = [i.symbol for i in instruments]
    accounts, holdings = [], []
    for n in range(rng.randint(1, 5)):
        account = _account(rng, n, symbols)
        accounts.append(account)
        holdings.append(_holding(rng, account, instruments, prices))
    return HouseholdFile(
        household=Household(id="random", accounts=tuple(accounts), instruments=tuple(instruments)),
        policy=_policy(rng, classes, zero_bands=zero_bands, fractional=fractional, losses=losses),
        snapshot=Snapshot(
            as_of_on=TODAY,
            holdings=tuple(holdings),
            prices=tuple(prices.items()),
            history=tuple(_trade(rng, accounts, symbols) for _ in range(rng.randint(0, 3))),
        ),
    )


def evenly(rng: Random) -> Decimal:
    """A price from $10 to $500, every dollar as likely as any other."""
    return Decimal(rng.randint(1_000, 50_000)).scaleb(-2)


def log_evenly(rng: Random) -> Decimal:
    """A price from $10 to $500, as likely to lie between $10 and $20 as between $100 and $200."""
    return Decimal(round(1_000 * 50 ** rng.random())).scaleb(-2)


def realistic(
    rng: Random, accounts: int, classes: int, *, price: Callable[[Random], Decimal] = log_evenly
) -> HouseholdFile:
    """About a quarter of a million dollars in each account, every class on every menu, prices from $10 to $500."""
    names = [f"c{i}" for i in range(classes)]
    funds = [Instrument(symbol=name.upper(), exposure=((name, Decimal(1)),)) for name in names]
    prices = {fund.symbol: price(rng) for fund in funds}
    kinds = [Kind.TAXABLE, *(rng.choice(list(Kind)[1:]) for _ in range(accounts - 1))]
    weights = [rng.randint(1, 10) for _ in names]
    targets = split(100, weights)
    menu = tuple(fund.symbol for fund in funds)
    return HouseholdFile(
        household=Household(
            id="realistic",
            accounts=tuple(Account(id=f"a{n}", kind=kind, menu=menu) for n, kind in enumerate(kinds)),
            instruments=tuple(funds),
        ),
        policy=Policy(targets_pct=tuple((name, Decimal(pct)) for name, pct in zip(names, targets, strict=True))),
        snapshot=Snapshot(
            as_of_on=TODAY,
            holdings=tuple(_stocked(rng, f"a{n}", funds, prices) for n in range(accounts)),
            prices=tuple(prices.items()),
        ),
    )


def _stocked(rng: Random, account: str, funds: list[Instrument], prices: dict[str, Decimal]) -> Holding:
    positions = []
    for fund in funds:
        dollars = Usd.of(rng.randint(0, 500_000 // len(funds)))
        shares = Shares.affordable(dollars, prices[fund.symbol], whole=True)
        positions.append(Position(symbol=fund.symbol, lots=(TaxLot(quantity=shares),)))
    return Holding(account=account, cash_settled=Usd(rng.randint(0, 500_000)), positions=tuple(positions))


def _funds(rng: Random, classes: list[str]) -> tuple[list[Instrument], dict[str, Decimal]]:
    instruments, prices = [], {}
    for name in classes:
        for k in range(rng.randint(1, 3)):
            symbol = f"{name.upper()}{'ABC'[k]}"
            instruments.append(
                Instrument(
                    symbol=symbol,
                    exposure=((name, Decimal(1)),),
                    identical_group=rng.choice([symbol, symbol, f"group-{name}"]),
                    tradable=rng.random() < 0.9,
                    taxable_only=rng.random() < 0.05,
                )
            )
            prices[symbol] = Decimal(rng.randint(500, 50000)).scaleb(-2)
    if rng.random() < 0.3:
        mixed = ((classes[0], Decimal("0.6")), (classes[-1], Decimal("0.4")))
        instruments.append(Instrument(symbol="MIX", exposure=mixed, tradable=False))
        prices["MIX"] = Decimal("33.33")
    if rng.random() < 0.3:
        instruments.append(Instrument(symbol="MMF", exposure=((CASH, Decimal(1)),)))
        prices["MMF"] = Decimal(1)
    return instruments, prices


def _account(rng: Random, n: int, symbols: list[str]) -> Account:
    return Account(
        id=f"a{n}",
        kind=rng.choice(list(Kind)),
        owner=rng.choice(["self", "spouse"]),
        managed=rng.random() < 0.85,
        automatic=rng.random() < 0.8,
        menu=tuple(rng.sample(symbols, rng.randint(1, len(symbols)))),
        cash_buffer=Usd(rng.choice([0, 0, rng.randint(0, 500_000)])),
    )


def _holding(rng: Random, account: Account, instruments: list[Instrument], prices: dict[str, Decimal]) -> Holding:
    held = rng.sample(instruments, rng.randint(0, min(4, len(instruments))))
    positions = tuple(
        Position(symbol=i.symbol, lots=tuple(_lot(rng, prices[i.symbol]) for _ in range(rng.randint(1, 4))))
        for i in held
    )
    orders = []
    for position in positions:
        if rng.random() < 0.1:
            side = rng.choice(list(Side))
            quantity = Shares(Decimal(max(1, int(position.quantity.count / 3))))
            if side is Side.BUY or quantity <= position.quantity:
                orders.append(OpenOrder(side=side, symbol=position.symbol, quantity=quantity))
    settled = rng.choice([0, rng.randint(0, 3_000_000), rng.randint(0, 3_000_000), -rng.randint(0, 400_000)])
    return Holding(
        account=account.id,
        cash_settled=Usd(settled),
        cash_unsettled=Usd(rng.choice([0, 0, 0, rng.randint(0, 1_000_000)])),
        positions=positions,
        open_orders=tuple(orders),
    )


def _lot(rng: Random, price: Decimal) -> TaxLot:
    acquired = rng.choice([None, TODAY - timedelta(days=rng.randint(0, 4000))])
    cost = rng.choice([None, price, price * rng.randint(10, 150) / 100, price * rng.randint(10, 150) / 100])
    locked = rng.random() < 0.1
    return TaxLot(
        quantity=Shares(Decimal(rng.randint(1, 40_000)) / rng.choice([1, 100, 100])),
        cost_per_share=cost,
        acquired_on=acquired,
        locked_until_on=TODAY + timedelta(days=rng.randint(0, 2)) if locked else None,
    )


def _trade(rng: Random, accounts: list[Account], symbols: list[str]) -> Trade:
    return Trade(
        on=TODAY - timedelta(days=rng.randint(0, 40)),
        account=rng.choice([a.id for a in accounts] + ["closed"]),
        owner="self",
        side=rng.choice(list(Side)),
        symbol=rng.choice(symbols),
        quantity=Shares(Decimal(10)),
        realized_gain=Usd(rng.randint(-500_000, 500_000)),
    )


def _policy(rng: Random, classes: list[str], *, zero_bands: bool, fractional: bool, losses: bool) -> Policy:
    names = [*classes, CASH] if rng.random() < 0.4 else classes
    cuts = sorted(rng.randint(0, 100) for _ in range(len(names) - 1))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    band = Band(absolute_pp=Decimal(0), relative_pct=Decimal(0)) if zero_bands else Band()
    preference = tuple((name, tuple(rng.sample(list(Kind), 2))) for name in classes if rng.random() < 0.3)
    return Policy(
        targets_pct=tuple(zip(names, (Decimal(w) for w in weights), strict=True)),
        band=band,
        fractional_shares=fractional,
        taxable_sells=TaxableSells.LOSSES_ONLY if losses else TaxableSells.NEVER,
        min_trade=Usd(0 if zero_bands else rng.choice([0, 0, 10_000])),
        spend_unsettled_cash=rng.random() < 0.2,
        rebalance_to=RebalanceTo.TARGET if zero_bands or rng.random() < 0.7 else RebalanceTo.HALF_BAND,
        location_preference=preference,
    )
