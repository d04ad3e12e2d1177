"""Quotes and instruments, where an unknown symbol is an entry among the answers and not a failure."""

from decimal import Decimal

from adapters.simulator.market.exchange import Asset, AssetKind, Dividend, Market
from adapters.simulator.schwab import instruments
from adapters.simulator.schwab.desk import Call
from adapters.simulator.schwab.numbers import cusip, double, instrument_id, midnight, millis, percent
from adapters.simulator.schwab.refusals import bad_parameter, not_found
from adapters.simulator.wire import Answer, Json

Shape = dict[str, Json]
SUBTYPES = {AssetKind.ETF: "ETF", AssetKind.STOCK: "COE", AssetKind.MUTUAL_FUND: "MMF"}
EXCHANGES = {"NASDAQ": ("Q", "NASDAQ"), "NYSE": ("N", "NYSE"), "ARCA": ("P", "NYSE Arca")}
PROJECTIONS = ("symbol-search", "symbol-regex", "desc-search", "desc-regex", "search", "fundamental")


def quotes(call: Call) -> Answer:
    """`GET /quotes`: those known by symbol, the others under `errors`."""
    asked = [symbol for symbol in call.request.query.get("symbols", "").split(",") if symbol]
    if not asked:
        raise bad_parameter("symbols is required")
    market = call.world.market
    body: Shape = {s: _quote(market, market.assets[s]) for s in asked if s in market.assets}
    unknown = [symbol for symbol in asked if symbol not in market.assets]
    if unknown:
        body["errors"] = {"invalidSymbols": unknown}
    return Answer(body=body)


def quote(call: Call) -> Answer:
    """`GET /{symbol}/quotes`."""
    market, symbol = call.world.market, call.parts[0]
    if symbol not in market.assets:
        raise not_found("Symbol not found")
    return Answer(body={symbol: _quote(market, market.assets[symbol])})


def _quote(market: Market, listed: Asset) -> Shape:
    fund = listed.kind is AssetKind.MUTUAL_FUND
    return {
        "assetMainType": "MUTUAL_FUND" if fund else "EQUITY",
        "assetSubType": SUBTYPES[listed.kind],
        "quoteType": "NBBO",
        "realtime": True,
        "ssid": instrument_id(f"ssid {listed.symbol}"),
        "symbol": listed.symbol,
        "fundamental": _dividends(market, listed.symbol),
        "quote": _prices(market, listed.symbol),
        "reference": _reference(listed),
        "regular": _regular(market, listed.symbol),
    }


def _prices(market: Market, symbol: str) -> Shape:
    seen, price, before = market.quote(symbol), market.price(symbol), market.last_close(symbol)
    at = millis(seen.at)
    return {
        "askMICId": "ARCX",
        "askPrice": double(seen.ask),
        "askSize": 100,
        "askTime": at,
        "bidMICId": "ARCX",
        "bidPrice": double(seen.bid),
        "bidSize": 100,
        "bidTime": at,
        "closePrice": double(before),
        "highPrice": double(price),
        "lastMICId": "ARCX",
        "lastPrice": double(price),
        "lastSize": 100,
        "lowPrice": double(price),
        "mark": double(price),
        "markChange": double(price - before),
        "markPercentChange": percent(price - before, before),
        "netChange": double(price - before),
        "netPercentChange": percent(price - before, before),
        "openPrice": double(price),
        "quoteTime": at,
        "securityStatus": "Normal",
        "totalVolume": 1_000_000,
        "tradeTime": at,
    }


def _reference(listed: Asset) -> Shape:
    code, name = EXCHANGES.get(listed.exchange, ("9", listed.exchange))
    return {
        "cusip": cusip(listed.symbol),
        "description": instruments.description(listed),
        "exchange": code,
        "exchangeName": name,
        "isHardToBorrow": False,
        "isShortable": False,
        "htbRate": double(0),
    }


def _regular(market: Market, symbol: str) -> Shape:
    price, before = market.price(symbol), market.last_close(symbol)
    return {
        "regularMarketLastPrice": double(price),
        "regularMarketLastSize": 100,
        "regularMarketNetChange": double(price - before),
        "regularMarketPercentChange": percent(price - before, before),
        "regularMarketTradeTime": millis(market.quote(symbol).at),
    }


def _around(market: Market, symbol: str) -> tuple[Dividend | None, Dividend | None]:
    """The dividend that went ex last, and the first that is declared and still ahead."""
    today = market.clock.today_on
    mine = sorted((d for d in market.dividends if d.symbol == symbol), key=lambda d: d.ex_on)
    past = [d for d in mine if d.ex_on <= today]
    ahead = [d for d in mine if d.ex_on > today and (d.declared_on is None or d.declared_on <= today)]
    return (past[-1] if past else None), (ahead[0] if ahead else None)


def _dividends(market: Market, symbol: str) -> Shape:
    past, ahead = _around(market, symbol)
    shape: Shape = {"fundLeverageFactor": double(0)}
    if past is not None:
        shape |= {
            "divExDate": f"{midnight(past.ex_on):%Y-%m-%dT%H:%M:%SZ}",
            "divPayAmount": double(past.per_share),
            "divPayDate": f"{midnight(past.pay_on):%Y-%m-%dT%H:%M:%SZ}",
        }
    if ahead is not None:
        shape |= {
            "nextDivExDate": f"{midnight(ahead.ex_on):%Y-%m-%dT%H:%M:%SZ}",
            "nextDivPayDate": f"{midnight(ahead.pay_on):%Y-%m-%dT%H:%M:%SZ}",
        }
    return shape


def instruments_found(call: Call) -> Answer:
    """`GET /instruments`: by symbol; only the projections that do not search are faithful."""
    query, market = call.request.query, call.world.market
    projection = query.get("projection", "")
    if projection not in PROJECTIONS or not query.get("symbol"):
        raise bad_parameter("symbol and a valid projection are required")
    found = [market.assets[s] for s in query["symbol"].split(",") if s in market.assets]
    rows = [_instrument(listed) for listed in found]
    if projection == "fundamental":
        rows = [{**row, "fundamental": _fundamental(market, str(row["symbol"]))} for row in rows]
    return Answer(body={"instruments": rows})


def _instrument(listed: Asset) -> Shape:
    kinds = {AssetKind.ETF: "ETF", AssetKind.STOCK: "EQUITY", AssetKind.MUTUAL_FUND: "MUTUAL_FUND"}
    return {
        "cusip": cusip(listed.symbol),
        "symbol": listed.symbol,
        "description": instruments.description(listed),
        "exchange": EXCHANGES.get(listed.exchange, ("", listed.exchange))[1],
        "assetType": kinds[listed.kind],
    }


def _fundamental(market: Market, symbol: str) -> Shape:
    past, ahead = _around(market, symbol)
    shape: Shape = {"symbol": symbol, "dividendAmount": double(0), "dividendYield": double(0)}
    if past is not None:
        paid = [d.per_share for d in market.dividends if d.symbol == symbol and d.ex_on <= past.ex_on]
        shape |= {
            "dividendAmount": double(sum(paid[-4:], Decimal(0))),
            "dividendDate": f"{past.ex_on} 00:00:00.0",
            "dividendPayAmount": double(past.per_share),
            "dividendPayDate": f"{past.pay_on} 00:00:00.0",
        }
    if ahead is not None:
        shape |= {
            "nextDividendDate": f"{ahead.ex_on} 00:00:00.0",
            "nextDividendPayDate": f"{ahead.pay_on} 00:00:00.0",
        }
    return shape
