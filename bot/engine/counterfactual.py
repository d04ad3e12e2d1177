"""The road not taken: what the same shift would have cost by selling in the taxable accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bot.domain.household import Household, Kind
from bot.domain.instruments import AssetClass
from bot.domain.lots import TaxLot
from bot.domain.money import Usd
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.engine.orders import Draft
from bot.engine.pie import Pie, price_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSale:
    """A sale of (part of) one lot; gain in cents, a loss is negative."""

    account: str
    symbol: str
    asset_class: AssetClass
    cents: int
    gain: int
    short: bool


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
    for name, cents in sorted(out.items()):
        wanted = Fraction(cents)
        for basis, account, symbol, lot, weight in _lots(household, snapshot, pie, name):
            price = price_of(snapshot, symbol)
            worth = Fraction(lot.quantity.count) * Fraction(price) * Fraction(weight) * 100
            part = min(worth, wanted)
            if part <= 0:
                continue
            wanted -= part
            gain = round(part * (1 - basis))
            short = lot.is_short_term(snapshot.as_of_on)
            sales.append(
                LotSale(account=account, symbol=symbol, asset_class=name, cents=round(part), gain=gain, short=short)
            )
    return sales


def _lots(
    household: Household, snapshot: Snapshot, pie: Pie, name: AssetClass
) -> list[tuple[Fraction, str, str, TaxLot, Decimal]]:
    """Taxable lots that stand for a class, with cost per dollar of price, highest first."""
    found = []
    for account in household.accounts:
        if account.kind is not Kind.TAXABLE:
            continue
        for symbol, lots in pie.projections[account.id].lots.items():
            instrument = household.instrument(symbol)
            weight = dict(instrument.exposure).get(name)
            if weight and not account.leaves_alone(instrument):
                price = Fraction(price_of(snapshot, symbol))
                found += [(Fraction(lot.cost_per_share or 0) / price, account.id, symbol, lot, weight) for lot in lots]
    return sorted(found, key=lambda row: (-row[0], row[1], row[2], str(row[3])))


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


def realised(snapshot: Snapshot, pie: Pie, drafts: Iterable[Draft]) -> list[LotSale]:
    """The lots that the plan's own taxable sales would consume: the loss lots, highest cost first."""
    sales = []
    for draft in drafts:
        account = pie.wallets[draft.wallet].account
        if draft.side is Side.BUY or account.kind is not Kind.TAXABLE:
            continue
        rest = draft.shares
        lots = pie.projections[account.id].lots[draft.symbol]
        for lot in sorted(lots, key=lambda lot: (-(lot.cost_per_share or Decimal(0)), str(lot))):
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
                    )
                )
    return sales
