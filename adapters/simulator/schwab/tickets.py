"""What an order request asks for, and what the broker's rules have against it."""

from decimal import Decimal

from adapters.simulator.books.lots import trade_cents
from adapters.simulator.books.orders import NOTHING, LotMethod, Side
from adapters.simulator.market.exchange import Asset
from adapters.simulator.market.prices import exact
from adapters.simulator.schwab.desk import Drawer
from adapters.simulator.schwab.refusals import bad_request
from adapters.simulator.wire import Json
from adapters.simulator.world import Ticket, World

Asked = dict[str, Json]
CENT = Decimal("0.01")
LARGEST_POWER_OF_TEN = 9
DURATIONS = {"DAY": "day", "GOOD_TILL_CANCEL": "gtc"}
# The first two in the words of the vendor's trading platform, the others made up.
BELOW_ZERO = "Your buying power will be below zero ($0.00) if this order is accepted."
OVERSOLD = "This order may result in an oversold/overbought position in your account."
FRACTIONAL = "Fractional share quantities are not accepted for this order."
SUB_PENNY = "The limit price must be in increments of $0.01."
NOT_TRADABLE = "This security is not available for trading."


def ticket_from(world: World, asked: Asked) -> Ticket:
    """The ticket of an order request with one equity leg; a 400 for anything else."""
    _one_of(asked, "orderStrategyType", ("SINGLE",))
    _one_of(asked, "session", ("NORMAL",))
    kind = _one_of(asked, "orderType", ("LIMIT", "MARKET"))
    duration = _one_of(asked, "duration", tuple(DURATIONS))
    leg = _only_leg(asked)
    price = _number(asked, "price") if kind == "LIMIT" else None
    if kind == "MARKET" and asked.get("price") is not None:
        raise bad_request("Order request is invalid", "price must be empty for MARKET orders")
    return Ticket(
        symbol=_listed(world, leg).symbol,
        side=Side(_one_of(leg, "instruction", ("BUY", "SELL")).lower()),
        qty=_number(leg, "quantity"),
        notional=None,
        limit_price=price,
        time_in_force=DURATIONS[duration],
        lot_method=_lot_method(asked),
    )


def _one_of(asked: Asked, name: str, allowed: tuple[str, ...]) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise bad_request("Order request is invalid", f"{name} is missing or not supported")
    return value


def _only_leg(asked: Asked) -> Asked:
    legs = asked.get("orderLegCollection")
    if not isinstance(legs, list) or len(legs) != 1 or not isinstance(legs[0], dict):
        raise bad_request("Order request is invalid", "orderLegCollection must hold one leg")
    return legs[0]


def _number(asked: Asked, name: str) -> Decimal:
    try:
        amount = exact(asked.get(name))  # type: ignore[arg-type]  # whatever the wire brought is refused right here
    except (TypeError, ValueError) as error:
        raise bad_request("Order request is invalid", f"{name} is not a number") from error
    if amount <= 0 or amount.adjusted() > LARGEST_POWER_OF_TEN:
        raise bad_request("Order request is invalid", f"{name} is out of range")
    return amount


def _listed(world: World, leg: Asked) -> Asset:
    instrument = leg.get("instrument")
    if not isinstance(instrument, dict) or instrument.get("assetType") != "EQUITY":
        raise bad_request("Order request is invalid", "instrument.assetType must be EQUITY")
    listed = world.market.assets.get(str(instrument.get("symbol")))
    if listed is None:
        raise bad_request("Order request is invalid", "instrument.symbol is not known")
    return listed


def _lot_method(asked: Asked) -> LotMethod | None:
    value = asked.get("taxLotMethod")
    if value is None:
        return None
    return LotMethod(_one_of(asked, "taxLotMethod", tuple(LotMethod)))


def objection(drawer: Drawer, ticket: Ticket) -> str | None:
    """Why the broker turns an order down after it has received it, if it does."""
    assert ticket.qty is not None
    book = drawer.book
    if not book.market.assets[ticket.symbol].tradable:
        return NOT_TRADABLE
    if ticket.qty != ticket.qty.to_integral_value() and not drawer.account.fractional:
        return FRACTIONAL
    if ticket.limit_price is not None and ticket.limit_price != ticket.limit_price.quantize(CENT):
        return SUB_PENNY
    if ticket.side is Side.BUY:
        cost = Decimal(order_cents(drawer, ticket)) / 100
        return BELOW_ZERO if cost > max(book.buying_power(), NOTHING) else None
    free = book.lots(ticket.symbol).qty - book.held_by_sells(ticket.symbol)
    return OVERSOLD if ticket.qty > free else None


def order_cents(drawer: Drawer, ticket: Ticket) -> int:
    """What an order is worth at its limit, or at the quote that it would meet."""
    assert ticket.qty is not None
    quote = drawer.book.market.quote(ticket.symbol)
    met = quote.ask if ticket.side is Side.BUY else quote.bid
    return trade_cents(ticket.side, ticket.qty, ticket.limit_price or met)
