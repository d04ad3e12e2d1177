"""Orders in the vendor's words: the body that asks for one, and what is said of one afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.brokers.schwab.wire import Row, rows, same_number, worth
from bot.domain.discretion import discreet
from bot.domain.errors import NotAllowed, Reconcile
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.orders import BrokerOrder, Intent, OrderState
from bot.domain.snapshot import OpenOrder, Side

ONE_DOLLAR = Decimal(1)
LARGEST_LIST = 3000  # the most that one request for orders returns (Trader API reference, maxResults)
MUTUAL_FUND = re.compile(r"[A-Z]{4}X")  # Nasdaq: five letters that end in X name an open-end fund
SHARES = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT", "MUTUAL_FUND"})
ONE_LEG, DAY_LIMIT = "SINGLE", {"orderType": "LIMIT", "session": "NORMAL", "duration": "DAY"}
DEAREST_FIRST = "HIGH_COST"

# Trader API reference, schema `status`; a word that is not here is open.
LIVE = frozenset(
    {
        "AWAITING_PARENT_ORDER",
        "AWAITING_CONDITION",
        "AWAITING_STOP_CONDITION",
        "AWAITING_MANUAL_REVIEW",
        "AWAITING_UR_OUT",
        "AWAITING_RELEASE_TIME",
        "ACCEPTED",
        "PENDING_ACTIVATION",
        "PENDING_CANCEL",
        "PENDING_REPLACE",
        "PENDING_ACKNOWLEDGEMENT",
        "PENDING_RECALL",
        "QUEUED",
        "WORKING",
        "NEW",
    }
)
ENDED = {
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "EXPIRED": OrderState.EXPIRED,
    "REJECTED": OrderState.REJECTED,
    "REPLACED": OrderState.HUMAN,
}
BY_PROGRAM = "API_"


def order_body(intent: Intent, *, fractional_sales: bool = False) -> dict[str, object]:
    """The JSON of a day limit order: the price as text, a whole quantity as a whole number.

    Raises:
        NotAllowed: when the vendor could not take it as it is: an empty or broken quantity, a price finer than the tick
            (a cent from one dollar on, SEC Rule 612; a hundredth of a cent below), or a mutual fund.
    """
    if MUTUAL_FUND.fullmatch(intent.symbol):
        raise NotAllowed(f"{intent.symbol} is a mutual fund, which has no limit price: a person orders it.")
    tick = Decimal("0.01") if intent.limit_price >= ONE_DOLLAR else Decimal("0.0001")
    if intent.limit_price <= 0 or intent.limit_price % tick:
        raise NotAllowed(f"${intent.limit_price} is not a multiple of ${tick}, which a limit price has to be.")
    body: dict[str, object] = {
        **DAY_LIMIT,
        "price": f"{intent.limit_price.quantize(tick):f}",
        "orderStrategyType": ONE_LEG,
        "orderLegCollection": [
            {
                "instruction": intent.side.value.upper(),
                "quantity": _quantity(intent, fractional_sales=fractional_sales),
                "instrument": {"symbol": intent.symbol, "assetType": "EQUITY"},
            }
        ],
    }
    return body | ({"taxLotMethod": DEAREST_FIRST} if intent.dearest_first else {})


def _quantity(intent: Intent, *, fractional_sales: bool) -> int | str:
    quantity = intent.quantity
    if quantity <= Shares() or quantity.count % SHARE_STEP:
        raise NotAllowed(f"{quantity} is no quantity that can be ordered.")
    if quantity.is_whole:
        return int(quantity.count)
    if intent.side is Side.SELL and fractional_sales:
        return quantity.plain
    raise NotAllowed(f"{quantity} is no whole number of shares: fractions cannot be ordered here.")


def parse_order(raw: object, account: str, number: str = "") -> BrokerOrder:
    """What the vendor says of one order for shares; `number` is the account's, to compare with.

    Raises:
        Reconcile: for another account's order, for one by amount, of several legs, or for anything but shares, and for
            impossible numbers.
    """
    row = Row.of(raw, "order")
    if number and row.has("accountNumber") and not same_number(row.identity("accountNumber"), number):
        raise Reconcile("Schwab sent an order of another account than the one that was asked for.")
    leg = _only_leg(row)
    symbol = leg.inner("instrument", "instrument").symbol()
    quantity, filled, average = row.shares("quantity"), *_filled(row)
    if not quantity or filled > quantity or (leg.has("quantity") and leg.shares("quantity") != quantity):
        raise Reconcile(f"Schwab says that {filled} of {quantity} shares of {symbol} are filled.")
    status = row.text("status")
    return BrokerOrder(
        broker_id=row.identity("orderId"),
        client_order_id="",
        account=account,
        side=_side(leg, symbol),
        symbol=symbol,
        quantity=quantity,
        limit_price=row.price("price") if row.text("orderType") == "LIMIT" else None,
        state=_state(status, row, quantity, filled),
        filled=filled,
        average_price=average,
        text=_text(status, row, quantity, filled),
    )


def _only_leg(row: Row) -> Row:
    legs = row.rows("orderLegCollection", "order leg")
    if row.text("orderStrategyType", default=ONE_LEG) != ONE_LEG or len(legs) > 1:
        raise Reconcile("There is an order of several legs: rebaloop only works with plain ones.")
    if not legs:
        raise Reconcile("Schwab sent an order that does not say what it is for.")
    (leg,) = legs
    asset = leg.inner("instrument", "instrument").text("assetType", default=leg.text("orderLegType", default=""))
    if asset not in SHARES:
        raise Reconcile(
            f"There is an order that is no order for shares but for {discreet(asset).lower() or 'nothing'}."
        )
    if leg.text("quantityType", default="SHARES") == "DOLLARS":
        raise Reconcile("There is an order given in dollars; its number of shares cannot be known.")
    return leg


def _side(leg: Row, symbol: str) -> Side:
    try:
        return Side(leg.text("instruction").lower())
    except ValueError:
        raise Reconcile(f"An order for {symbol} is neither a plain purchase nor a plain sale.") from None


def _filled(row: Row) -> tuple[Shares, Decimal | None]:
    """The filled shares and their average price; no price where the executions do not add up to them."""
    pieces = [
        (leg.amount("quantity"), leg.amount("price"))
        for activity in row.rows("orderActivityCollection", "order activity")
        if activity.text("activityType", default="EXECUTION") == "EXECUTION"
        for leg in activity.rows("executionLegs", "execution")
    ]
    executed = sum((quantity for quantity, _ in pieces), Decimal(0))
    filled = row.shares("filledQuantity") if row.has("filledQuantity") else Shares(executed)
    if not filled or filled.count != executed:
        return filled, None
    return filled, sum((quantity * price for quantity, price in pieces), Decimal(0)) / executed or None


def _state(status: str, row: Row, quantity: Shares, filled: Shares) -> OrderState:
    if status in LIVE:
        return OrderState.PARTIAL if filled else OrderState.ACKED
    if status == "FILLED" and (filled != quantity or row.optional_number("remainingQuantity")):
        return OrderState.UNKNOWN
    return ENDED.get(status, OrderState.UNKNOWN)


def _text(status: str, row: Row, quantity: Shares, filled: Shares) -> str:
    if status == "FILLED" and _state(status, row, quantity, filled) is not OrderState.FILLED:
        return f"FILLED, but not all of it: {filled} of {quantity} shares"
    if status == "REPLACED":
        return "replaced by another order, which rebaloop did not send"
    return ": ".join(part for part in (discreet(status), row.said("statusDescription")) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What works at the broker, and the dollars that its buy orders hold."""

    orders: tuple[OpenOrder, ...]
    held_by_buys: Usd


