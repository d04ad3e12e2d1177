"""The vendor's JSON: account, position, order, activity, asset, quote; money and shares are text.

Source: the vendor's OpenAPI documents of June 2026 (Trading API 2.0.1, Market Data API).
"""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.activities import FillRow, Row
from adapters.simulator.books.orders import NANO, NOTHING, OrderState, SimulatedOrder
from adapters.simulator.market.exchange import Asset, Dividend, Quote
from adapters.simulator.wire import Json, plain

Shape = dict[str, Json]
CENT = Decimal("0.01")
UNUSED_AMOUNTS = ("short_market_value", "sma", "accrued_fees", "intraday_adjustments", "pending_reg_taf_fees")
UNUSED_FLAGS = (
    "account_blocked",
    "trading_blocked",
    "transfers_blocked",
    "trade_suspended_by_user",
    "shorting_enabled",
)
NEVER_SET = ("stop_price", "legs", "trail_percent", "trail_price", "hwm", "subtag", "source")
TRANSFERS = dict.fromkeys(("CSD", "CSW"), "type: ach, subtype: none")
ENDINGS = (
    ("filled_at", OrderState.FILLED),
    ("expired_at", OrderState.EXPIRED),
    ("canceled_at", OrderState.CANCELED),
    ("failed_at", OrderState.REJECTED),
    ("replaced_at", OrderState.REPLACED),
)


