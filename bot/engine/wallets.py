"""Wallets: what each account may sell, buy and spend today, in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import ONE, AssetClass, Exposure, Instrument, main_class
from bot.domain.money import Shares
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine import after_tax, fund_rules
from bot.engine.open_orders import Projection
from bot.engine.piles import Pile
from bot.engine.set_aside import Aside


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """Shares of one fund in one account that may be sold today, and what they count in cents.

    The price is the real one.

    Of a fund of several classes `asset_class` is the largest and `exposure` has them all; otherwise it is empty.
    """

    symbol: str
    asset_class: AssetClass
    price: Decimal
    shares: Shares
    cents: int
    exposure: Exposure = ()

    @property
    def usd(self) -> int:
        """What they are worth in real cents."""
        return self.shares.value(self.price).cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What one managed account can move.

    `free` and `debt` in cents: settled cash that nothing is kept for, and cash below zero, or owed to an earmark, that
    sales here must cure. A real dollar here counts `weight`; all is counted so, but `settled`, prices and `owes`, which
    is the debt in real cents.
    `funds` stand in the order in which they are sold; `buys` gives the first allowed fund of each class.
    Funds of several classes stand apart: those that may be sold in `mixed`, those that may be bought in `mixed_buys`,
    by symbol with their price.
    """

    account: Account
    settled: int
    free: int
    debt: int
    funds: tuple[Fund, ...]
    buys: Mapping[AssetClass, tuple[str, Decimal]]
    mixed: tuple[Fund, ...]
    mixed_buys: Mapping[str, Decimal]
    weight: Decimal = ONE
    owes: int = 0

    def counted(self, weight: Decimal) -> Wallet:
        """The same wallet, read in real cents, where a dollar counts so much."""
        funds = tuple(replace(fund, cents=after_tax.at_most(fund.cents, weight)) for fund in self.funds)
        mixed = tuple(replace(fund, cents=after_tax.at_most(fund.cents, weight)) for fund in self.mixed)
        return replace(
            self,
            free=after_tax.at_most(self.free, weight),
            debt=min(after_tax.at_least(self.debt, weight), sum(fund.cents for fund in funds + mixed)),
            funds=funds,
            mixed=mixed,
            weight=weight,
            owes=self.debt,
        )

    @property
    def movable(self) -> int:
        """All cents that may move here: F_a."""
        return self.free - self.debt + sum(fund.cents for fund in self.funds + self.mixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bans:
    """What a particular attempt leaves out: groups not to buy, groups whose losses are not to be taken.

    `costly` are orders (account, symbol, side) too small for their fee.
    """

    buys: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()
    costly: frozenset[tuple[str, str, Side]] = frozenset()


def price_of(snapshot: Snapshot, symbol: str) -> Decimal:
    """The price of a held fund; a household without it is refused before it comes here."""
    price = snapshot.price(symbol)
    if price is None or price <= 0:
        raise AssertionError(f"{symbol} is held without a price")
    return price


def wallet_of(
    policy: Policy,
    account: Account,
    projection: Projection,
    aside: Aside,
    funds: list[Fund],
    allowed: list[tuple[Instrument, Decimal]],
) -> Wallet:
    """What an account can move, in real cents."""
    settled = projection.settled - aside.owed
    spendable = settled + (projection.unsettled if policy.spend_unsettled_cash else 0)
    covered = settled + max(0, projection.unsettled)
    debt = max(0, -covered) if account.kind.sheltered else 0
    return Wallet(
        account=account,
        settled=projection.settled,
        free=max(0, spendable - max(aside.kept, aside.wanted)),
        debt=min(debt, sum(fund.cents for fund in funds)),
        funds=tuple(fund for fund in funds if not fund.exposure),
        # of several funds of one class the first on the menu is bought
        buys={i.single_class: (i.symbol, price) for i, price in reversed(allowed) if i.single_class is not None},
        mixed=tuple(fund for fund in funds if fund.exposure),
        mixed_buys={i.symbol: price for i, price in allowed if i.single_class is None},
    )


def sellable_in(
    household: Household,
    snapshot: Snapshot,
    account: Account,
    piles: Mapping[str, Pile],
    bans: Bans,
    washed: frozenset[str],
) -> list[Fund]:
    """What may be sold, the least preferred first: funds off the menu, then the menu from its end.

    `washed` are the groups whose losses a purchase would wash out.
    """
    funds = [
        fund
        for symbol, pile in piles.items()
        if (fund := _sellable(household, snapshot, account, symbol, pile, bans, washed)) is not None
    ]
    rank = {symbol: place for place, symbol in enumerate(account.menu)}
    return sorted(funds, key=lambda fund: (-rank.get(fund.symbol, len(rank)), fund.symbol))


def buyable_in(
    household: Household, snapshot: Snapshot, account: Account, blocked: frozenset[str], bans: Bans
) -> list[tuple[Instrument, Decimal]]:
    """What may be bought today, in the order of the menu, with its price."""
    allowed = []
    for symbol in account.menu:
        instrument, price = household.instrument(symbol), snapshot.price(symbol)
        wrong_place = instrument.taxable_only and account.kind.sheltered
        if price is None or wrong_place or (account.id, symbol, Side.BUY) in bans.costly:
            continue
        if account.leaves_alone(instrument) or fund_rules.sold_lately(snapshot, account, instrument):
            continue
        if instrument.tradable and not instrument.is_cash and instrument.identical_group not in blocked | bans.buys:
            allowed.append((instrument, price))
    return allowed


def _sellable(
    household: Household,
    snapshot: Snapshot,
    account: Account,
    symbol: str,
    pile: Pile,
    bans: Bans,
    washed: frozenset[str],
) -> Fund | None:
    instrument = household.instrument(symbol)
    several = instrument.single_class is None
    if not instrument.tradable or account.leaves_alone(instrument) or (several and not account.kind.sheltered):
        return None
    if (account.id, symbol, Side.SELL) in bans.costly:
        return None
    group = instrument.identical_group
    if account.kind is Kind.TAXABLE and not instrument.is_cash and group in bans.losses | washed:
        return None
    price = price_of(snapshot, symbol)
    cents = pile.free_shares.value(price).cents
    if cents <= 0:
        return None
    return Fund(
        symbol=symbol,
        asset_class=main_class(instrument.exposure),
        price=price,
        shares=pile.free_shares,
        cents=cents,
        exposure=instrument.exposure if several else (),
    )