def listed_orders(raw: object) -> list[Row]:
    """A list of orders that is complete; Reconcile when it may go on."""
    listed = rows(raw, "order")
    if len(listed) >= LARGEST_LIST:
        raise Reconcile(f"{LARGEST_LIST} orders or more: the list may not be complete.")
    return listed


def order_ids(listed: Sequence[Row]) -> tuple[str, ...]:
    """The ids of all orders and of those inside them, each once, in rising order."""
    found = {row.identity("orderId") for row in _with_inner(listed) if row.has("orderId")}
    if any(not row.has("orderId") and not _inner(row) for row in listed):
        raise Reconcile("Schwab sent an order without an id.")
    return tuple(sorted(found, key=lambda one: (len(one), one)))


def _inner(row: Row) -> list[Row]:
    return row.rows("childOrderStrategies", "order") + row.rows("replacingOrderCollection", "order")


def _with_inner(listed: Sequence[Row], depth: int = 0) -> list[Row]:
    if depth > 10:
        raise Reconcile("Schwab sent orders within orders without an end.")
    return [one for row in listed for one in (row, *_with_inner(_inner(row), depth + 1))]


def parse_open_orders(listed: Sequence[Row], account: str, number: str = "") -> Working:
    """Everything that may still fill, by its open quantity.

    Raises:
        Reconcile: when one of them has several legs, is no order for shares, or cannot be counted.
    """
    open_rows = [row for row in listed if _may_fill(row)]
    working = [parse_order(row.fields, account, number) for row in open_rows]
    holds = [(order.quantity - order.filled, order.limit_price) for order in working if order.side is Side.BUY]
    return Working(
        orders=tuple(
            OpenOrder(side=order.side, symbol=order.symbol, quantity=order.quantity - order.filled)
            for order in working
            if order.quantity > order.filled
        ),
        held_by_buys=Usd.total(worth(left.count, price) for left, price in holds if price is not None),
    )


