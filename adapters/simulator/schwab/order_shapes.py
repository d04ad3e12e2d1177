"""One order as JSON: its status, its leg and what happened to it.

The shape follows recorded orders: there is no state for a partial fill, what was cancelled appears as an activity of
its own with a price of zero, and the account number is a number here and text everywhere else.
"""

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.matching import TOO_DEAR, TOO_MANY
from adapters.simulator.books.orders import NOTHING, OrderState, Side, SimulatedOrder
from adapters.simulator.schwab import instruments
from adapters.simulator.schwab.desk import Desk, Drawer
from adapters.simulator.schwab.numbers import ZERO, double, instrument_id, micros, stamp
from adapters.simulator.schwab.tickets import BELOW_ZERO, OVERSOLD
from adapters.simulator.wire import Json

Shape = dict[str, Json]
STATUS = {
    OrderState.ACCEPTED: "PENDING_ACTIVATION",
    OrderState.NEW: "WORKING",
    OrderState.PARTIALLY_FILLED: "WORKING",
    OrderState.PENDING_CANCEL: "PENDING_CANCEL",
    OrderState.FILLED: "FILLED",
    OrderState.CANCELED: "CANCELED",
    OrderState.EXPIRED: "EXPIRED",
    OrderState.REPLACED: "REPLACED",
    OrderState.REJECTED: "REJECTED",
}
DURATION = {"day": "DAY", "gtc": "GOOD_TILL_CANCEL"}
IN_THE_VENDORS_WORDS = {TOO_DEAR: BELOW_ZERO, TOO_MANY: OVERSOLD}


def status(desk: Desk, placed: SimulatedOrder) -> str:
    """The status that the vendor reports: the order's own, unless a script shows another."""
    return desk.shown(placed) or STATUS[placed.state]


def order(desk: Desk, drawer: Drawer, placed: SimulatedOrder) -> Shape:
    """One order."""
    assert placed.qty is not None
    left = placed.qty - placed.filled_qty if placed.is_open else NOTHING
    changeable = placed.is_open and placed.state is not OrderState.PENDING_CANCEL
    shape: Shape = {
        "session": "NORMAL",
        "duration": DURATION[placed.time_in_force],
        "orderType": "MARKET" if placed.limit_price is None else "LIMIT",
        "complexOrderStrategyType": "NONE",
        "quantity": double(placed.qty),
        "filledQuantity": double(placed.filled_qty),
        "remainingQuantity": double(left),
        "requestedDestination": "AUTO",
        "destinationLinkName": "AutoRoute",
        **({} if placed.limit_price is None else {"price": double(placed.limit_price)}),
        "orderLegCollection": [_leg(drawer.book, placed)],
        "orderStrategyType": "SINGLE",
        "orderId": int(placed.order_id),
        "cancelable": changeable,
        "editable": changeable,
        "status": status(desk, placed),
        "enteredTime": stamp(placed.submitted_at),
    }
    if placed.ended_at is not None:
        shape["closeTime"] = stamp(placed.ended_at)
    shape |= {"tag": "API_TOS:TRADE_ALL", "accountNumber": int(drawer.account.number)}
    if placed.lot_method is not None:
        shape["taxLotMethod"] = placed.lot_method.value
    activities = _activities(placed)
    if activities:
        shape["orderActivityCollection"] = activities
    if placed.reject_reason is not None:
        shape["statusDescription"] = IN_THE_VENDORS_WORDS.get(placed.reject_reason, placed.reject_reason)
    return shape


def _leg(book: AccountBook, placed: SimulatedOrder) -> Shape:
    assert placed.qty is not None
    return {
        "orderLegType": "EQUITY",
        "legId": 1,
        "instrument": instruments.traded(book.market.assets[placed.symbol]),
        "instruction": placed.side.value.upper(),
        "positionEffect": "OPENING" if placed.side is Side.BUY else "CLOSING",
        "quantity": double(placed.qty),
    }


def _activities(placed: SimulatedOrder) -> list[Shape]:
    assert placed.qty is not None
    rows, left = [], placed.qty
    for execution in placed.executions:
        left -= execution.qty
        leg = {
            "legId": 1,
            "quantity": double(execution.qty),
            "mismarkedQuantity": ZERO,
            "price": double(execution.price),
            "time": stamp(execution.at),
            "instrumentId": instrument_id(placed.symbol),
        }
        rows.append(
            {
                "activityType": "EXECUTION",
                "activityId": micros(execution.at),
                "executionType": "FILL",
                "quantity": double(execution.qty),
                "orderRemainingQuantity": double(left),
                "executionLegs": [leg],
            }
        )
    if placed.state in {OrderState.CANCELED, OrderState.REPLACED} and left > 0:
        rows.append(_cancellation(placed))
    return rows


def _cancellation(placed: SimulatedOrder) -> Shape:
    assert placed.qty is not None
    assert placed.ended_at is not None
    gone = double(placed.qty - placed.filled_qty)
    leg = {
        "legId": 1,
        "quantity": gone,
        "mismarkedQuantity": ZERO,
        "price": ZERO,
        "time": stamp(placed.ended_at),
        "instrumentId": instrument_id(placed.symbol),
    }
    return {
        "activityType": "EXECUTION",
        "activityId": micros(placed.ended_at),
        "executionType": "CANCELED",
        "quantity": gone,
        "orderRemainingQuantity": ZERO,
        "executionLegs": [leg],
    }
