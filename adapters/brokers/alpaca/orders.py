"""Orders in the vendor's words: the body that asks for one, and what is said of one afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from adapters.brokers.alpaca.wire import Row, rows
from bot.domain.errors import NotAllowed, Reconcile
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.orders import BrokerOrder, Intent, OrderState
from bot.domain.snapshot import OpenOrder, Side

ONE_DOLLAR = Decimal(1)
LARGEST_LIST = 500  # the most that one request for orders returns (Trading API reference, GET /v2/orders)
OWN = "rl-"  # how our client ids begin (Intent.client_order_id)
SIMPLE = frozenset({"", "simple"})

# https://docs.alpaca.markets/docs/orders-at-alpaca, "Order Lifecycle"
LIVE = frozenset(
    {
        "new",
        "accepted",
        "pending_new",
        "accepted_for_bidding",
        "held",
        "pending_cancel",
        "pending_replace",
        "pending_review",
        "stopped",
        "suspended",
        "calculated",
        "done_for_day",
        "partially_filled",
    }
)
ENDED = {
    "filled": OrderState.FILLED,
    "canceled": OrderState.CANCELED,
    "expired": OrderState.EXPIRED,
    "rejected": OrderState.REJECTED,
    "replaced": OrderState.HUMAN,
}


def order_body(intent: Intent) -> dict[str, str | bool]:
    """The JSON of a day limit order; numbers as text, so that no digit is lost.

    Raises:
        NotAllowed: when the vendor could not take it as it is: an empty quantity, more than nine decimals, or a price
            finer than the tick (a cent from one dollar on, SEC Rule 612; a hundredth of a cent below).
    """
    if intent.quantity <= Shares() or intent.quantity.count % SHARE_STEP:
        raise NotAllowed(f"{intent.quantity} is no quantity that can be ordered.")
    tick = Decimal("0.01") if intent.limit_price >= ONE_DOLLAR else Decimal("0.0001")
    if intent.limit_price <= 0 or intent.limit_price % tick:
        raise NotAllowed(f"${intent.limit_price} is not a multiple of ${tick}, which a limit price has to be.")
    return {
        "symbol": intent.symbol,
        "qty": intent.quantity.plain,
        "side": intent.side.value,
        "type": "limit",
        "time_in_force": "day",
        "limit_price": f"{intent.limit_price.quantize(tick):f}",
        "extended_hours": False,
        "client_order_id": intent.client_order_id,
    }


def parse_order(raw: object, account: str) -> BrokerOrder:
    """What the vendor says of one order; Reconcile for one by amount, for no shares, or for impossible numbers."""
    row = Row.of(raw, "order")
    symbol = row.symbol()
    if row.text("asset_class", default="us_equity") != "us_equity":
        raise Reconcile(f"There is an order for {symbol} that is no order for shares.")
    if not row.has("qty"):
        raise Reconcile(f"The order for {symbol} is given in dollars; its number of shares cannot be known.")
    quantity, filled = row.shares("qty"), row.shares("filled_qty")
    if not quantity or filled > quantity:
        raise Reconcile(f"Alpaca says that {filled} of {quantity} shares of {symbol} are filled.")
    status = row.text("status")
    return BrokerOrder(
        broker_id=row.text("id"),
        client_order_id=row.text("client_order_id"),
        account=account,
        side=_side(row, symbol),
        symbol=symbol,
        quantity=quantity,
        limit_price=row.price("limit_price"),
        state=_state(status, quantity, filled),
        filled=filled,
        average_price=row.price("filled_avg_price"),
        text=_text(status, quantity, filled),
    )


def _side(row: Row, symbol: str) -> Side:
    try:
        return Side(row.text("side"))
    except ValueError:
        raise Reconcile(f"An order for {symbol} neither buys nor sells.") from None


def _state(status: str, quantity: Shares, filled: Shares) -> OrderState:
    if status in LIVE:
        return OrderState.PARTIAL if filled or status == "partially_filled" else OrderState.ACKED
    if status == "filled" and filled != quantity:
        return OrderState.UNKNOWN
    return ENDED.get(status, OrderState.UNKNOWN)


def _text(status: str, quantity: Shares, filled: Shares) -> str:
    if status == "filled" and filled != quantity:
        return f"filled, but only {filled} of {quantity} shares"
    if status == "replaced":
        return "replaced by another order, which rebaloop did not send"
    return status


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What works at the broker, and the dollars that its buy orders hold."""

    orders: tuple[OpenOrder, ...]
    held_by_buys: Usd


def parse_open_orders(raw: object, account: str) -> Working:
    """Everything that may still fill, by its open quantity.

    Raises:
        Reconcile: when the list may go on, or holds an order whose size or legs cannot be counted.
    """
    listed = rows(raw, "order")
    if len(listed) >= LARGEST_LIST:
        raise Reconcile(f"{LARGEST_LIST} open orders or more: the list may not be complete.")
    working = [order for row in listed for order in [_working(row, account)] if not order.state.is_final]
    holds = [(order.quantity - order.filled, order.limit_price) for order in working if order.side is Side.BUY]
    return Working(
        orders=tuple(
            OpenOrder(side=order.side, symbol=order.symbol, quantity=order.quantity - order.filled)
            for order in working
            if order.quantity > order.filled
        ),
        held_by_buys=Usd.total(left.value(price) for left, price in holds if price is not None),
    )


def _working(row: Row, account: str) -> BrokerOrder:
    order = parse_order(row.fields, account)
    if row.text("order_class", default="") not in SIMPLE:
        raise Reconcile(f"The open order for {order.symbol} has legs; cancel it or let it end first.")
    return order


def parse_own_orders(raw: object, account: str) -> tuple[BrokerOrder, ...]:
    """The orders of a list whose client id begins like ours; Reconcile when the list may go on."""
    listed = rows(raw, "order")
    if len(listed) >= LARGEST_LIST:
        raise Reconcile(f"{LARGEST_LIST} orders in two days or more: the list may not be complete.")
    own = [row for row in listed if row.text("client_order_id", default="").startswith(OWN)]
    return tuple(parse_order(row.fields, account) for row in own)
