"""The vendor's market data: whether the regular session is open, the latest quotes, and what kind a symbol is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from adapters.brokers.schwab.wire import Row
from bot.domain.errors import Reconcile
from bot.domain.readings import Quote

STALE = timedelta(days=5)  # longer than any time that the exchange stays shut; a minute's age is for the asker to judge


def parse_hours(raw: object, on: date) -> tuple[tuple[datetime, datetime], ...]:
    """The regular sessions of the exchange on a New York day, as instants in UTC; none when it stays shut.

    Raises:
        Reconcile: when the answer is not about shares, or about another day.
    """
    products = Row.of(raw, "table of market hours").inner("equity", "table of market hours").fields
    found = [Row.of(product, "market day") for product in products.values()]
    named = [row for row in found if row.text("product", default="EQ") in {"EQ", "equity"}]
    if len(named) != 1:
        raise Reconcile("Schwab does not say when shares are traded.")
    (row,) = named
    if row.has("date") and row.on("date") != on:
        raise Reconcile("Schwab sent the market hours of another day.")
    if not row.flag("isOpen"):
        return ()
    hours = row.inner("sessionHours", "market day").rows("regularMarket", "session")
    if not hours:
        raise Reconcile("Schwab does not say when shares are traded.")
    return tuple((one.at("start"), one.at("end")) for one in hours)


def parse_quotes(raw: object, symbols: Sequence[str], server_at: datetime) -> tuple[Quote, ...]:
    """The usable quotes in the order asked: in real time, both sides above zero, not crossed, not of last week.

    Symbols that the vendor does not know come back under `errors`, if at all.
    """
    answer = Row.of(raw, "list of quotes").fields
    found = [_quote(symbol, answer.get(symbol), server_at) for symbol in dict.fromkeys(symbols)]
    return tuple(quote for quote in found if quote is not None)


def _quote(symbol: str, raw: object, server_at: datetime) -> Quote | None:
    try:
        row = Row.of(raw, "quote")
        said = row.inner("quote", "quote")
        quote = Quote(
            symbol=symbol,
            bid=said.number("bidPrice"),
            ask=said.number("askPrice"),
            at=said.at_milliseconds("quoteTime"),
        )
        usable = row.flag("realtime", default=True) and row.text("symbol", default=symbol) == symbol
    except Reconcile:
        return None
    return quote if usable and Decimal(0) < quote.bid <= quote.ask and quote.at > server_at - STALE else None


def parse_kinds(raw: object) -> dict[str, str]:
    """What each symbol is in the vendor's words (EQUITY, ETF, MUTUAL_FUND...), from a search for instruments.

    One instrument alone, and a list of them under `instruments`, are taken too.
    """
    row = Row.of(raw, "list of instruments")
    listed = row.rows("instruments", "instrument") if not row.has("symbol") else [row]
    return {one.symbol(): one.text("assetType") for one in listed if one.has("symbol")}
