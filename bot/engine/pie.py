"""One pie: the household's money sorted into what is fixed where it lies and what may move, in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import CASH, AssetClass, Instrument
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, split
from bot.domain.snapshot import Snapshot
from bot.domain.targets import Policy, TaxableSells
from bot.engine import wash_sales
from bot.engine.open_orders import Projection, project


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """Shares of one fund in one account that may be sold today, and what they are worth in cents."""

    symbol: str
    asset_class: AssetClass
    price: Decimal
    shares: Shares
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What one managed account can move.

    `free` and `debt` in cents: settled cash above the buffer, and cash below zero that sales here must cure.
    `funds` stand in the order in which they are sold; `buys` gives the first allowed fund of each class.
    """

    account: Account
    settled: int
    free: int
    debt: int
    funds: tuple[Fund, ...]
    buys: Mapping[AssetClass, tuple[str, Decimal]]

    @property
    def movable(self) -> int:
        """All cents that may move here: F_a."""
        return self.free - self.debt + sum(fund.cents for fund in self.funds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pie:
    """The whole household: cents by class (`worth`), their goals, and the part that no plan can move (`fixed`)."""

    classes: tuple[AssetClass, ...]
    total: int
    goal: tuple[int, ...]
    worth: tuple[int, ...]
    fixed: tuple[int, ...]
    wallets: tuple[Wallet, ...]
    settled: Mapping[str, int]
    blocks: Mapping[str, date]
    projections: Mapping[str, Projection]

    @property
    def cash(self) -> int:
        """The index of the class of cash."""
        return self.classes.index(CASH)

    def drift(self, worth: tuple[int, ...] | list[int]) -> int:
        """The sum over classes of the distance to goal, in cents."""
        return sum(abs(w - t) for w, t in zip(worth, self.goal, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bans:
    """What a particular attempt leaves out: groups not to buy, groups whose losses are not to be taken."""

    buys: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()


def bake(household: Household, policy: Policy, snapshot: Snapshot, bans: Bans | None = None) -> Pie:
    """Sort everything that the household holds; open orders count as filled.

    The pie leaves out each account's settled cash up to its buffer. Requires a snapshot in canonical order.
    """
    bans = bans or Bans()
    projections = {h.account: project(h, snapshot) for h in snapshot.holdings}
    blocks = wash_sales.blocked_buys(household, snapshot)
    tally: dict[AssetClass, int] = dict.fromkeys(policy.classes, 0)
    fixed: dict[AssetClass, int] = dict.fromkeys(policy.classes, 0)
    wallets = []
    for account in sorted(household.accounts, key=lambda a: a.id):
        projection = projections[account.id]
        _count(household, snapshot, account, projection, tally)
        if account.managed:
            wallets.append(_wallet(household, policy, snapshot, account, projection, bans, frozenset(blocks)))
    movable: dict[AssetClass, int] = {}
    for wallet in wallets:
        movable[CASH] = movable.get(CASH, 0) + wallet.free - wallet.debt
        for fund in wallet.funds:
            movable[fund.asset_class] = movable.get(fund.asset_class, 0) + fund.cents
    classes = tuple(sorted(tally))
    fixed = {name: tally[name] - movable.get(name, 0) for name in classes}
    total = sum(tally.values())
    weights = [max(policy.target_pct(name), Decimal(0)) for name in classes]
    return Pie(
        classes=classes,
        total=total,
        goal=tuple(split(total, weights)),
        worth=tuple(tally[name] for name in classes),
        fixed=tuple(fixed[name] for name in classes),
        wallets=tuple(wallets),
        settled={name: p.settled for name, p in projections.items()},
        blocks=blocks,
        projections=projections,
    )


def _count(
    household: Household, snapshot: Snapshot, account: Account, projection: Projection, tally: dict[AssetClass, int]
) -> None:
    """Add what an account holds to its classes, looking through funds of several."""
    kept = max(0, min(account.cash_buffer.cents, projection.settled))
    tally[CASH] = tally.get(CASH, 0) + projection.settled + projection.unsettled - kept
    for symbol, lots in projection.lots.items():
        instrument = household.instrument(symbol)
        cents = Shares.total(lot.quantity for lot in lots).value(price_of(snapshot, symbol)).cents
        cents += projection.bought.get(symbol, Shares()).value(price_of(snapshot, symbol)).cents
        parts = split(cents, [weight for _, weight in instrument.exposure])
        for (name, _), part in zip(instrument.exposure, parts, strict=True):
            tally[name] = tally.get(name, 0) + part


def price_of(snapshot: Snapshot, symbol: str) -> Decimal:
    """The price of a held fund; a household without it is refused before it comes here."""
    price = snapshot.price(symbol)
    if price is None or price <= 0:
        raise AssertionError(f"{symbol} is held without a price")
    return price


def _wallet(
    household: Household,
    policy: Policy,
    snapshot: Snapshot,
    account: Account,
    projection: Projection,
    bans: Bans,
    blocked: frozenset[str],
) -> Wallet:
    spendable = projection.settled + (projection.unsettled if policy.spend_unsettled_cash else 0)
    kept = max(0, min(account.cash_buffer.cents, projection.settled))
    covered = projection.settled + max(0, projection.unsettled)
    debt = max(0, -covered) if account.kind.sheltered else 0
    funds = [
        fund
        for symbol in projection.lots
        if (fund := _sellable(household, policy, snapshot, account, projection, symbol, bans)) is not None
    ]
    rank = {symbol: place for place, symbol in enumerate(account.menu)}
    # the least preferred fund goes first: those off the menu, then the menu from its end
    funds.sort(key=lambda fund: (-rank.get(fund.symbol, len(rank)), fund.symbol))
    return Wallet(
        account=account,
        settled=projection.settled,
        free=max(0, spendable - kept),
        debt=min(debt, sum(fund.cents for fund in funds)),
        funds=tuple(funds),
        buys=_buys(household, snapshot, account, blocked | bans.buys),
    )


def _buys(
    household: Household, snapshot: Snapshot, account: Account, blocked: frozenset[str]
) -> dict[AssetClass, tuple[str, Decimal]]:
    buys: dict[AssetClass, tuple[str, Decimal]] = {}
    for symbol in account.menu:
        instrument, price = household.instrument(symbol), snapshot.price(symbol)
        name = instrument.single_class
        wrong_place = instrument.taxable_only and account.kind.sheltered
        if price is None or name is None or name in buys or wrong_place:
            continue
        if instrument.tradable and not instrument.is_cash and instrument.identical_group not in blocked:
            buys[name] = (symbol, price)
    return buys


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
    if not instrument.tradable or instrument.single_class is None:
        return None
    price = price_of(snapshot, symbol)
    lots = [lot for lot in projection.lots[symbol] if not lot.is_locked(snapshot.as_of_on)]
    if account.kind is Kind.TAXABLE:
        lots = _taxable_lots(household, policy, snapshot, instrument, lots, price, bans)
    shares = Shares.total(lot.quantity for lot in lots)
    cents = shares.value(price).cents
    if cents <= 0:
        return None
    return Fund(symbol=symbol, asset_class=instrument.single_class, price=price, shares=shares, cents=cents)


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
