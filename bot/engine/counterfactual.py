"""The road not taken: what the same shift would have cost by selling in the taxable accounts."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from bot.domain.household import Household, Kind
from bot.domain.instruments import AssetClass
from bot.domain.lots import TaxLot
from bot.domain.money import Usd
from bot.domain.snapshot import Side, Snapshot, lot_order
from bot.domain.targets import Policy
from bot.engine.orders import Draft
from bot.engine.pie import Pie
from bot.engine.wallets import price_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSale:
    """A sale of (part of) one lot; gain in cents, a loss is negative; `acquired_on` None means long ago."""

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
    sales = []
    with localcontext(prec=60):
        for name, cents in sorted(out.items()):
            wanted = Decimal(cents)
            for account, symbol, lot, price, weight in _lots(household, snapshot, pie, name):
                if wanted <= 0:
                    break
                worth = lot.quantity.count * price * weight * 100
                if worth <= 0:
                    continue
                part = min(worth, wanted)
                wanted -= part
                gain = worth - lot.quantity.count * (lot.cost_per_share or 0) * weight * 100
                sales.append(
                    LotSale(
                        account=account,
                        symbol=symbol,
                        asset_class=name,
                        cents=round(part),
                        gain=round(gain if part == worth else gain * part / worth),
                        short=lot.is_short_term(snapshot.as_of_on),
                        acquired_on=lot.acquired_on,
                    )
                )
    return sales


Row = tuple[str, str, TaxLot, Decimal, Decimal]  # account, symbol, lot, price, weight of the class


def _lots(household: Household, snapshot: Snapshot, pie: Pie, name: AssetClass) -> Iterator[Row]:
    """Taxable lots that stand for a class, with the highest cost per dollar of price first."""
    runs = []
    for account in household.accounts:
        if account.kind is not Kind.TAXABLE:
            continue
        for symbol, lots in pie.projections[account.id].lots.items():
            instrument = household.instrument(symbol)
            weight = dict(instrument.exposure).get(name)
            if weight and not account.leaves_alone(instrument):
                price = price_of(snapshot, symbol)
                runs.append([(account.id, symbol, lot, price, weight) for lot in sorted(lots, key=_dearest)])
    return heapq.merge(
        *runs, key=lambda row: (-Fraction(row[2].cost_per_share or 0) / Fraction(row[3]), row[0], row[1])
    )


def _dearest(lot: TaxLot) -> tuple[object, ...]:
    return -(lot.cost_per_share or Decimal(0)), *lot_order(lot)


def tax(policy: Policy, sales: Iterable[LotSale]) -> Usd:
    """Tax on the sales together: short and long gains each netted, one's loss set against the other's gain.

    Flat rates of the policy (IRC 1222 for the netting); a loss in all is no negative tax.
    """
    rows = list(sales)
    short = sum(sale.gain for sale in rows if sale.short)
    long = sum(sale.gain for sale in rows if not sale.short)
    if short < 0 < long:
        short, long = 0, max(0, long + short)
    elif long < 0 < short:
        short, long = max(0, short + long), 0
    return Usd(max(0, short)).percent(policy.tax_rate_short_pct) + Usd(max(0, long)).percent(policy.tax_rate_ltcg_pct)


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


def further_sales(
    household: Household, snapshot: Snapshot, pie: Pie, out: Mapping[AssetClass, int], own: Iterable[LotSale]
) -> list[LotSale]:
    """The taxable lots that would go for so many cents of each class after a plan has sold its own."""
    made = list(own)
    wanted = dict(out)
    for sale in made:
        wanted[sale.asset_class] = wanted.get(sale.asset_class, 0) + sale.cents
    return beyond(taxable_sales(household, snapshot, pie, wanted), made)


def realised(snapshot: Snapshot, pie: Pie, drafts: Iterable[Draft]) -> list[LotSale]:
    """The lots that the plan's own taxable sales would consume: the loss lots, highest cost first."""
    sales = []
    for draft in drafts:
        account = pie.wallets[draft.wallet].account
        if draft.side is Side.BUY or account.kind is not Kind.TAXABLE:
            continue
        rest = draft.shares
        lots = pie.projections[account.id].lots[draft.symbol]
        for lot in sorted(lots, key=_dearest):
            part = min(lot.quantity, rest)
            if part:
                rest -= part
                sales.append(
                    LotSale(
                        account=account.id,
                        symbol=draft.symbol,
                        asset_class=draft.asset_class,
                        cents=part.value(draft.price).cents,
                        gain=lot.gain(part, draft.price).cents,
                        short=lot.is_short_term(snapshot.as_of_on),
                        acquired_on=lot.acquired_on,
                    )
                )
    return sales
