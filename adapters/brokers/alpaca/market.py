"""The vendor's market data: its clock, its trading days with their settlement, and the latest quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from adapters.brokers.alpaca.wire import Row, rows
from bot.domain.errors import Reconcile
from bot.domain.readings import MarketReading, Quote


def parse_clock(raw: object) -> MarketReading:
    """`GET /v2/clock`."""
    row = Row.of(raw, "market clock")
    return MarketReading(at=row.at("timestamp"), is_open=row.flag("is_open"))


def parse_settlement_days(raw: object) -> dict[date, date]:
    """Trading days with the day on which their trades settle, from `GET /v2/calendar`.

    A row without `settlement_date` settles on the next row's day (T+1, SEC Rule 15c6-1); the last one has then none.
    """
    days = rows(raw, "trading day")
    settles: dict[date, date] = {}
    for number, row in enumerate(days, start=1):
        if row.has("settlement_date"):
            settles[row.on("date")] = row.on("settlement_date")
        elif number < len(days):
            settles[row.on("date")] = days[number].on("date")
    return settles


def parse_quotes(raw: object, symbols: Sequence[str]) -> tuple[Quote, ...]:
    """The usable ones of `GET /v2/stocks/quotes/latest`, in the order asked: both sides above zero and not crossed."""
    answer = Row.of(Row.of(raw, "list of quotes").fields.get("quotes"), "list of quotes").fields
    found = [_quote(symbol, answer.get(symbol)) for symbol in dict.fromkeys(symbols)]
    return tuple(quote for quote in found if quote is not None)


def _quote(symbol: str, raw: object) -> Quote | None:
    try:
        row = Row.of(raw, "quote")
        quote = Quote(symbol=symbol, bid=row.number("bp"), ask=row.number("ap"), at=row.at("t"))
    except Reconcile:
        return None
    return quote if Decimal(0) < quote.bid <= quote.ask else None
