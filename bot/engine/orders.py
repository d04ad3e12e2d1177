"""From cents by class to orders by fund: which shares to sell and to buy, fractional or whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bot.domain.instruments import AssetClass, Exposure, look_through, main_class
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.snapshot import Side
from bot.engine.blend import column
from bot.engine.pie import Fund, Pie
from bot.engine.solve import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One order before it is explained; `cents` at the plan's price, `wallet` the index of its account.

    Of a fund of several classes `asset_class` is the largest and `exposure` has them all; otherwise it is empty.
    """

    wallet: int
    side: Side
    symbol: str
    asset_class: AssetClass
    price: Decimal
    shares: Shares
    cents: int
    exposure: Exposure = ()

    @property
    def by_class(self) -> list[tuple[AssetClass, int]]:
        """What it moves of each class, in cents."""
        return look_through(self.asset_class, self.exposure, self.cents)


def sales(pie: Pie, solution: Solution, a: int) -> dict[AssetClass, int]:
    """What an account sells of each class, in cents; of cash only its money funds."""
    wallet = pie.wallets[a]
    sold = {}
    for c, name in enumerate(pie.classes):
        held, flow = solution.held[a][c], solution.flow[a][c]
        loose = wallet.free if c == pie.cash else 0
        cents = max(0, held - loose - flow)
        if cents:
            sold[name] = cents
    return sold


def purchases(pie: Pie, solution: Solution, a: int) -> dict[AssetClass, int]:
    """What an account buys of each class, in cents."""
    rows = zip(pie.classes, solution.held[a], solution.flow[a], strict=True)
    return {name: flow - held for c, (name, held, flow) in enumerate(rows) if flow > held and c != pie.cash}


def mixed_sales(pie: Pie, solution: Solution, a: int) -> list[tuple[Fund, int]]:
    """What an account sells of funds of several classes, in cents."""
    if not solution.mixed:
        return []
    left = dict(zip(pie.mixes, solution.mixed[a], strict=True))
    return [(fund, fund.cents - left[fund.symbol]) for fund in pie.wallets[a].mixed if fund.cents > left[fund.symbol]]


def mixed_purchases(pie: Pie, solution: Solution, a: int) -> dict[str, int]:
    """What an account buys of funds of several classes, in cents by symbol."""
    if not solution.mixed:
        return {}
    rows = zip(pie.mixes, solution.mixed_held[a], solution.mixed[a], strict=True)
    return {symbol: after - held for symbol, held, after in rows if after > held}


def fractional(pie: Pie, solution: Solution, least: int) -> list[Draft]:
    """Orders to the cent, in fractions of nine decimals; sells of an account stand before its buys."""
    drafts = []
    for a, wallet in enumerate(pie.wallets):
        for name, cents in sales(pie, solution, a).items():
            funds = [fund for fund in wallet.funds if fund.asset_class == name]
            parts = by_fund([fund.cents for fund in funds], cents, least)
            drafts += [_sell(a, fund, part) for fund, part in zip(funds, parts, strict=True) if part]
        drafts += [_sell(a, fund, cents) for fund, cents in mixed_sales(pie, solution, a)]
        for name, cents in purchases(pie, solution, a).items():
            symbol, price = wallet.buys[name]
            shares = Shares.affordable(Usd(cents), price, whole=False)
            drafts.append(_draft(a, Side.BUY, symbol, name, price, shares, cents))
        for symbol, cents in mixed_purchases(pie, solution, a).items():
            drafts.append(_buy_mixed(pie, a, symbol, cents))
    return [draft for draft in drafts if draft.shares]


def by_fund(held: list[int], cents: int, least: int) -> list[int]:
    """Split a sale over the funds of a class, first come first sold, no part below the minimum trade if that can be."""
    parts = []
    for have in held:
        parts.append(min(have, cents))
        cents -= parts[-1]
    last = max((i for i, part in enumerate(parts) if part), default=-1)
    lack = least - parts[last] if last > 0 else 0
    if 0 < lack <= held[last] - parts[last]:
        giver = next((i for i in range(last) if parts[i] - lack >= least), None)
        if giver is not None:
            parts[giver] -= lack
            parts[last] += lack
    return parts


