"""The road not taken: what the same shift would have cost by selling in the taxable accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import ONE, AssetClass
from bot.domain.money import Usd
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine.orders import Draft
from bot.engine.pie import Pie
from bot.engine.selling_order import Run, SellingOrder, Slice, by_shares
from bot.engine.tax.estimate import Gains, on_gains
from bot.engine.wallets import price_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSale:
    """A sale of (part of) one lot, or of several alike; gain in cents, a loss is negative.

    `acquired_on` None means long ago.
    """

    account: str
    symbol: str
    asset_class: AssetClass
    cents: int
    gain: int
    short: bool
    acquired_on: date | None = None


def shifted(pie: Pie, drafts: Iterable[Draft]) -> dict[AssetClass, int]:
    """Net cents that leave each class inside the shelters: what taxable sales would have to do instead.

    A class that one shelter sells and another buys, in a chain of swaps, has not left by that.
    """
    out: dict[AssetClass, int] = {}
    for draft in drafts:
        if pie.wallets[draft.wallet].account.kind.sheltered:
            sign = 1 if draft.side is Side.SELL else -1
            for name, cents in draft.by_class:
                out[name] = out.get(name, 0) + sign * cents
    return {name: cents for name, cents in out.items() if cents > 0}


def taxable_sales(household: Household, snapshot: Snapshot, pie: Pie, out: Mapping[AssetClass, int]) -> list[LotSale]:
    """The taxable lots that would go for so many cents of each class, highest cost first, as far as there are any."""
    asked = [(name, cents) for name, cents in sorted(out.items()) if cents > 0]
    return [_sale(name, part) for name, cents in asked for part in _order(household, snapshot, pie, name).by_lot(cents)]


def further_sales(
    household: Household, snapshot: Snapshot, pie: Pie, out: Mapping[AssetClass, int], own: Iterable[LotSale] = ()
) -> list[LotSale]:
    """What would go for so many cents of each class after a plan has sold its own lots.

    All short-term lots of a fund in an account stand as one sale, and all long-term ones.
    """
    wanted, made = dict(out), dict[tuple[str, str], int]()
    for sale in own:
        wanted[sale.asset_class] = wanted.get(sale.asset_class, 0) + sale.cents
        made[sale.account, sale.symbol] = made.get((sale.account, sale.symbol), 0) + sale.cents
    asked = [(name, cents) for name, cents in sorted(wanted.items()) if cents > 0]
    return [
        _sale(name, part)
        for name, cents in asked
        for part in _order(household, snapshot, pie, name).in_all(cents, made)
    ]


def _sale(name: AssetClass, part: Slice) -> LotSale:
    return LotSale(
        account=part.run.account,
        symbol=part.run.symbol,
        asset_class=name,
        cents=part.cents,
        gain=part.gain,
        short=part.short,
        acquired_on=part.acquired_on,
    )


def _order(household: Household, snapshot: Snapshot, pie: Pie, name: AssetClass) -> SellingOrder:
    """The taxable lots that stand for a class in the order in which they would go; the pie remembers it."""
    accounts = [account for account in household.accounts if account.kind is Kind.TAXABLE]
    known = name, frozenset(account.id for account in accounts)
    if known not in pie.selling:
        runs = [run for account in accounts for run in _runs(household, snapshot, pie, account, name)]
        pie.selling[known] = SellingOrder(runs, snapshot.as_of_on)
    return pie.selling[known]


def _runs(household: Household, snapshot: Snapshot, pie: Pie, account: Account, name: AssetClass) -> Iterator[Run]:
    for symbol, lots in pie.projections[account.id].lots.items():
        instrument = household.instrument(symbol)
        weight = dict(instrument.exposure).get(name)
        if weight and not account.leaves_alone(instrument):
            price = price_of(snapshot, symbol)
            yield Run(account=account.id, symbol=symbol, lots=lots, price=price, weight=weight)


def tax(policy: Policy, sales: Iterable[LotSale], on: date) -> Usd:
    """Tax on the sales together: short and long gains each netted, one's loss set against the other's gain.

    By the household's own brackets of that day's year, or the flat rates of the policy (IRC 1222 for the netting); a
    loss in all is no negative tax.
    """
    return on_gains(policy, gains_of(sales), on)


def gains_of(sales: Iterable[LotSale]) -> Gains:
    """What the sales realise, short and long."""
    rows = list(sales)
    return Gains(
        short=sum(sale.gain for sale in rows if sale.short), long=sum(sale.gain for sale in rows if not sale.short)
    )


def beyond(sales: Iterable[LotSale], own: Iterable[LotSale]) -> list[LotSale]:
    """The sales without those that a plan makes itself: of each fund, the dearest lots go first in both."""
    made: dict[tuple[str, str], int] = {}
    for sale in own:
        made[sale.account, sale.symbol] = made.get((sale.account, sale.symbol), 0) + sale.cents
    rest = []
    for sale in sales:
        done = min(sale.cents, made.get((sale.account, sale.symbol), 0))
        if done:
            made[sale.account, sale.symbol] -= done
        if sale.cents > done:
            left = sale.cents - done
            rest.append(replace(sale, cents=left, gain=sale.gain * left // sale.cents))
    return rest


def realised(snapshot: Snapshot, pie: Pie, drafts: Iterable[Draft]) -> list[LotSale]:
    """What the plan's own taxable sales would consume: of the loss lots of each fund, the highest cost first.

    The short-term lots of a sale stand as one, and the long-term ones.
    """
    sales = []
    for draft in drafts:
        account = pie.wallets[draft.wallet].account
        if draft.side is Side.SELL and account.kind is Kind.TAXABLE:
            lots = pie.piles[account.id][draft.symbol].free
            run = Run(account=account.id, symbol=draft.symbol, lots=lots, price=draft.price, weight=ONE)
            parts = by_shares(run, draft.shares, snapshot.as_of_on)
            sales += [_sale(draft.asset_class, part) for part in parts]
    return sales
