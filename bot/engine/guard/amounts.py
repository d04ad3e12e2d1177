"""No more than there is, and no more than the owner allows at once."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.money import CENT, SHARE_STEP, Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.snapshot import Side
from bot.domain.violations import Violation
from bot.engine.guard.case import LOST, NEVER_TRADED, NEW_YORK, Case, at_most, find, no, usable
from bot.engine.guard.fills import traded

FINEST = Decimal("0.0001")  # SEC Rule 612: below a dollar a price may be that fine


def oversell(case: Case) -> Violation | None:
    """G2: all sales of the fund in the account together fit into the shares that are held and free of locks.

    What is held beyond the lots of this run's snapshot may be unsettled, and is not sold.
    """
    if case.intent.side is Side.BUY:
        return None
    symbol = case.intent.symbol
    free = Shares.total(lot.quantity for lot in case.lots if not lot.is_locked(case.today))
    locked = Shares.total(lot.quantity for lot in case.lots if lot.is_locked(case.today))
    held = Shares.total(one.quantity for one in case.reading.held if one.symbol == symbol)
    available = Shares.total(one.available for one in case.reading.held if one.symbol == symbol)
    taken = _on_sale(case)
    if case.intent.quantity <= min(available, min(free, held - locked) - taken):
        return None
    message = f"{case.intent.account} holds {held} {symbol}, {locked} of them locked and {available} available; {taken}"
    return no("G2", f"{message} are already on sale, and {case.intent.quantity} more do not fit.")


def _on_sale(case: Case) -> Shares:
    """What other sales of the fund may still take: the lost ones, and whatever else the broker or we know of."""
    here = [order for order in _live(case, Side.SELL) if order.intent.symbol == case.intent.symbol]
    lost = Shares.total(_rest(order) for order in here if order.state in LOST)
    known = Shares.total(_rest(order) for order in here if order.state not in LOST)
    return lost + max(known, _working(case, Side.SELL, case.intent.symbol))


def overdraw(case: Case) -> Violation | None:
    """G3: all purchases in the account together fit into its settled cash and this plan's own proceeds there."""
    if case.intent.side is Side.SELL:
        return None
    foreign = _foreign(case)
    if foreign is None:
        return no("G3", f"{case.intent.account} has an open purchase, and nobody knows what it will cost.")
    own = Usd.total(at_most(_rest(order), order.intent.limit_price) for order in _live(case, Side.BUY))
    there = min(case.reading.cash_settled + _unsettled(case), _planned_with(case)) - _kept(case)
    if case.worth + own + foreign <= there:
        return None
    message = f"{case.intent.account} may spend {there}; {own + foreign} are already on order"
    return no("G3", f"{message}, and {case.worth} more do not fit.")


def _kept(case: Case) -> Usd:
    buffer = case.account.cash_buffer if case.account is not None else Usd()
    return max(case.kept, buffer)


def _unsettled(case: Case) -> Usd:
    """The unsettled cash that may be spent: all by the owner's word, else this plan's own proceeds in a shelter."""
    unsettled = case.reading.cash_unsettled
    if case.policy.spend_unsettled_cash:
        return unsettled
    shelter = case.account is not None and case.account.kind.sheltered
    own = _turned_over(case, Side.SELL) if shelter and case.policy.same_day_swaps else Usd()
    return min(own, unsettled)


def _planned_with(case: Case) -> Usd:
    """What the plan counted on, and what has become of it by its own orders: money that came later waits."""
    planned = find(case.planned, case.intent.account)
    if planned is None:
        return Usd()
    counted = planned.cash if case.policy.spend_unsettled_cash else planned.cash_settled
    return counted + _turned_over(case, Side.SELL) - _turned_over(case, Side.BUY)


def _turned_over(case: Case, side: Side) -> Usd:
    """The dollars of the plan's own fills in the account."""
    return Usd.total(
        traded(order)
        for order in case.others
        if (order.intent.plan, order.intent.account, order.intent.side) == (case.intent.plan, case.intent.account, side)
    )


def _foreign(case: Case) -> Usd | None:
    """What purchases of somebody else may cost, a collar above their price; None where no price is known."""
    cost = Usd()
    for symbol in {order.symbol for order in case.reading.open_orders}:
        mine = [one for one in _live(case, Side.BUY) if one.intent.symbol == symbol and one.state not in LOST]
        count = _working(case, Side.BUY, symbol) - Shares.total(_rest(order) for order in mine)
        if count <= Shares():
            continue
        prices = [price for price in (case.fresh.price(symbol), case.ask(symbol)) if usable(price)]
        if not prices:
            return None
        cost += at_most(count, max(prices) * (1 + case.proposal.price_collar_pct / 100))
    return cost


def _live(case: Case, side: Side) -> list[OrderRecord]:
    """Our other orders of the account that may still fill."""
    here = (case.intent.account, side)
    return [one for one in case.others if one.state.may_be_live and (one.intent.account, one.intent.side) == here]


def _working(case: Case, side: Side, symbol: str) -> Shares:
    """What the broker shows as open in the account."""
    wanted = (side, symbol)
    return Shares.total(one.quantity for one in case.reading.open_orders if (one.side, one.symbol) == wanted)


def _rest(order: OrderRecord) -> Shares:
    return order.intent.quantity - order.filled


def one_order(case: Case) -> Violation | None:
    """G4: one order moves at most the owner's share of the household, and what the first live plans may move."""
    ceiling = case.limits.order_most
    if ceiling is not None and case.worth > ceiling:
        return no("G4", f"The order moves {case.worth}; in the first live plans an order may move {ceiling}.")
    most = _household(case).percent(case.limits.order_pct)
    if case.worth <= most:
        return None
    return no("G4", f"The order moves {case.worth}; one order may move {most} ({case.limits.order_pct:f}%).")


def one_day(case: Case) -> Violation | None:
    """G5: all orders of a New York day together move at most the owner's share, and are at most so many."""
    mine = [
        order
        for order in case.others
        if order.state not in NEVER_TRADED and order.intended_at.astimezone(NEW_YORK).date() >= case.today
    ]
    if len(mine) >= case.limits.day_orders:
        return no("G5", f"Today's orders are {len(mine)} already, and the limit is {case.limits.day_orders}.")
    moved = case.worth + Usd.total(at_most(order.intent.quantity, order.intent.limit_price) for order in mine)
    most = _household(case).percent(case.limits.day_pct)
    if moved <= most:
        return None
    return no("G5", f"Today's orders would move {moved}; one day may move {most} ({case.limits.day_pct:f}%).")


def _household(case: Case) -> Usd:
    """All that the household holds, at the prices of this run; what has none counts nothing."""
    prices = {symbol: price for symbol, price in case.fresh.prices if usable(price)}
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
    if not usable(quantity.count):
        return no("G15", f"One cannot order {quantity} shares.")
    fractional = case.capabilities.fractional and case.policy.fractional_shares
    if not quantity.is_whole and not fractional:
        return no("G15", f"The order is for {quantity} shares, and here only whole ones are traded.")
    if quantity.count % SHARE_STEP:
        return no("G15", f"The order is for {quantity} shares, which is finer than any broker takes.")
    if not usable(limit):
        return no("G15", f"One cannot order at a limit of {limit}.")
    if limit % (CENT if limit >= 1 else FINEST):
        return no("G15", f"The limit {limit} is finer than the market's tick.")
    return None
