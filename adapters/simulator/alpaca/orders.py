"""Orders over the wire: place, list, read, cancel, replace; checked in the vendor's words."""

from decimal import Decimal

from adapters.simulator.alpaca import refusals, shapes
from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.lots import trade_cents
from adapters.simulator.books.orders import NANO, NOTHING, OrderState, Side, SimulatedOrder
from adapters.simulator.market.exchange import Asset
from adapters.simulator.wire import Answer, Json, Request, plain
from adapters.simulator.world import Ticket, World

CENT = Decimal("0.01")
TEN_THOUSANDTH = Decimal("0.0001")
LONGEST_CLIENT_ID = 128


def place(world: World, book: AccountBook, request: Request, _: str) -> Answer:
    """`POST /v2/orders`."""
    ticket = checked(world, book, refusals.object_body(request))
    return Answer(body=shapes.order(book, world.submit(book, ticket)))


def checked(world: World, book: AccountBook, asked: dict[str, Json]) -> Ticket:
    """The ticket that a JSON object asks for, or the refusal it deserves."""
    listed = _asset(world, asked)
    side = _one_of(asked, "side", ("buy", "sell"))
    _one_of(asked, "type", ("market", "limit"))
    _one_of(asked, "time_in_force", ("day", "gtc"))
    if asked.get("order_class") not in (None, "", "simple"):
        raise refusals.unprocessable("invalid order_class")
    ticket = Ticket(
        symbol=listed.symbol,
        side=Side(side),
        qty=refusals.number(asked, "qty"),
        notional=refusals.number(asked, "notional"),
        limit_price=_limit_price(asked),
        time_in_force=str(asked["time_in_force"]),
        extended_hours=asked.get("extended_hours") is True,
        client_order_id=_client_order_id(book, asked),
    )
    _check_size(listed, ticket)
    _check_funds(book, ticket)
    return ticket


def _asset(world: World, asked: dict[str, Json]) -> Asset:
    symbol = asked.get("symbol")
    if not isinstance(symbol, str) or not symbol:
        raise refusals.unprocessable("symbol is required")
    listed = world.market.asset(symbol)
    if listed is None:
        raise refusals.unprocessable(f'could not find asset "{symbol}"')
    if not listed.tradable:
        raise refusals.against_rules(f"asset {listed.symbol} is not tradable")
    return listed


def _one_of(asked: dict[str, Json], name: str, allowed: tuple[str, ...]) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise refusals.unprocessable(f"invalid {name}" if value else f"{name} is required")
    return value


def _client_order_id(book: AccountBook, asked: dict[str, Json]) -> str | None:
    value = asked.get("client_order_id")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_CLIENT_ID:
        raise refusals.unprocessable(f"client_order_id must be at most {LONGEST_CLIENT_ID} characters")
    if _by_client_id(book, value) is not None:
        raise refusals.unprocessable("client_order_id must be unique")
    return value


def _limit_price(asked: dict[str, Json]) -> Decimal | None:
    price = refusals.number(asked, "limit_price")
    if asked["type"] == "market":
        if price is not None or asked.get("stop_price") is not None:
            raise refusals.unprocessable("market orders require no stop or limit price")
        return None
    if price is None or asked.get("stop_price") is not None:
        raise refusals.unprocessable("limit orders require only limit price")
    if price != price.quantize(CENT if price >= 1 else TEN_THOUSANDTH):
        raise refusals.against_rules(
            f"invalid limit_price {price}. sub-penny increment does not fulfill minimum pricing criteria"
        )
    return price


def _check_size(listed: Asset, ticket: Ticket) -> None:
    qty, notional = ticket.qty, ticket.notional
    if (qty is None) == (notional is None):
        raise refusals.unprocessable("qty or notional is required, and only one of them")
    fractional = notional is not None or (qty is not None and qty != qty.to_integral_value())
    if ticket.extended_hours and ticket.limit_price is None:
        raise refusals.against_rules("extended hours order must be DAY or GTC limit orders")
    if fractional and not listed.fractionable:
        raise refusals.forbidden(f"asset {listed.symbol} is not fractionable")
    if fractional and ticket.time_in_force != "day":
        raise refusals.against_rules("fractional orders must be DAY orders")
    if notional is not None and ticket.limit_price is not None:
        raise refusals.against_rules("notional orders must be market orders")
    if notional is not None and notional != notional.quantize(CENT):
        raise refusals.against_rules("notional value must be limited to 2 decimal places")
    if qty is not None and qty != qty.quantize(NANO):
        raise refusals.against_rules("qty must be limited to 9 decimal places")


