"""Orders over the wire: place, preview, list, read, cancel, replace.

What is wrong with the form of a request is a 400; what is wrong with the order itself shows up later, as its status.
"""

import re
from dataclasses import replace
from datetime import timedelta

from adapters.simulator.books.orders import OrderState, SimulatedOrder
from adapters.simulator.schwab import order_shapes, refusals
from adapters.simulator.schwab.desk import Call, Drawer
from adapters.simulator.schwab.preview import preview_of
from adapters.simulator.schwab.tickets import objection, ticket_from
from adapters.simulator.wire import Answer, Json

LONGEST_RANGE = timedelta(days=366)
LONGEST_LOOK_BACK = timedelta(days=60)
MOST_ROWS = 3000
STATUSES = frozenset(
    re.findall(
        r"\w+",
        "AWAITING_PARENT_ORDER AWAITING_CONDITION AWAITING_STOP_CONDITION AWAITING_MANUAL_REVIEW ACCEPTED "
        "AWAITING_UR_OUT PENDING_ACTIVATION QUEUED WORKING REJECTED PENDING_CANCEL CANCELED PENDING_REPLACE REPLACED "
        "FILLED EXPIRED NEW AWAITING_RELEASE_TIME PENDING_ACKNOWLEDGEMENT PENDING_RECALL UNKNOWN",
    )
)


def place(call: Call) -> Answer:
    """`POST /accounts/{hash}/orders`: 201 and the new order's address, whatever becomes of the order."""
    drawer = call.drawer()
    ticket = ticket_from(call.world, refusals.object_body(call.request))
    ticket = replace(ticket, order_id=call.desk.next_order_id(), refused=objection(drawer, ticket))
    return _created(call, drawer, call.world.submit(drawer.book, ticket))


def _created(call: Call, drawer: Drawer, placed: SimulatedOrder) -> Answer:
    path = f"/trader/v1/accounts/{drawer.hash_value}/orders/{placed.order_id}"
    return Answer(status=201, headers={"Location": call.desk.base_url() + path})


def preview(call: Call) -> Answer:
    """`POST /accounts/{hash}/previewOrder`."""
    drawer = call.drawer()
    return Answer(body=preview_of(drawer, ticket_from(call.world, refusals.object_body(call.request))))


def _find(drawer: Drawer, text: str) -> SimulatedOrder:
    if not text.isascii() or not text.isdigit():
        raise refusals.bad_request(f"'{text}' is not a valid value for orderId")
    if text not in drawer.book.orders:
        raise refusals.missing("Order not found")
    return drawer.book.orders[text]


def read(call: Call) -> Answer:
    """`GET /accounts/{hash}/orders/{id}`."""
    drawer = call.drawer()
    return Answer(body=order_shapes.order(call.desk, drawer, _find(drawer, call.parts[1])))


def list_for_account(call: Call) -> Answer:
    """`GET /accounts/{hash}/orders`: newest first, both ends of the range mandatory and included."""
    return Answer(body=_listed(call, [call.drawer()]))


def list_all(call: Call) -> Answer:
    """`GET /orders`: those of every account, of the last 60 days."""
    if refusals.instant(call.request.query, "fromEnteredTime") < call.world.market.clock.now_at - LONGEST_LOOK_BACK:
        raise refusals.bad_request("fromEnteredTime must be within 60 days from today's date")
    return Answer(body=_listed(call, call.desk.drawers(call.login)))


def _listed(call: Call, drawers: list[Drawer]) -> list[Json]:
    query = call.request.query
    since, until = refusals.instant(query, "fromEnteredTime"), refusals.instant(query, "toEnteredTime")
    if since > until or until - since > LONGEST_RANGE:
        raise refusals.bad_request("fromEnteredTime and toEnteredTime must be in order and not more than a year apart")
    most, wanted = refusals.count(query, "maxResults", MOST_ROWS), query.get("status")
    if wanted is not None and wanted not in STATUSES:
        raise refusals.bad_request(f"'{wanted}' is not a valid value for status")
    found = [
        (placed.submitted_at, order_shapes.order(call.desk, drawer, placed))
        for drawer in drawers
        for placed in drawer.book.orders.values()
        if since <= placed.submitted_at.replace(microsecond=0) <= until
        and wanted in {None, order_shapes.status(call.desk, placed)}
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [shape for _, shape in found[:most]]


def cancel(call: Call) -> Answer:
    """`DELETE /accounts/{hash}/orders/{id}`: asked for here, done when the account is next read."""
    placed = _find(call.drawer(), call.parts[1])
    if not placed.is_open:
        raise refusals.bad_request("Order cannot be canceled")
    placed.move(OrderState.PENDING_CANCEL, call.world.market.clock.stamp())
    return Answer()


def replace_order(call: Call) -> Answer:
    """`PUT /accounts/{hash}/orders/{id}`: a new order with a new id; one that is turned down leaves the old one be."""
    drawer = call.drawer()
    old = _find(drawer, call.parts[1])
    ticket = ticket_from(call.world, refusals.object_body(call.request))
    if not old.is_open or old.state is OrderState.PENDING_CANCEL:
        raise refusals.bad_request("Order cannot be replaced")
    state, old.state = old.state, OrderState.REPLACED
    refused = objection(drawer, ticket)
    old.state = state
    if refused is None:
        old.move(OrderState.REPLACED, call.world.market.clock.stamp())
    order_id = call.desk.next_order_id()
    new = call.world.submit(drawer.book, replace(ticket, order_id=order_id, refused=refused, replaces=old.order_id))
    old.replaced_by = new.order_id if refused is None else None
    return _created(call, drawer, new)
