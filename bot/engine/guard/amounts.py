"""No more than there is, and no more than the owner allows at once."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.money import CENT, Shares, Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.snapshot import Side
from bot.domain.violations import Violation
from bot.engine.guard.case import LOST, Case, at_most, no

NEW_YORK = ZoneInfo("America/New_York")
FINEST = Decimal("0.0001")  # SEC Rule 612: below a dollar a price may be that fine
NEVER_TRADED = frozenset({OrderState.NOT_PLACED, OrderState.REJECTED})


def oversell(case: Case) -> Violation | None:
    """G2: all sales of the fund in the account together fit into the shares that are held and free of locks."""
    if case.intent.side is Side.BUY:
        return None
    today = case.fresh.as_of_on
    lots = case.fresh.holding(case.intent.account).position(case.intent.symbol).lots
    locked = Shares.total(lot.quantity for lot in lots if lot.is_locked(today))
    held = Shares.total(one.quantity for one in case.reading.held if one.symbol == case.intent.symbol)
    working = Shares.total(
        order.quantity
        for order in case.reading.open_orders
        if (order.side, order.symbol) == (Side.SELL, case.intent.symbol)
    )
    lost = Shares.total(_rest(order) for order in _lost(case, Side.SELL) if order.intent.symbol == case.intent.symbol)
    if case.intent.quantity + working + lost <= held - locked:
        return None
    message = f"{case.intent.account} holds {held} {case.intent.symbol}, {locked} of them locked; {working + lost} are"
    return no("G2", f"{message} already on sale, and {case.intent.quantity} more do not fit.")


def overdraw(case: Case) -> Violation | None:
    """G3: all purchases in the account together fit into its settled cash and this plan's own proceeds there."""
    if case.intent.side is Side.SELL:
        return None
    working = Usd.total(
        at_most(order.quantity, _dear(case, order.symbol))
        for order in case.reading.open_orders
        if order.side is Side.BUY
    )
    lost = Usd.total(at_most(_rest(order), order.intent.limit_price) for order in _lost(case, Side.BUY))
    there = case.reading.cash_settled + _unsettled(case) - case.kept
    if case.worth + working + lost <= there:
        return None
    message = f"{case.intent.account} may spend {there}; {working + lost} are already on order"
    return no("G3", f"{message}, and {case.worth} more do not fit.")


def _unsettled(case: Case) -> Usd:
    """The unsettled cash that may be spent: all by the owner's word, else this plan's own proceeds in a shelter."""
    if case.policy.spend_unsettled_cash:
        return case.reading.cash_unsettled
    if not (case.policy.same_day_swaps and case.account is not None and case.account.kind.sheltered):
        return Usd()
    own = Usd.total(
        order.filled.value(order.average_price)
        for order in case.others
        if (order.intent.plan, order.intent.account) == (case.intent.plan, case.intent.account)
        and order.intent.side is Side.SELL
        and order.average_price is not None
    )
    return min(own, case.reading.cash_unsettled)


def _dear(case: Case, symbol: str) -> Decimal:
    """What a purchase that somebody else placed may cost a share, a collar above its price."""
    return (case.fresh.price(symbol) or Decimal(0)) * (1 + case.proposal.price_collar_pct / 100)


def _lost(case: Case, side: Side) -> list[OrderRecord]:
    """Orders of the account that the broker may hold without showing them."""
    here = (case.intent.account, side)
    return [one for one in case.others if one.state in LOST and (one.intent.account, one.intent.side) == here]


def _rest(order: OrderRecord) -> Shares:
    return order.intent.quantity - order.filled


def one_order(case: Case) -> Violation | None:
    """G4: one order moves at most the owner's share of the household."""
    most = _household(case).percent(case.limits.order_pct)
    if case.worth <= most:
        return None
    return no("G4", f"The order moves {case.worth}; one order may move {most} ({case.limits.order_pct:f}%).")


def one_day(case: Case) -> Violation | None:
    """G5: all orders of a New York day together move at most the owner's share, and are at most so many."""
    today = case.now.astimezone(NEW_YORK).date()
    mine = [
        order
        for order in case.others
        if order.state not in NEVER_TRADED and order.intended_at.astimezone(NEW_YORK).date() == today
    ]
    if len(mine) >= case.limits.day_orders:
        return no("G5", f"{len(mine)} orders were sent today; the limit is {case.limits.day_orders}.")
    moved = case.worth + Usd.total(at_most(order.intent.quantity, order.intent.limit_price) for order in mine)
    most = _household(case).percent(case.limits.day_pct)
    if moved <= most:
        return None
    return no("G5", f"Today's orders would move {moved}; one day may move {most} ({case.limits.day_pct:f}%).")


def _household(case: Case) -> Usd:
    """All that the household holds, at the prices of this run."""
    prices = {symbol: price for symbol, price in case.fresh.prices if price is not None}
    return Usd.total(
        holding.cash
        + Usd.total(
            position.quantity.value(prices[position.symbol])
            for position in holding.positions
            if position.symbol in prices
        )
        for holding in case.fresh.holdings
    )


def numbers(case: Case) -> Violation | None:
    """G15: a count of shares and a limit that a market can take."""
    quantity, limit = case.intent.quantity, case.intent.limit_price
    if quantity <= Shares():
        return no("G15", f"{quantity} is no number of shares to order.")
    fractional = case.capabilities.fractional and case.policy.fractional_shares
    if not quantity.is_whole and not fractional:
        return no("G15", f"{quantity} is not a whole number of shares.")
    if not limit.is_finite() or limit <= 0:
        return no("G15", f"{limit} is no limit price.")
    if limit % (CENT if limit >= 1 else FINEST):
        return no("G15", f"The limit {limit:f} is finer than the market's tick.")
    return None
