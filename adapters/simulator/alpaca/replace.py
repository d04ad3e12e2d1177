"""Replacing an order: the old one ends, a new one with a new id takes its place."""

from dataclasses import replace

from adapters.simulator.alpaca import orders, refusals, shapes
from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.orders import OrderState, SimulatedOrder
from adapters.simulator.wire import Answer, Json, Request, plain
from adapters.simulator.world import World

REPLACEABLE = (OrderState.NEW, OrderState.PARTIALLY_FILLED)


def replace_order(world: World, book: AccountBook, request: Request, order_id: str) -> Answer:
    """`PATCH /v2/orders/{order_id}`; without a `qty` the new order asks for what the old one left unfilled."""
    old = orders.find(book, order_id)
    changes = refusals.object_body(request)
    if old.state is OrderState.ACCEPTED:
        raise refusals.unprocessable("unable to replace order, order isn't sent to exchange yet")
    if old.state not in REPLACEABLE or old.qty is None:
        raise refusals.unprocessable("only open orders can be replaced")
    state = old.state
    old.state = OrderState.REPLACED
    try:
        ticket = orders.checked(world, book, _asked(old, changes))
    except refusals.Refusal:
        old.state = state
        raise
    new = world.submit(book, replace(ticket, replaces=old.order_id))
    old.replaced_by = new.order_id
    old.move(OrderState.REPLACED, world.market.clock.stamp())
    return Answer(body=shapes.order(book, new))


def _asked(old: SimulatedOrder, changes: dict[str, Json]) -> dict[str, Json]:
    assert old.qty is not None
    asked: dict[str, Json] = {
        "symbol": old.symbol,
        "side": old.side.value,
        "type": "market" if old.limit_price is None else "limit",
        "time_in_force": old.time_in_force,
        "qty": plain(old.qty - old.filled_qty),
        "limit_price": None if old.limit_price is None else plain(old.limit_price),
        "extended_hours": old.extended_hours,
    }
    changeable = ("qty", "limit_price", "stop_price", "time_in_force", "client_order_id", "notional")
    return asked | {name: changes[name] for name in changeable if name in changes}
