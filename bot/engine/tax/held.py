"""Taxable lots as a naive seller sees them: in order of cost or age, sold by the dollar of a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_UP, Decimal

from bot.domain.deferral import First
from bot.domain.household import Household, Kind
from bot.domain.instruments import AssetClass
from bot.domain.lots import TaxLot
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.snapshot import Snapshot
from bot.engine.tax.estimate import Gains

Prices = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One lot in one taxable account."""

    account: str
    symbol: str
    lot: TaxLot


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What was sold of one lot, in cents; `gain` is negative for a loss."""

    held: Held
    asset_class: AssetClass
    cents: int
    gain: int
    short: bool


def taxable_lots(household: Household, snapshot: Snapshot) -> list[Held]:
    """Every lot of the taxable accounts."""
    accounts = [account.id for account in household.accounts if account.kind is Kind.TAXABLE]
    return [
        Held(account=account, symbol=position.symbol, lot=lot)
        for account in accounts
        for position in snapshot.holding(account).positions
        for lot in position.lots
        if lot.quantity
    ]


def worth(household: Household, held: Iterable[Held], prices: Prices) -> dict[AssetClass, int]:
    """What lots are worth by class, in cents; nothing where no price is known."""
    shares: dict[str, Decimal] = {}
    for one in held:
        shares[one.symbol] = shares.get(one.symbol, Decimal(0)) + one.lot.quantity.count
    found: dict[AssetClass, int] = {}
    for symbol, count in shares.items():
        price = prices.get(symbol)
        for name, weight in household.instrument(symbol).exposure if price is not None else ():
            assert price is not None
            found[name] = found.get(name, 0) + Shares(count * weight).value(price).cents
    return found


def sell(
    household: Household,
    held: Sequence[Held],
    wanted: Mapping[AssetClass, int],
    prices: Prices,
    on: date,
    first: First,
) -> tuple[list[Sold], list[Held]]:
    """Sell so many cents of each class, as far as there are any; what was sold, and the lots that are left.

    Of a fund of several classes only the part goes that stands for the class asked for. What its owner leaves alone
    stays.
    """
    left, sales = list(held), list[Sold]()
    for name, cents in sorted(wanted.items()):
        more, left = _of_class(household, left, (name, cents), prices, on, first)
        sales += more
    return sales, left


def _of_class(
    household: Household,
    held: Sequence[Held],
    wanted: tuple[AssetClass, int],
    prices: Prices,
    on: date,
    first: First,
) -> tuple[list[Sold], list[Held]]:
    name, rest = wanted
    weights = {one.symbol: _weight(household, one, name, prices) for one in held}
    able = [one for one in held if weights[one.symbol] and not _stays(household, one)]
    gone: dict[int, Held | None] = {}
    sales = []
    for one in _in_order(able, prices, first):
        if rest <= 0:
            break
        sold, left = _take(one, (name, weights[one.symbol]), rest, prices, on)
        sales.append(sold)
        rest -= sold.cents
        gone[id(one)] = left
    kept = (gone.get(id(one), one) for one in held)
    return sales, [one for one in kept if one is not None]


def _take(
    one: Held, part: tuple[AssetClass, Decimal], cents: int, prices: Prices, on: date
) -> tuple[Sold, Held | None]:
    """Sell so many cents of a lot, or all of it that stands for the class."""
    price, lot = prices[one.symbol], one.lot
    assert price is not None
    name, weight = part
    count = Shares(min(lot.quantity.count * weight, (Usd(cents).dollars / price).quantize(SHARE_STEP, ROUND_UP)))
    sold = Sold(
        held=one,
        asset_class=name,
        cents=count.value(price).cents,
        gain=lot.gain(count, price).cents,
        short=lot.is_short_term(on),
    )
    stays = lot.quantity - count
    return sold, replace(one, lot=replace(lot, quantity=stays)) if stays else None


def sell_fund(held: Sequence[Held], cents: int, prices: Prices, on: date, first: First) -> list[Sold]:
    """Sell so many cents of lots whatever they stand for, as far as there are any; those without a price stay."""
    sales, rest = list[Sold](), cents
    for one in _in_order([lot for lot in held if prices.get(lot.symbol) is not None], prices, first):
        if rest <= 0:
            break
        sold, _ = _take(one, ("", Decimal(1)), rest, prices, on)
        sales.append(sold)
        rest -= sold.cents
    return sales


def _weight(household: Household, held: Held, name: AssetClass, prices: Prices) -> Decimal:
    if prices.get(held.symbol) is None:
        return Decimal(0)
    return dict(household.instrument(held.symbol).exposure).get(name, Decimal(0))


def _stays(household: Household, held: Held) -> bool:
    return household.account(held.account).leaves_alone(household.instrument(held.symbol))


def _in_order(held: Sequence[Held], prices: Prices, first: First) -> list[Held]:
    """Highest cost per dollar of price first, an unknown cost last; or the oldest first, long ago before all."""
    if first is First.FIFO:
        return sorted(held, key=lambda one: (one.lot.acquired_on or date.min, one.account, one.symbol))

    def cost(one: Held) -> Decimal:
        price = prices[one.symbol]
        assert price is not None
        return (one.lot.cost_per_share or Decimal(0)) / price

    return sorted(held, key=lambda one: (-cost(one), one.account, one.symbol, one.lot.acquired_on or date.min))


def gains_of(sales: Iterable[Sold]) -> Gains:
    """What sales realise, short and long."""
    rows = list(sales)
    return Gains(short=sum(one.gain for one in rows if one.short), long=sum(one.gain for one in rows if not one.short))


def all_gains(held: Iterable[Held], prices: Prices, on: date) -> Gains:
    """What a sale of all lots would realise; a lot without a price is left out."""
    short = long = 0
    for one in held:
        price = prices.get(one.symbol)
        if price is None:
            continue
        gain = one.lot.gain(one.lot.quantity, price).cents
        if one.lot.is_short_term(on):
            short += gain
        else:
            long += gain
    return Gains(short=short, long=long)


def by_account(held: Iterable[Held]) -> dict[str, list[Held]]:
    """The lots of each account."""
    found: dict[str, list[Held]] = {}
    for one in held:
        found.setdefault(one.account, []).append(one)
    return found
