"""How the market looks at open orders: cancel, reject, trade, expire."""

from datetime import date

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.lots import trade_cents
from adapters.simulator.books.orders import Look, OrderState, Side, SimulatedOrder

TOO_MANY = "insufficient qty when the order reached the market"
TOO_DEAR = "insufficient buying power when the order reached the market"


def look_at_orders(book: AccountBook, look: Look, *, in_session: bool) -> None:
    """Let the market look once at every open order of an account, oldest first."""
    for order in book.open_orders():
        look_at_order(book, order, look, in_session=in_session)


def look_at_order(book: AccountBook, order: SimulatedOrder, look: Look, *, in_session: bool) -> None:
    """Let the market look once at one order."""
    stamp = book.market.clock.stamp
    if order.state is OrderState.PENDING_CANCEL:
        order.move(OrderState.CANCELED, stamp())
    elif order.script.rejected is not None and look > Look.SUBMISSION:
        turn_down(book, order, order.script.rejected)
    elif in_session:
        if order.state is OrderState.ACCEPTED and look > Look.SUBMISSION:
            order.move(OrderState.NEW, stamp())
        _trade_if_marketable(book, order, look)


def _trade_if_marketable(book: AccountBook, order: SimulatedOrder, look: Look) -> None:
    quote = book.market.quote(order.symbol)
    if not order.marketable(quote.bid, quote.ask):
        return
    price = quote.ask if order.side is Side.BUY else quote.bid
    qty = order.tradable_now(look, price)
    if qty <= 0:
        return
    if order.side is Side.BUY and trade_cents(Side.BUY, qty, price) > book.buying_power(but=order) * 100:
        turn_down(book, order, TOO_DEAR)
    elif order.side is Side.SELL and qty > book.lots(order.symbol).qty:
        turn_down(book, order, TOO_MANY)
    else:
        book.trade(order, qty, price)


def turn_down(book: AccountBook, order: SimulatedOrder, reason: str) -> None:
    """End an order for a reason; what it has filled stays filled."""
    order.reject_reason = reason
    ending = OrderState.CANCELED if order.executions else OrderState.REJECTED
    order.move(ending, book.market.clock.stamp())


def expire_day_orders(book: AccountBook, session_on: date) -> None:
    """End the day orders of a session at its close; what they filled stays filled."""
    for order in book.open_orders():
        if order.time_in_force == "day" and order.expires_on <= session_on:
            order.move(OrderState.EXPIRED, book.market.clock.stamp())
