"""A price that can be trusted: a sane and fresh quote, a limit near it, and no split in sight."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from bot.domain.money import Shares
from bot.domain.readings import Quote
from bot.domain.snapshot import Side, Snapshot
from bot.domain.violations import Violation
from bot.engine.guard.case import Case, no

RATIOS = tuple(Decimal(n) for n in range(2, 21))  # n shares for one, and one for n
NEAR_PCT = Decimal(2)


def quoted(case: Case) -> Violation | None:
    """G6: a limit order within the collar of a fresh quote and of the plan's price."""
    quote, symbol = case.quote, case.intent.symbol
    if quote is None or quote.symbol != symbol or not 0 < quote.bid <= quote.ask:
        return no("G6", f"There is no usable quote for {symbol}.")
    if quote.spread_pct > case.limits.spread_pct:
        return no("G6", f"The quote of {symbol} is {quote.spread_pct:.2f}% wide: {quote.bid:f} to {quote.ask:f}.")
    if not -case.limits.clock_skew <= case.broker_at - quote.at <= case.limits.quote_age:
        return no("G6", f"The quote of {symbol} is of {quote.at:%H:%M:%S} UTC, at {case.broker_at:%H:%M:%S}.")
    if not _in_collar(case, quote):
        return no("G6", f"The limit {case.intent.limit_price:f} for {symbol} lies outside the collar around its price.")
    return None


def _in_collar(case: Case, quote: Quote) -> bool:
    """Whether the limit is no worse for us than the collar allows, measured from the quote and from the plan."""
    width = case.proposal.price_collar_pct / 100
    anchors = [quote.price, *([case.line.price] if case.line is not None else [])]
    if case.intent.side is Side.BUY:
        return all(case.intent.limit_price <= anchor * (1 + width) for anchor in anchors)
    return all(case.intent.limit_price >= anchor * (1 - width) for anchor in anchors)


def corporate_action(case: Case) -> Violation | None:
    """G16: a price or a count of shares that changed since the day before as in a split, and not as in a market."""
    if case.earlier is None:
        return None
    symbol = case.intent.symbol
    before, now = case.earlier.price(symbol), case.planned.price(symbol)
    if before and now:
        own = now / before
        usual = _usual_move(case, case.earlier)
        if abs(own / usual - 1) * 100 > case.limits.split_pct:
            return no("G16", f"{symbol} went from {before:f} to {now:f}, and its class did not: a split, perhaps.")
        if _is_ratio(own):
            return no("G16", f"{symbol} went from {before:f} to {now:f}, a round ratio: a split, perhaps.")
    if _recounted(case, case.earlier):
        return no("G16", f"The count of {symbol} in {case.intent.account} changed by a round ratio: a split, perhaps.")
    return None


def _usual_move(case: Case, earlier: Snapshot) -> Decimal:
    """By what factor the other funds of its class moved meanwhile; 1 where there is none to compare with."""
    classes = {one.symbol: one.single_class for one in case.household.instruments}
    peers = [one for one, name in classes.items() if name == classes.get(case.intent.symbol) and name is not None]
    moves = []
    for peer in peers:
        before, now = earlier.price(peer), case.planned.price(peer)
        if peer != case.intent.symbol and before and now:
            moves.append(now / before)
    return median(moves) if moves else Decimal(1)


def _is_ratio(factor: Decimal) -> bool:
    return any(abs(factor * by - 1) * 100 < NEAR_PCT or abs(factor / by - 1) * 100 < NEAR_PCT for by in RATIOS)


def _recounted(case: Case, earlier: Snapshot) -> bool:
    """Whether the account's shares of the fund were multiplied by n or 1/n with no trade in between."""
    account, symbol = case.intent.account, case.intent.symbol
    if account not in {holding.account for holding in earlier.holdings}:
        return False
    before = earlier.holding(account).position(symbol).quantity
    now = case.planned.holding(account).position(symbol).quantity
    traded = any(
        (trade.account, trade.symbol) == (account, symbol) and trade.on >= earlier.as_of_on
        for trade in case.fresh.history
    )
    if traded or before <= Shares() or now <= Shares():
        return False
    return _is_ratio(now.count / before.count)
