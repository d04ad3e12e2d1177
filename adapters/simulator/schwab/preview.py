"""The preview of an order: what it would cost and what the broker's rules say, in the shape of recorded previews."""

from decimal import Decimal

from adapters.simulator.books.orders import NOTHING, Side
from adapters.simulator.schwab import instruments
from adapters.simulator.schwab.desk import Drawer
from adapters.simulator.schwab.numbers import ZERO, dollars, double, money, stamp
from adapters.simulator.schwab.order_shapes import DURATION
from adapters.simulator.schwab.tickets import objection, order_cents
from adapters.simulator.wire import Json
from adapters.simulator.world import Ticket

Shape = dict[str, Json]


def preview_of(drawer: Drawer, ticket: Ticket) -> Shape:
    """The answer to a preview; a list of remarks is there only when it has one."""
    against = objection(drawer, ticket)
    validation: Shape = {}
    if against is not None:
        validation["rejects"] = [{"activityMessage": f'"{against}"', "originalSeverity": "REJECT"}]
    return {
        "orderId": 0,
        "orderStrategy": _strategy(drawer, ticket, rejected=against is not None),
        "orderValidationResult": validation,
        "commissionAndFee": _costs(drawer, ticket),
    }


def _strategy(drawer: Drawer, ticket: Ticket, *, rejected: bool) -> Shape:
    assert ticket.qty is not None
    now = stamp(drawer.book.market.clock.now_at)
    value = dollars(order_cents(drawer, ticket))
    return {
        "accountNumber": drawer.account.number,
        "advancedOrderType": "NONE",
        **({"closeTime": now} if rejected else {}),
        "enteredTime": now,
        "orderBalance": _balance(drawer, ticket),
        "orderStrategyType": "SINGLE",
        "orderVersion": 1,
        "session": "NORMAL",
        "status": "REJECTED" if rejected else "ACCEPTED",
        "discretionary": False,
        "duration": DURATION[ticket.time_in_force],
        "filledQuantity": ZERO,
        "orderType": "MARKET" if ticket.limit_price is None else "LIMIT",
        "orderValue": value,
        **({} if ticket.limit_price is None else {"price": double(ticket.limit_price)}),
        "quantity": double(ticket.qty),
        "remainingQuantity": double(NOTHING if rejected else ticket.qty),
        "sellNonMarginableFirst": False,
        "strategy": "NONE",
        "amountIndicator": "SHARES",
        "orderLegs": [_leg(drawer, ticket, rejected=rejected)],
    }


def _balance(drawer: Drawer, ticket: Ticket) -> Shape:
    worth = order_cents(drawer, ticket)
    signed = Decimal(-worth if ticket.side is Side.BUY else worth) / 100
    return {
        "orderValue": dollars(worth),
        "projectedAvailableFund": money(Decimal(drawer.book.cash_cents) / 100 + signed),
        "projectedBuyingPower": money(drawer.book.buying_power() + signed),
        "projectedCommission": ZERO,
    }


def _leg(drawer: Drawer, ticket: Ticket, *, rejected: bool) -> Shape:
    market = drawer.book.market
    quote, price = market.quote(ticket.symbol), double(market.price(ticket.symbol))
    return {
        "askPrice": double(quote.ask),
        "bidPrice": double(quote.bid),
        "lastPrice": price,
        "markPrice": price,
        "projectedCommission": ZERO,
        **({"finalSymbol": ticket.symbol} if rejected else {}),
        "legId": 1,
        "assetType": "EQUITY",
        "instruction": ticket.side.value.upper(),
        "positionEffect": "OPENING" if ticket.side is Side.BUY else "CLOSING",
        "instrument": instruments.traded(market.assets[ticket.symbol]),
    }


def _costs(drawer: Drawer, ticket: Ticket) -> Shape:
    values = [{"value": ZERO, "type": "BASE_CHARGE"}, {"value": ZERO, "type": "COMMISSION"}]
    commission = {"commissionLegs": [{"commissionValues": values}]}
    fees = [{"value": dollars(drawer.book.sale_fee_cents), "type": "SEC_FEE"}] if ticket.side is Side.SELL else []
    return {"commission": commission, "fee": {"feeLegs": [{"feeValues": fees}]}, "trueCommission": commission}