def _may_fill(row: Row) -> bool:
    """Whether an order, or one inside it, is not at its end; a filled one with something left is not either."""
    status = row.text("status")
    left = bool(row.optional_number("remainingQuantity")) and status == "FILLED"
    short = status == "FILLED" and row.has("filledQuantity") and row.amount("filledQuantity") < row.amount("quantity")
    return (
        status not in ENDED or left or short or any(_may_fill(one) for one in row.rows("childOrderStrategies", "order"))
    )


def is_shaped_like(row: Row, intent: Intent) -> bool:
    """Whether an order could be this intent's by its words alone: a single day limit order of that side and symbol.

    An order that does not say what it is for could be anything, and raises Reconcile.
    """
    if row.text("orderStrategyType", default=ONE_LEG) != ONE_LEG:
        return False
    legs = row.rows("orderLegCollection", "order leg")
    if not legs:
        raise Reconcile("Schwab sent an order that does not say what it is for.")
    lots = row.text("taxLotMethod", default="")
    return (
        len(legs) == 1
        and legs[0].text("instruction") == intent.side.value.upper()
        and legs[0].inner("instrument", "instrument").text("symbol", default="") == intent.symbol
        and all(row.text(name, default=word) == word for name, word in DAY_LIMIT.items())
        and (lots == DEAREST_FIRST or not lots or not intent.dearest_first)
    )


def parse_if_shaped_like(row: Row, intent: Intent, number: str) -> BrokerOrder | None:
    """The order, where its words and its numbers are those of the intent and it was not known before."""
    if row.identity("orderId") in intent.baseline or not is_shaped_like(row, intent):
        return None
    order = parse_order(row.fields, intent.account, number)
    return order if order.matches(intent) else None


def the_one(listed: Sequence[Row], intent: Intent, number: str) -> BrokerOrder | None:
    """The one order of the list that can be the intent's; None where there is none.

    Raises:
        Reconcile: when several fit, so that only a person can tell them apart.
    """
    found = {
        order.broker_id: order
        for row in listed
        for order in [parse_if_shaped_like(row, intent, number)]
        if order is not None
    }
    if len(found) > 1:
        raise Reconcile(f"{len(found)} orders look like the one for {intent.quantity} {intent.symbol}.")
    return next(iter(found.values()), None)


def marked_orders(listed: Sequence[Row], account: str, number: str) -> tuple[BrokerOrder, ...]:
    """The orders for shares that a program entered: the vendor tags them, as in `API_TOS:TRADE_ALL`."""
    found = []
    for row in listed:
        if not row.text("tag", default="").startswith(BY_PROGRAM):
            continue
        try:
            found.append(parse_order(row.fields, account, number))
        except Reconcile:  # of several legs, or for something else than shares: none of ours
            continue
    return tuple(found)