def _sell(a: int, fund: Fund, cents: int) -> Draft:
    whole = cents == fund.cents
    shares = fund.shares if whole else min(Shares.affordable(Usd(cents), fund.price, whole=False), fund.shares)
    count = Shares(shares.count.quantize(SHARE_STEP)) if not whole else shares
    draft = _draft(a, Side.SELL, fund.symbol, fund.asset_class, fund.price, count, cents)
    return replace(draft, exposure=fund.exposure)


def _buy_mixed(pie: Pie, a: int, symbol: str, cents: int) -> Draft:
    price, exposure = pie.wallets[a].mixed_buys[symbol], pie.mixes[symbol]
    shares = Shares.affordable(Usd(cents), price, whole=False)
    return replace(_draft(a, Side.BUY, symbol, main_class(exposure), price, shares, cents), exposure=exposure)


def _draft(a: int, side: Side, symbol: str, name: AssetClass, price: Decimal, shares: Shares, cents: int) -> Draft:
    return Draft(wallet=a, side=side, symbol=symbol, asset_class=name, price=price, shares=shares, cents=cents)


def too_small(pie: Pie, drafts: list[Draft], least: int) -> tuple[int, int, Side] | None:
    """The smallest order below the minimum trade, as (account, column, side); None when all are large enough.

    Sales that cure a debt are made at any size.
    """
    small = [
        (draft.cents, draft.wallet, column(pie, draft.symbol, draft.asset_class), draft.side)
        for draft in drafts
        if draft.cents < least and not (draft.side is Side.SELL and pie.wallets[draft.wallet].debt)
    ]
    return min(small)[1:] if small else None


def worth_after(pie: Pie, drafts: list[Draft]) -> list[int]:
    """Cents by class once the orders have filled at the plan's prices."""
    worth = list(pie.worth)
    for draft in drafts:
        sign = 1 if draft.side is Side.BUY else -1
        for name, cents in draft.by_class:
            worth[pie.classes.index(name)] += sign * cents
        worth[pie.cash] -= sign * draft.cents
    return worth


def topped_up(pie: Pie, drafts: list[Draft], least: int, *, whole: bool) -> list[Draft]:
    """Purchases of just the minimum trade from cash that would otherwise stay idle, while each lowers total drift.

    A class that lacks less than the minimum is bought past its goal: drift falls by twice what it lacked.
    """
    added: list[Draft] = []
    while least:
        now = pie.drift(worth_after(pie, drafts + added))
        ways = [
            (pie.drift(worth_after(pie, [*drafts, *added, way])), pie.wallets[way.wallet].account.id, way.symbol, way)
            for way in _least_purchases(pie, drafts + added, least, whole=whole)
        ]
        best = min(ways, key=lambda way: way[:3], default=None)
        if best is None or best[0] >= now:
            break
        added.append(best[3])
    return added


def _least_purchases(pie: Pie, drafts: list[Draft], least: int, *, whole: bool) -> list[Draft]:
    ways = []
    for a, wallet in enumerate(pie.wallets):
        mine = [draft for draft in drafts if draft.wallet == a]
        left = wallet.free - wallet.debt + sum(d.cents if d.side is Side.SELL else -d.cents for d in mine)
        for name, (symbol, price) in sorted(wallet.buys.items()):
            if name not in pie.classes or any(draft.symbol == symbol for draft in mine):
                continue
            count = ceil(Fraction(least) / Fraction(price * 100))
            shares = Shares(Decimal(count)) if whole else Shares.affordable(Usd(least), price, whole=False)
            cents = shares.value(price).cents if whole else least
            if shares and least <= cents <= left:
                ways.append(_draft(a, Side.BUY, symbol, name, price, shares, cents))
    return ways
