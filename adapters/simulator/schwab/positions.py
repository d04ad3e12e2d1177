"""Positions: averages over the lots that are left, never the lots themselves."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.activities import FillRow
from adapters.simulator.books.lots import Lot
from adapters.simulator.books.orders import NOTHING, Side
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset
from adapters.simulator.schwab import instruments
from adapters.simulator.schwab.desk import Drawer
from adapters.simulator.schwab.numbers import CENT, ZERO, dollars, double, money, percent
from adapters.simulator.wire import Json

Shape = dict[str, Json]
TEN_THOUSANDTH = Decimal("0.0001")


def positions(drawer: Drawer) -> list[Shape]:
    """Every position of an account, the swept cash among them."""
    book = drawer.book
    rows = [_position(book, book.market.assets[symbol]) for symbol in book.held_symbols()]
    if drawer.account.sweep_fund and book.cash_cents > 0:
        rows.append(_sweep(drawer.account.sweep_fund, book.cash_cents))
    return rows


def _position(book: AccountBook, listed: Asset) -> Shape:
    symbol, lots = listed.symbol, book.lots(listed.symbol)
    price, before = book.market.price(symbol), book.market.last_close(symbol)
    value, cost = lots.qty * price, Decimal(lots.cost_cents) / 100
    average = (cost / lots.qty).quantize(TEN_THOUSANDTH, ROUND_HALF_EVEN)
    last_qty = book.last_qty.get(symbol, NOTHING)
    spent = _spent_today(book, symbol)
    gain = value - last_qty * before - spent
    return {
        "shortQuantity": ZERO,
        "averagePrice": double(average),
        "currentDayProfitLoss": money(gain),
        "currentDayProfitLossPercentage": percent(gain, last_qty * before + max(spent, NOTHING)),
        "longQuantity": double(lots.qty),
        "settledLongQuantity": double(_settled(book, lots.all)),
        "settledShortQuantity": ZERO,
        "instrument": instruments.held(listed, price - before),
        "marketValue": money(value),
        "maintenanceRequirement": money(value if book.opening.multiplier == "1" else value * 3 / 10),
        "averageLongPrice": double(average.quantize(CENT, ROUND_DOWN)),
        "taxLotAverageLongPrice": double(average),
        "longOpenProfitLoss": money(value - cost),
        "previousSessionLongQuantity": double(last_qty),
        "currentDayCost": money(spent),
    }


def _settled(book: AccountBook, lots: tuple[Lot, ...]) -> Decimal:
    today = book.market.clock.today_on
    return sum((lot.qty for lot in lots if book.market.calendar.settles_on(lot.acquired_on) <= today), NOTHING)


def _spent_today(book: AccountBook, symbol: str) -> Decimal:
    """Dollars paid for shares today, less those received."""
    today = book.market.clock.today_on
    spent = NOTHING
    for row in book.rows:
        if row.symbol == symbol and row.created_at.astimezone(NEW_YORK).date() == today:
            if isinstance(row, FillRow):
                spent += row.qty * row.price * (1 if row.side is Side.BUY else -1)
            elif row.activity_type == "DRIP":
                spent -= Decimal(row.cents) / 100
    return spent


def _sweep(symbol: str, cents: int) -> Shape:
    value = dollars(cents)
    return {
        "shortQuantity": ZERO,
        "averagePrice": double(1),
        "currentDayProfitLoss": ZERO,
        "currentDayProfitLossPercentage": ZERO,
        "longQuantity": value,
        "settledLongQuantity": value,
        "settledShortQuantity": ZERO,
        "instrument": instruments.swept(symbol),
        "marketValue": value,
        "maintenanceRequirement": ZERO,
        "averageLongPrice": double(1),
        "taxLotAverageLongPrice": double(1),
        "longOpenProfitLoss": ZERO,
        "previousSessionLongQuantity": value,
        "currentDayCost": ZERO,
    }