def _check_funds(book: AccountBook, ticket: Ticket) -> None:
    seen = book.market.quote(ticket.symbol)
    if ticket.side is Side.BUY:
        price = ticket.limit_price or seen.ask
        cost = ticket.notional or Decimal(trade_cents(Side.BUY, ticket.qty or NOTHING, price)) / 100
        power = max(book.buying_power(), NOTHING)
        if cost > power:
            raise refusals.forbidden(
                "insufficient buying power", buying_power=shapes.money(power), cost_basis=shapes.money(cost)
            )
        if cost < 1:
            raise refusals.forbidden("cost basis must be >= minimal amount of order 1")
        return
    wanted = ticket.qty or (ticket.notional or NOTHING) / seen.bid
    held, reserved = book.lots(ticket.symbol).qty, book.held_by_sells(ticket.symbol)
    if wanted > held - reserved:
        asked, free = plain(wanted), plain(held - reserved)
        sells = [o for o in book.open_orders() if o.symbol == ticket.symbol and o.side is Side.SELL]
        raise refusals.forbidden(
            f"insufficient qty available for order (requested: {asked}, available: {free})",
            available=free,
            existing_qty=plain(held),
            held_for_orders=plain(reserved),
            related_orders=[o.order_id for o in sells],
            symbol=ticket.symbol,
        )


def _by_client_id(book: AccountBook, client_order_id: str) -> SimulatedOrder | None:
    return next((o for o in book.orders.values() if o.client_order_id == client_order_id), None)


def find(book: AccountBook, text: str) -> SimulatedOrder:
    """The order of an id in a path, or the refusal it deserves."""
    order_id = refusals.order_id(text)
    if order_id not in book.orders:
        raise refusals.missing(f"order not found for {text}")
    return book.orders[order_id]


def read(_: World, book: AccountBook, __: Request, order_id: str) -> Answer:
    """`GET /v2/orders/{order_id}`."""
    return Answer(body=shapes.order(book, find(book, order_id)))


def read_by_client_id(_: World, book: AccountBook, request: Request, __: str) -> Answer:
    """`GET /v2/orders:by_client_order_id`."""
    wanted = request.query.get("client_order_id", "")
    found = _by_client_id(book, wanted)
    if found is None:
        raise refusals.missing(f"order not found for {wanted}")
    return Answer(body=shapes.order(book, found))


def list_all(_: World, book: AccountBook, request: Request, __: str) -> Answer:
    """`GET /v2/orders`: open ones unless asked otherwise, newest first, 50 of at most 500."""
    query = request.query
    status = refusals.choice(query, "status", "open", ("open", "closed", "all"))
    direction = refusals.choice(query, "direction", "desc", ("asc", "desc"))
    limit = refusals.count(query, "limit", 50, 500)
    after, until = refusals.instant(query, "after"), refusals.instant(query, "until")
    symbols = {s for s in query.get("symbols", "").split(",") if s}
    found = [
        o
        for o in book.orders.values()
        if (status == "all" or o.is_open == (status == "open"))
        and (after is None or o.submitted_at > after)
        and (until is None or o.submitted_at < until)
        and (not symbols or o.symbol in symbols)
        and query.get("side", o.side.value) == o.side.value
    ]
    found.sort(key=lambda o: o.submitted_at, reverse=direction == "desc")
    return Answer(body=[shapes.order(book, o) for o in found[:limit]])


def cancel(world: World, book: AccountBook, _: Request, order_id: str) -> Answer:
    """`DELETE /v2/orders/{order_id}`: accepted here, done when the account is next read."""
    order = find(book, order_id)
    if not order.is_open:
        raise refusals.against_rules(f'order is already in "{order.state.value}" state')
    order.move(OrderState.PENDING_CANCEL, world.market.clock.stamp())
    return Answer(status=204)


def cancel_all(world: World, book: AccountBook, _: Request, __: str) -> Answer:
    """`DELETE /v2/orders`."""
    orders = book.open_orders()
    for order in orders:
        order.move(OrderState.PENDING_CANCEL, world.market.clock.stamp())
    rows = [{"id": o.order_id, "status": 200, "body": shapes.order(book, o)} for o in orders]
    return Answer(status=207, body=rows)
