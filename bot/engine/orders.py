"""From cents by class to orders by fund: which shares to sell and to buy, fractional or whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bot.domain.instruments import AssetClass, Exposure, look_through, main_class
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.snapshot import Side
from bot.engine.after_tax import at_least, real
from bot.engine.blend import column
from bot.engine.pie import Pie
from bot.engine.solve import Solution
from bot.engine.wallets import Fund


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One order before it is explained; `wallet` is the index of its account.

    At the plan's price it moves `usd` real cents, which count `cents` in the pie.

    Of a fund of several classes `asset_class` is the largest and `exposure` has them all; otherwise it is empty.
    """

    wallet: int
    side: Side
    symbol: str
    asset_class: AssetClass
    price: Decimal
    shares: Shares
    cents: int
    usd: int
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
            parts = by_fund([fund.cents for fund in funds], cents, at_least(least, wallet.weight))
            drafts += [_sell(a, fund, part, wallet.weight) for fund, part in zip(funds, parts, strict=True) if part]
        drafts += [_sell(a, fund, cents, wallet.weight) for fund, cents in mixed_sales(pie, solution, a)]
        for name, cents in purchases(pie, solution, a).items():
            symbol, price = wallet.buys[name]
            drafts.append(_buy(a, symbol, name, price, cents, wallet.weight))
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


def _sell(a: int, fund: Fund, cents: int, weight: Decimal) -> Draft:
    whole = cents == fund.cents
    usd = fund.usd if whole else real(Side.SELL, cents, weight)
    shares = fund.shares if whole else min(Shares.affordable(Usd(usd), fund.price, whole=False), fund.shares)
    count = Shares(shares.count.quantize(SHARE_STEP)) if not whole else shares
    return Draft(
        wallet=a,
        side=Side.SELL,
        symbol=fund.symbol,
        asset_class=fund.asset_class,
        price=fund.price,
        shares=count,
        cents=cents,
        usd=usd,
        exposure=fund.exposure,
    )


def _buy(a: int, symbol: str, name: AssetClass, price: Decimal, cents: int, weight: Decimal) -> Draft:
    usd = real(Side.BUY, cents, weight)
    shares = Shares.affordable(Usd(usd), price, whole=False)
    return Draft(
        wallet=a, side=Side.BUY, symbol=symbol, asset_class=name, price=price, shares=shares, cents=cents, usd=usd
    )


def _buy_mixed(pie: Pie, a: int, symbol: str, cents: int) -> Draft:
    wallet, exposure = pie.wallets[a], pie.mixes[symbol]
    draft = _buy(a, symbol, main_class(exposure), wallet.mixed_buys[symbol], cents, wallet.weight)
    return replace(draft, exposure=exposure)


def too_small(pie: Pie, drafts: list[Draft], least: int) -> tuple[int, int, Side] | None:
    """The smallest order below the minimum trade, as (account, column, side); None when all are large enough.

    Sales that cure a debt are made at any size.
    """
    small = [
        (draft.usd, draft.wallet, column(pie, draft.symbol, draft.asset_class), draft.side)
        for draft in drafts
        if draft.usd < least and not (draft.side is Side.SELL and pie.wallets[draft.wallet].debt)
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


def cash_after(pie: Pie, drafts: Sequence[Draft]) -> tuple[tuple[str, Usd], ...]:
    """Settled cash by account once the orders have filled; what was spent beyond it came out of unsettled cash."""
    cash = dict(pie.settled)
    for draft in drafts:
        account = pie.wallets[draft.wallet].account.id
        cash[account] += draft.usd if draft.side is Side.SELL else -draft.usd
    for account, cents in cash.items():
        if cents < 0 <= pie.settled[account]:
            cash[account] = min(0, cents + pie.projections[account].unsettled)
    return tuple((account, Usd(cents)) for account, cents in sorted(cash.items()))


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
            usd = shares.value(price).cents if whole else least
            cents = at_least(usd, wallet.weight)
            if shares and least <= usd and cents <= left:
                draft = _buy(a, symbol, name, price, cents, wallet.weight)
                ways.append(replace(draft, shares=shares, usd=usd))
    return ways
