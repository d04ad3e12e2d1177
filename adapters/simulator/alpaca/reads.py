"""Everything a customer can only read: account, positions, activities, market clock, calendar, assets, quotes."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from adapters.simulator.alpaca import refusals, shapes
from adapters.simulator.books.account import AccountBook
from adapters.simulator.books.activities import FillRow, Row
from adapters.simulator.market.calendar import Session
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset, Dividend
from adapters.simulator.wire import Answer, Request
from adapters.simulator.world import World

ACTIVITY_TYPES = frozenset(
    re.findall(
        r"\w+",
        "FILL TRANS MISC ACATC ACATS CFEE CGD CSD CSW DIV DIVCGL DIVCGS DIVFEE DIVFT DIVNRA DIVROC DIVTW DIVTXEX "
        "FEE INT INTNRA INTTW JNL JNLC JNLS MA NC OPASN OPCA OPCSH OPEXC OPEXP OPTRD PTC PTR REORG SPIN SPLIT FOPT",
    )
)
LONGEST_ANNOUNCEMENT_RANGE = timedelta(days=90)


def account(_: World, book: AccountBook, __: Request, ___: str) -> Answer:
    """`GET /v2/account`."""
    return Answer(body=shapes.account(book))


def configurations(_: World, book: AccountBook, __: Request, ___: str) -> Answer:
    """`GET /v2/account/configurations`."""
    return Answer(body=shapes.configurations(book))


def positions(world: World, book: AccountBook, _: Request, __: str) -> Answer:
    """`GET /v2/positions`: an empty list when nothing is held."""
    return Answer(body=[shapes.position(book, world.market.assets[s]) for s in book.held_symbols()])


def position(world: World, book: AccountBook, _: Request, symbol: str) -> Answer:
    """`GET /v2/positions/{symbol_or_asset_id}`."""
    listed = world.market.asset(symbol)
    if listed is None or listed.symbol not in book.held_symbols():
        raise refusals.missing("position does not exist")
    return Answer(body=shapes.position(book, listed))


def asset(world: World, _: AccountBook, __: Request, symbol: str) -> Answer:
    """`GET /v2/assets/{symbol_or_asset_id}`."""
    return Answer(body=shapes.asset(_listed(world, symbol)))


def _listed(world: World, symbol: str) -> Asset:
    listed = world.market.asset(symbol)
    if listed is None:
        raise refusals.missing(f"asset not found for {symbol}")
    return listed


def activities(_: World, book: AccountBook, request: Request, one_type: str) -> Answer:
    """`GET /v2/account/activities` and `/{activity_type}`: at most 100 rows, newest first, by creation time."""
    wanted = _filter(request, _types(request, one_type))
    rows = [row for row in book.rows if wanted(row)]
    if refusals.choice(request.query, "direction", "desc", ("asc", "desc")) == "desc":
        rows.reverse()
    token = request.query.get("page_token")
    if token:
        ids = [row.row_id for row in rows]
        if token not in ids:
            raise refusals.unprocessable("invalid page_token")
        rows = rows[ids.index(token) + 1 :]
    size = refusals.count(request.query, "page_size", 100, 100)
    return Answer(body=[shapes.activity(row) for row in rows[:size]])


def _types(request: Request, one_type: str) -> frozenset[str]:
    asked = one_type or request.query.get("activity_types", "")
    named = frozenset(name for name in asked.split(",") if name)
    unknown = sorted(named - ACTIVITY_TYPES)
    if unknown:
        raise refusals.unprocessable(f"invalid activity type: {unknown[0]}")
    return named or ACTIVITY_TYPES


def _filter(request: Request, types: frozenset[str]) -> Callable[[Row], bool]:
    after, until = refusals.instant(request.query, "after"), refusals.instant(request.query, "until")
    on = refusals.instant(request.query, "date")
    category = refusals.choice(request.query, "category", "", ("", "trade_activity", "non_trade_activity"))

    def wanted(row: Row) -> bool:
        return (
            row.activity_type in types
            and (not category or isinstance(row, FillRow) == (category == "trade_activity"))
            and (after is None or row.created_at > after)
            and (until is None or row.created_at < until)
            and (on is None or row.created_at.date() == on.date())
        )

    return wanted


def clock(world: World, _: AccountBook, __: Request, ___: str) -> Answer:
    """`GET /v2/clock`, in New York time."""
    now, calendar = world.market.clock.now_at, world.market.calendar
    return Answer(
        body={
            "timestamp": now.astimezone(NEW_YORK).isoformat(),
            "is_open": world.market.is_open,
            "next_open": calendar.next_open(now).astimezone(NEW_YORK).isoformat(),
            "next_close": calendar.next_close(now).astimezone(NEW_YORK).isoformat(),
        }
    )


def calendar_days(world: World, _: AccountBook, request: Request, __: str) -> Answer:
    """`GET /v2/calendar`, 1970 to 2029."""
    first = max(refusals.day(request.query, "start", date(1970, 1, 1)), date(1970, 1, 1))
    last = min(refusals.day(request.query, "end", date(2029, 12, 31)), date(2029, 12, 31))
    kind = refusals.choice(request.query, "date_type", "TRADING", ("TRADING", "SETTLEMENT"))
    early = first - timedelta(days=10) if kind == "SETTLEMENT" else first
    rows = [_calendar_row(world, session) for session in world.market.calendar.sessions(early, last)]
    if kind == "SETTLEMENT":
        rows = [r for r in rows if first.isoformat() <= r["settlement_date"] <= last.isoformat()]
    return Answer(body=rows)


def _calendar_row(world: World, session: Session) -> dict[str, str]:
    early = session.closes_at.astimezone(NEW_YORK).hour < 16
    return {
        "date": session.on.isoformat(),
        "open": f"{session.opens_at.astimezone(NEW_YORK):%H:%M}",
        "close": f"{session.closes_at.astimezone(NEW_YORK):%H:%M}",
        "session_open": "0400",
        "session_close": "1700" if early else "2000",
        "settlement_date": world.market.calendar.settles_on(session.on).isoformat(),
    }


def announcements(world: World, _: AccountBook, request: Request, __: str) -> Answer:
    """`GET /v2/corporate_actions/announcements`: declared dividends, in a range of at most 90 days."""
    query = request.query
    since, until = refusals.day(query, "since"), refusals.day(query, "until")
    if until - since > LONGEST_ANNOUNCEMENT_RANGE:
        raise refusals.unprocessable("date range is limited to 90 days")
    kinds = {kind.strip().lower() for kind in query.get("ca_types", "").split(",")}
    by = refusals.choice(query, "date_type", "ex_date", ("declaration_date", "ex_date", "record_date", "payable_date"))
    rows = [
        shapes.announcement(dividend)
        for dividend in world.market.dividends
        if "dividend" in kinds
        and since <= _date_of(dividend, by) <= until
        and (dividend.declared_on is None or dividend.declared_on <= world.market.clock.today_on)
        and query.get("symbol", dividend.symbol) == dividend.symbol
    ]
    return Answer(body=rows)


def _date_of(dividend: Dividend, by: str) -> date:
    dates = {
        "declaration_date": dividend.declared_on or dividend.ex_on,
        "ex_date": dividend.ex_on,
        "record_date": dividend.record_on,
        "payable_date": dividend.pay_on,
    }
    return dates[by]


def latest_quotes(world: World, _: AccountBook, request: Request, __: str) -> Answer:
    """`GET /v2/stocks/quotes/latest`; an unknown symbol is simply absent from the answer."""
    symbols = [s for s in request.query.get("symbols", "").split(",") if s]
    if not symbols:
        raise refusals.Refusal(400, 40010000, "symbols is required")
    known = [s for s in symbols if s in world.market.assets]
    return Answer(body={"quotes": {s: shapes.quote(world.market.quote(s)) for s in known}})


def latest_quote(world: World, _: AccountBook, __: Request, symbol: str) -> Answer:
    """`GET /v2/stocks/{symbol}/quotes/latest`."""
    listed = _listed(world, symbol)
    return Answer(body={"symbol": listed.symbol, "quote": shapes.quote(world.market.quote(listed.symbol))})
