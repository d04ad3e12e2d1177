"""A price that can be trusted: a sane and fresh quote, a limit near it, and no split in sight."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from bot.domain.money import Shares
from bot.domain.readings import Quote
from bot.domain.snapshot import Side, Snapshot
from bot.domain.violations import Violation
from bot.engine.guard.case import Case, find, no, usable

RATIOS = tuple(Decimal(n) for n in range(2, 21))  # n shares for one, and one for n
NEAR_PCT = Decimal(2)


def quoted(case: Case) -> Violation | None:
    """G6: a limit order within the collar of a fresh quote and of the plan's price."""
    quote, symbol = case.quote, case.intent.symbol
    if quote is None or quote.symbol != symbol or not (usable(quote.bid) and usable(quote.ask)):
        return no("G6", f"There is no usable quote for {symbol}.")
    if quote.ask < quote.bid:
        return no("G6", f"The quote of {symbol} is crossed: {quote.bid:f} bid, {quote.ask:f} asked.")
    if quote.spread_pct > case.limits.spread_pct:
        return no("G6", f"The quote of {symbol} is {quote.spread_pct:.2f}% wide: {quote.bid:f} to {quote.ask:f}.")
    if not -case.limits.clock_skew <= case.broker_at - quote.at <= case.limits.quote_age:
        return no("G6", f"The quote of {symbol} is of {quote.at:%H:%M:%S} UTC, at {case.broker_at:%H:%M:%S}.")
    if case.has_sound_numbers and not _is_in_collar(case, quote):
        return no("G6", f"The limit {case.intent.limit_price:f} for {symbol} lies outside the collar around its price.")
    return None


def _is_in_collar(case: Case, quote: Quote) -> bool:
    """Whether the limit is within the collar, measured from the quote and from the plan's price."""
    anchors = [quote.price, *([case.line.price] if case.line is not None else [])]
    width = case.proposal.price_collar_pct
    return all(abs(case.intent.limit_price - anchor) * 100 <= anchor * width for anchor in anchors)


def corporate_action(case: Case) -> Violation | None:
    """G16: a price or a count of shares that changed since the day before as in a split, and not as in a market."""
    if case.earlier is None:
        return None
    symbol = case.intent.symbol
    before, now = case.earlier.price(symbol), case.planned.price(symbol)
    if usable(before):
        if not usable(now):
            return no("G16", f"{symbol} was worth {before:f} a share, and the plan knows no price of it.")
        own = now / before
        usual = _usual_move(case, case.earlier)
        if abs(own / usual - 1) * 100 > case.limits.split_pct:
            return no("G16", f"{symbol} went from {before:f} to {now:f}, and its class did not: a split, perhaps.")
        if _is_ratio(own):
            return no("G16", f"{symbol} went from {before:f} to {now:f}, a round ratio: a split, perhaps.")
    if _is_recounted(case, case.earlier):
        return no("G16", f"The count of {symbol} in {case.intent.account} changed by a round ratio: a split, perhaps.")
    return None


def _usual_move(case: Case, earlier: Snapshot) -> Decimal:
    """By what factor the other funds of its class moved meanwhile; 1 where there is none to compare with."""
    classes = {one.symbol: one.single_class for one in case.household.instruments}
    own = classes.get(case.intent.symbol)
    moves = []
    for peer, name in classes.items():
        before, now = earlier.price(peer), case.planned.price(peer)
        if peer != case.intent.symbol and name is not None and name == own and usable(before) and usable(now):
            moves.append(now / before)
    return median(moves) if moves else Decimal(1)


def _is_ratio(factor: Decimal) -> bool:
    return any(abs(factor * by - 1) * 100 < NEAR_PCT or abs(factor / by - 1) * 100 < NEAR_PCT for by in RATIOS)


def _is_recounted(case: Case, earlier: Snapshot) -> bool:
    """Whether the account's shares of the fund were multiplied by n or 1/n, and not by trades in between.

    Nobody knows which trades of the earlier snapshot's own day came after it: all of them or none are looked at.
    """
    then, later = find(earlier, case.intent.account), find(case.planned, case.intent.account)
    if then is None or later is None:
        return False
    symbol = case.intent.symbol
    count, now = then.position(symbol).quantity, later.position(symbol).quantity
    since = count + _net(case, earlier, same_day=False)
    with_that_day = since + _net(case, earlier, same_day=True)
    if now in {since, with_that_day}:
        return False
    return any(before > Shares() and _is_ratio(now.count / before.count) for before in (since, with_that_day))


def _net(case: Case, earlier: Snapshot, *, same_day: bool) -> Shares:
    """What trades of the fund in the account brought, on the earlier snapshot's day or after it."""
    return Shares.total(
        trade.quantity if trade.side is Side.BUY else -trade.quantity
        for trade in case.fresh.history
        if (trade.account, trade.symbol) == (case.intent.account, case.intent.symbol)
        and (trade.on == earlier.as_of_on if same_day else earlier.as_of_on < trade.on <= case.planned.as_of_on)
    )