def utc(at: datetime | None) -> str | None:
    """An instant as the vendor writes it in orders and activities."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def dollars(cents: int) -> str:
    """Cents as text in dollars."""
    return plain(Decimal(cents) / 100)


def money(amount: Decimal) -> str:
    """Dollars as text, to the cent."""
    return plain(amount.quantize(CENT, ROUND_HALF_EVEN))


def _ratio(part: Decimal, whole: Decimal) -> str:
    return plain((part / whole).quantize(NANO, ROUND_HALF_EVEN)) if whole else "0"


def account(book: AccountBook) -> Shape:
    """`GET /v2/account`; `buying_power` knows margin and unsettled proceeds, `non_marginable_buying_power` neither."""
    opening, equity = book.opening, money(book.equity())
    shape: Shape = {
        "id": book.account_id,
        "account_number": opening.number,
        "status": "ACTIVE",
        "crypto_status": "ACTIVE",
        "currency": "USD",
        "created_at": utc(book.opened_at),
        "cash": dollars(book.cash_cents),
        "equity": equity,
        "portfolio_value": equity,
        "last_equity": money(book.last_equity),
        "balance_asof": book.last_equity_on.isoformat(),
        "pending_transfer_in": dollars(book.planned_cents("CSD")),
        "pending_transfer_out": dollars(book.planned_cents("CSW")),
        **_margin(book),
        **dict.fromkeys(UNUSED_AMOUNTS, "0"),
        **dict.fromkeys(UNUSED_FLAGS, False),
        "options_approved_level": 0,
        "options_trading_level": 0,
    }
    if opening.day_trading_fields:
        shape |= {"pattern_day_trader": False, "daytrade_count": 0}
        shape |= {"daytrading_buying_power": shape["buying_power"]}
    return shape


def _margin(book: AccountBook) -> Shape:
    value = book.market_value()
    power = money(max(book.buying_power(), NOTHING))
    settled = dollars(max(book.settled_cents - book.held_by_buys(), 0))
    return {
        "multiplier": book.opening.multiplier,
        "buying_power": power,
        "regt_buying_power": power,
        "non_marginable_buying_power": settled,
        "options_buying_power": settled,
        "long_market_value": money(value),
        "initial_margin": money(value if book.opening.multiplier == "1" else value / 2),
        "maintenance_margin": money(value * 3 / 10),
        "last_maintenance_margin": money(value * 3 / 10),
    }


def configurations(book: AccountBook) -> Shape:
    """`GET /v2/account/configurations`."""
    shape: Shape = {
        "disable_overnight_trading": False,
        "fractional_trading": True,
        "max_margin_multiplier": book.opening.multiplier,
        "max_options_trading_level": 0,
        "no_shorting": True,
        "ptp_no_exception_entry": False,
        "suspend_trade": False,
        "trade_confirm_email": "all",
    }
    if book.opening.day_trading_fields:
        shape |= {"dtbp_check": "entry", "pdt_check": "entry"}
    return shape


def position(book: AccountBook, listed: Asset) -> Shape:
    """One row of `GET /v2/positions`."""
    lots = book.lots(listed.symbol)
    price, before = book.market.price(listed.symbol), book.market.last_close(listed.symbol)
    value, cost = lots.qty * price, Decimal(lots.cost_cents) / 100
    return {
        "asset_id": listed.asset_id,
        "symbol": listed.symbol,
        "exchange": listed.exchange,
        "asset_class": "us_equity",
        "asset_marginable": listed.marginable,
        "side": "long",
        "qty": plain(lots.qty),
        "qty_available": plain(lots.qty - book.held_by_sells(listed.symbol)),
        "avg_entry_price": plain(lots.average_cost),
        "cost_basis": plain(cost),
        "market_value": plain(value),
        "current_price": plain(price),
        "lastday_price": plain(before),
        "change_today": _ratio(price - before, before),
        "unrealized_pl": plain(value - cost),
        "unrealized_plpc": _ratio(value - cost, cost),
        "unrealized_intraday_pl": plain(lots.qty * (price - before)),
        "unrealized_intraday_plpc": _ratio(price - before, before),
    }


def _maybe(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def order(book: AccountBook, placed: SimulatedOrder) -> Shape:
    """One order; the reason of a rejection stays in the book, as the vendor sends none over REST."""
    kind = "market" if placed.limit_price is None else "limit"
    session = book.market.calendar.session(placed.expires_on)
    shape: Shape = {
        "id": placed.order_id,
        "client_order_id": placed.client_order_id,
        "created_at": utc(placed.submitted_at),
        "updated_at": utc(placed.updated_at),
        "submitted_at": utc(placed.submitted_at),
        **{name: utc(placed.ended_at) if placed.state is state else None for name, state in ENDINGS},
        "replaced_by": placed.replaced_by,
        "replaces": placed.replaces,
        "asset_id": book.market.assets[placed.symbol].asset_id,
        "symbol": placed.symbol,
        "asset_class": "us_equity",
        "notional": _maybe(placed.notional),
        "qty": _maybe(placed.qty),
        "filled_qty": plain(placed.filled_qty),
        "filled_avg_price": _maybe(placed.average_price),
        "order_class": "",
        "order_type": kind,
        "type": kind,
        "side": placed.side.value,
        "position_intent": "buy_to_open" if placed.side.value == "buy" else "sell_to_close",
        "time_in_force": placed.time_in_force,
        "limit_price": _maybe(placed.limit_price),
        "status": placed.state.value,
        "extended_hours": placed.extended_hours,
        **dict.fromkeys(NEVER_SET),
    }
    if placed.time_in_force == "day" and session is not None:
        shape["expires_at"] = utc(session.closes_at)
    return shape


def activity(row: Row) -> Shape:
    """One activity: a FILL row, or a row of the other family."""
    if isinstance(row, FillRow):
        return {
            "id": row.row_id,
            "activity_type": row.activity_type,
            "transaction_time": utc(row.created_at),
            "type": "fill" if row.order_state is OrderState.FILLED else "partial_fill",
            "price": plain(row.price),
            "qty": plain(row.qty),
            "side": row.side.value,
            "symbol": row.symbol,
            "leaves_qty": plain(row.leaves_qty),
            "order_id": row.order_id,
            "cum_qty": plain(row.cum_qty),
            "order_status": row.order_state.value,
        }
    optional = {
        "activity_sub_type": row.sub_type,
        "symbol": row.symbol,
        "qty": _maybe(row.qty),
        "per_share_amount": _maybe(row.per_share),
    }
    return {
        "id": row.row_id,
        "activity_type": row.activity_type,
        "date": row.on.isoformat(),
        "created_at": utc(row.created_at),
        "currency": "USD",
        "net_amount": dollars(row.cents),
        "description": row.description or TRANSFERS.get(row.activity_type, ""),
        "status": row.status,
        **{name: value for name, value in optional.items() if value is not None},
    }


def asset(listed: Asset) -> Shape:
    """`GET /v2/assets/{symbol}`."""
    return {
        "id": listed.asset_id,
        "class": "us_equity",
        "exchange": listed.exchange,
        "symbol": listed.symbol,
        "name": listed.name or listed.symbol,
        "status": "active",
        "tradable": listed.tradable,
        "marginable": listed.marginable,
        "shortable": False,
        "easy_to_borrow": False,
        "borrow_status": "hard_to_borrow",
        "fractionable": listed.fractionable,
        "attributes": [],
    }


def quote(seen: Quote) -> Shape:
    """One latest quote; prices are JSON numbers here, unlike anywhere else."""
    return {
        "ap": seen.ask,
        "as": 100,
        "ax": "V",
        "bp": seen.bid,
        "bs": 100,
        "bx": "V",
        "c": ["R"],
        "t": utc(seen.at),
        "z": "B",
    }


def announcement(ahead: Dividend) -> Shape:
    """One dividend of `GET /v2/corporate_actions/announcements`."""
    return {
        "id": ahead.dividend_id,
        "corporate_action_id": f"{ahead.symbol}_{ahead.ex_on:%Y%m%d}",
        "ca_type": "dividend",
        "ca_sub_type": "cash",
        "initiating_symbol": ahead.symbol,
        "initiating_original_cusip": "",
        "target_symbol": ahead.symbol,
        "target_original_cusip": "",
        "declaration_date": (ahead.declared_on or ahead.ex_on).isoformat(),
        "ex_date": ahead.ex_on.isoformat(),
        "record_date": ahead.record_on.isoformat(),
        "payable_date": ahead.pay_on.isoformat(),
        "cash": plain(ahead.per_share),
        "old_rate": "1",
        "new_rate": "1",
    }
