"""One pie: the household's money sorted into what is fixed where it lies and what may move, in whole cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH, AssetClass, Exposure, Instrument, InstrumentType, look_through, main_class
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, split
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine import fund_rules, wash_sales
from bot.engine.open_orders import Projection, project
from bot.engine.set_aside import Aside, set_aside


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """Shares of one fund in one account that may be sold today, and what they are worth in cents.

    Of a fund of several classes `asset_class` is the largest and `exposure` has them all; otherwise it is empty.
    """

    symbol: str
    asset_class: AssetClass
    price: Decimal
    shares: Shares
    cents: int
    exposure: Exposure = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What one managed account can move.

    `free` and `debt` in cents: settled cash that nothing is kept for, and cash below zero, or owed to an earmark, that
    sales here must cure.
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

    @property
    def movable(self) -> int:
        """All cents that may move here: F_a."""
        return self.free - self.debt + sum(fund.cents for fund in self.funds + self.mixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pie:
    """The whole household: cents by class (`worth`), their goals, and the part that no plan can move (`fixed`).

    `mixes` are the funds of several classes that some wallet may sell or buy, by name.
    `in_dollars` are the mutual funds: they go in thousandths of a share where others go in whole ones.
    """

    classes: tuple[AssetClass, ...]
    total: int
    goal: tuple[int, ...]
    worth: tuple[int, ...]
    fixed: tuple[int, ...]
    wallets: tuple[Wallet, ...]
    settled: Mapping[str, int]
    blocks: Mapping[str, date]
    projections: Mapping[str, Projection]
    asides: Mapping[str, Aside]
    in_dollars: frozenset[str]
    mixes: Mapping[str, Exposure]

    @property
    def cash(self) -> int:
        """The index of the class of cash."""
        return self.classes.index(CASH)

    def earmarked(self, account: str) -> int:
        """The cents that an account's earmarks have, or will have from sales; no purchase touches them."""
        aside = self.asides[account]
        raised = sum(wallet.debt for wallet in self.wallets if wallet.account.id == account)
        return min(aside.wanted, aside.kept) + min(aside.owed, max(0, self.settled[account] + raised))

    def drift(self, worth: tuple[int, ...] | list[int]) -> int:
        """The sum over classes of the distance to goal, in cents."""
        return sum(abs(w - t) for w, t in zip(worth, self.goal, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bans:
    """What a particular attempt leaves out: groups not to buy, groups whose losses are not to be taken.

    `costly` are orders (account, symbol, side) too small for their fee.
    """

    buys: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()
    costly: frozenset[tuple[str, str, Side]] = frozenset()


def bake(household: Household, policy: Policy, snapshot: Snapshot, bans: Bans | None = None) -> Pie:
    """Sort everything that the household holds; open orders count as filled.

    The pie leaves out what each account sets aside, its buffer and its earmarks. Needs a snapshot in canonical order.
    """
    bans = bans or Bans()
    projections = {h.account: project(h, snapshot) for h in snapshot.holdings}
    blocks = wash_sales.blocked_buys(household, snapshot)
    tally: dict[AssetClass, int] = dict.fromkeys(policy.classes, 0)
    wallets, asides = [], {}
    for account in sorted(household.accounts, key=lambda a: a.id):
        projection = projections[account.id]
        funds = _funds(household, policy, snapshot, account, projection, bans) if account.managed else []
        sellable = sum(fund.cents for fund in funds)
        aside = set_aside(household, policy, snapshot.as_of_on, account, projection, sellable)
        asides[account.id] = aside
        _count(household, snapshot, projection, aside, tally)
        if account.managed:
            allowed = _allowed(household, snapshot, account, frozenset(blocks), bans)
            wallets.append(_wallet(policy, account, projection, aside, funds, allowed))
    symbols = {symbol for w in wallets for symbol in (*(fund.symbol for fund in w.mixed), *w.mixed_buys)}
    mixes = {symbol: household.instrument(symbol).exposure for symbol in sorted(symbols)}
    tally = {name: 0 for exposure in mixes.values() for name, _ in exposure} | tally
    movable = _movable(wallets)
    classes = tuple(sorted(tally))
    total = sum(tally.values())
    weights = [max(policy.target_pct(name), Decimal(0)) for name in classes]
    return Pie(
        classes=classes,
        total=total,
        goal=tuple(split(total, weights)),
        worth=tuple(tally[name] for name in classes),
        fixed=tuple(tally[name] - movable.get(name, 0) for name in classes),
        wallets=tuple(wallets),
        settled={name: p.settled for name, p in projections.items()},
        blocks=blocks,
        projections=projections,
        asides=asides,
        in_dollars=frozenset(i.symbol for i in household.instruments if i.type is InstrumentType.MUTUAL_FUND),
        mixes=mixes,
    )


def _movable(wallets: list[Wallet]) -> Counter[AssetClass]:
    """What may move of each class, in cents."""
    movable: Counter[AssetClass] = Counter()
    for wallet in wallets:
        movable[CASH] += wallet.free - wallet.debt
        for fund in wallet.funds + wallet.mixed:
            for name, cents in look_through(fund.asset_class, fund.exposure, fund.cents):
                movable[name] += cents
    return movable


def _count(
    household: Household, snapshot: Snapshot, projection: Projection, aside: Aside, tally: dict[AssetClass, int]
) -> None:
    """Add what an account holds to its classes, looking through funds of several."""
    tally[CASH] = tally.get(CASH, 0) + projection.settled + projection.unsettled - aside.owed - aside.kept
    for symbol, lots in projection.lots.items():
        instrument = household.instrument(symbol)
        cents = Shares.total(lot.quantity for lot in lots).value(price_of(snapshot, symbol)).cents
        cents += projection.bought.get(symbol, Shares()).value(price_of(snapshot, symbol)).cents
        for name, part in look_through("", instrument.exposure, cents):
            tally[name] = tally.get(name, 0) + part


def price_of(snapshot: Snapshot, symbol: str) -> Decimal:
    """The price of a held fund; a household without it is refused before it comes here."""
    price = snapshot.price(symbol)
    if price is None or price <= 0:
        raise AssertionError(f"{symbol} is held without a price")
    return price


def _wallet(
    policy: Policy,
    account: Account,
    projection: Projection,
    aside: Aside,
    funds: list[Fund],
    allowed: list[tuple[Instrument, Decimal]],
) -> Wallet:
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


def _funds(
    household: Household, policy: Policy, snapshot: Snapshot, account: Account, projection: Projection, bans: Bans
) -> list[Fund]:
    """What may be sold, the least preferred first: funds off the menu, then the menu from its end."""
    funds = [
        fund
        for symbol in projection.lots
        if (fund := _sellable(household, policy, snapshot, account, projection, symbol, bans)) is not None
    ]
    rank = {symbol: place for place, symbol in enumerate(account.menu)}
    return sorted(funds, key=lambda fund: (-rank.get(fund.symbol, len(rank)), fund.symbol))


def _allowed(
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
    policy: Policy,
    snapshot: Snapshot,
    account: Account,
    projection: Projection,
    symbol: str,
    bans: Bans,
) -> Fund | None:
    instrument = household.instrument(symbol)
    several = instrument.single_class is None
    if not instrument.tradable or account.leaves_alone(instrument) or (several and not account.kind.sheltered):
        return None
    if (account.id, symbol, Side.SELL) in bans.costly:
        return None
    price, on = price_of(snapshot, symbol), snapshot.as_of_on
    lots = [
        lot for lot in projection.lots[symbol] if not (lot.is_locked(on) or fund_rules.is_young(instrument, lot, on))
    ]
    if account.kind is Kind.TAXABLE:
        lots = _taxable_lots(household, policy, snapshot, instrument, lots, price, bans)
    shares = Shares.total(lot.quantity for lot in lots)
    cents = shares.value(price).cents
    if cents <= 0:
        return None
    exposure = instrument.exposure if several else ()
    return Fund(
        symbol=symbol,
        asset_class=main_class(instrument.exposure),
        price=price,
        shares=shares,
        cents=cents,
        exposure=exposure,
    )


def _taxable_lots(
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    instrument: Instrument,
    lots: list[TaxLot],
    price: Decimal,
    bans: Bans,
) -> list[TaxLot]:
    """What a taxable account may sell: money-fund lots without a gain, and loss lots where the owner opted in."""
    if instrument.is_cash:
        return [lot for lot in lots if lot.cost_per_share == price]
    group = instrument.identical_group
    if policy.taxable_sells is not TaxableSells.LOSSES_ONLY or group in bans.losses:
        return []
    if group in wash_sales.bought_lately(household, snapshot):
        return []
    return [lot for lot in lots if lot.is_loss(price) and _held_long_enough(lot, snapshot)]


def _held_long_enough(lot: TaxLot, snapshot: Snapshot) -> bool:
    age = lot.held_for(snapshot.as_of_on)
    return age is None or age >= wash_sales.DIVIDEND_HOLD
