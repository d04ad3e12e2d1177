"""One transaction as JSON.

Trades follow recorded ones: legs of fees in currency first, then the security; a buy has a positive amount and a
negative cost. A reinvested dividend is a trade without an order, at New York's midnight, under the fund's name. No
recording of a dividend or of a transfer was found; they have one currency leg here.
"""

import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from adapters.simulator.books.activities import EntryRow, FillRow, Row
from adapters.simulator.books.orders import Side
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.schwab import instruments
from adapters.simulator.schwab.desk import Drawer
from adapters.simulator.schwab.logins import AccountKind
from adapters.simulator.schwab.numbers import ZERO, dollars, double, instrument_id, micros, midnight, stamp
from adapters.simulator.wire import Json

Shape = dict[str, Json]
TYPES = frozenset(
    re.findall(
        r"\w+",
        "TRADE RECEIVE_AND_DELIVER DIVIDEND_OR_INTEREST ACH_RECEIPT ACH_DISBURSEMENT CASH_RECEIPT CASH_DISBURSEMENT "
        "ELECTRONIC_FUND WIRE_OUT WIRE_IN JOURNAL MEMORANDUM MARGIN_CALL MONEY_MARKET SMA_ADJUSTMENT",
    )
)
# The books' own codes; an entry under a name of the vendor's keeps it, any other is a journal.
BY_CODE = {
    "CSD": "ACH_RECEIPT",
    "CSW": "ACH_DISBURSEMENT",
    "DIV": "DIVIDEND_OR_INTEREST",
    "INT": "DIVIDEND_OR_INTEREST",
    "DRIP": "TRADE",
    "FILL": "TRADE",
    "SPLIT": "RECEIVE_AND_DELIVER",
}
PRICE_PLACES = Decimal("0.00001")
FEES = {Side.BUY: ("COMMISSION",), Side.SELL: ("COMMISSION", "SEC_FEE", "TAF_FEE")}


def type_of(row: Row) -> str:
    """The vendor's type of a row."""
    code = row.activity_type
    return code if code in TYPES else BY_CODE.get(code, "JOURNAL")


def identifier(row: Row) -> int:
    """`activityId`, which an execution shares with the order's activity."""
    return micros(row.created_at)


def booked_at(row: Row) -> datetime:
    """`time`: the instant of a trade, New York's midnight of anything else."""
    return row.created_at if isinstance(row, FillRow) else midnight(row.on)


def transaction(drawer: Drawer, row: Row) -> Shape:
    """One transaction."""
    margin = drawer.account.kind is AccountKind.MARGIN
    head: Shape = {
        "activityId": identifier(row),
        "time": stamp(booked_at(row)),
        "accountNumber": drawer.account.number,
        "type": type_of(row),
        "status": "VALID",
        "subAccount": "MARGIN" if margin else "CASH",
    }
    if isinstance(row, FillRow):
        return head | _trade(drawer.book.market, row)
    return head | _entry(drawer.book.market, row)


def _currency(amount: Json, fee: str | None = None, cost: Json = ZERO) -> Shape:
    leg: Shape = {"instrument": dict(instruments.CURRENCY), "amount": amount, "cost": cost}
    return leg if fee is None else {**leg, "feeType": fee}


def _trade(market: Market, row: FillRow) -> Shape:
    sign = 1 if row.side is Side.BUY else -1
    cost = -sign * row.cents
    fees = dict.fromkeys(FEES[row.side], 0)
    if row.fee_cents:
        fees["SEC_FEE"] = row.fee_cents
    legs = [_currency(dollars(cents), fee, dollars(-cents)) for fee, cents in fees.items()]
    security = {
        "instrument": instruments.moved(market.assets[row.symbol], market.price(row.symbol)),
        "amount": double(sign * row.qty),
        "cost": dollars(cost),
        "price": double(row.price),
        "positionEffect": "OPENING" if row.side is Side.BUY else "CLOSING",
    }
    return {
        "tradeDate": stamp(midnight(row.created_at.astimezone(NEW_YORK).date())),
        "positionId": instrument_id(f"position {row.symbol}"),
        "orderId": int(row.order_id),
        "netAmount": dollars(cost - row.fee_cents),
        "transferItems": [*legs, security],
    }


def _entry(market: Market, row: EntryRow) -> Shape:
    listed = None if row.symbol is None else market.assets[row.symbol]
    named = row.description or ("" if listed is None else instruments.description(listed))
    on = stamp(midnight(row.on))
    return {
        **({"description": named} if named else {}),
        "tradeDate": on,
        "settlementDate": on,
        "netAmount": dollars(row.cents),
        "transferItems": _items(market, listed, row),
    }


def _items(market: Market, listed: Asset | None, row: EntryRow) -> list[Shape]:
    moves_shares = row.qty is not None and row.per_share is None
    if listed is None or row.qty is None or not moves_shares:
        return [_currency(dollars(row.cents))]
    security: Shape = {
        "instrument": instruments.moved(listed, market.price(listed.symbol)),
        "amount": double(row.qty),
        "cost": dollars(row.cents),
    }
    if row.activity_type == "DRIP":
        paid = -Decimal(row.cents) / 100 / row.qty
        security |= {"price": double(paid.quantize(PRICE_PLACES, ROUND_HALF_EVEN)), "positionEffect": "OPENING"}
    return [security]
