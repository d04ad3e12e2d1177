"""Takes a snapshot: what every account of the household holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import structlog

from bot.domain.errors import Fault, FixTheFile, Reconcile
from bot.domain.facts import SnapshotTaken
from bot.domain.household import Account, Household
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity, HeldReading
from bot.domain.snapshot import Holding, Side, Snapshot, Trade
from bot.engine.lots_book import Book, Sale, rebuild, swap_days, trades_of
from bot.ports import Broker, Clock, Ledger, MarketCalendar
from bot.services.terms import new_york_date

BOOKS = timedelta(days=428)  # a year and a day for the holding period, and the window of the wash-sale rule before it
HISTORY = timedelta(days=62)  # 30 days before a sale and 30 after it (IRC 1091(a)), and a day for either end

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What one account's keeper told us, and the books made of it."""

    account: Account
    reading: AccountReading
    trades: tuple[Activity, ...]
    books: Mapping[str, Book]


def take_snapshot(
    *,
    household: Household,
    brokers: Mapping[str, Broker],
    calendar: MarketCalendar,
    clock: Clock,
    ledger: Ledger,
    fallback_prices: Mapping[str, Decimal],
) -> Snapshot:
    """Read every account of the household and write down what it holds; one failing read is no snapshot at all.

    `brokers` maps an account's alias to who keeps it; `fallback_prices` are dollars a share for what nobody quotes.

    Raises:
        FixTheFile: for a symbol that the household file does not define, with the lines to add.
        Reconcile: for a position or a trade that makes no sense.
        LogIn, TryLater: whatever stops one of the brokers.
    """
    now = clock.now()
    today = new_york_date(now)
    told = [_ask(account, brokers[account.id], today - BOOKS, calendar) for account in household.accounts]
    readings = [one.reading for one in told]
    _refuse_strangers(household, readings)
    snapshot = Snapshot(
        as_of_on=today,
        holdings=tuple(_holding(one.reading, one.books) for one in told),
        prices=_prices(household, brokers, readings, fallback_prices),
        history=tuple(trade for one in told for trade in _history(one, today - HISTORY)),
        taken_at=now,
    ).sorted()
    ledger.record(SnapshotTaken(at=now, snapshot=snapshot))
    _log.info(
        "sync.snapshot_taken",
        household=household.id,
        accounts=len(snapshot.holdings),
        symbols=len(snapshot.prices),
        snapshot=snapshot.fingerprint[:12],
    )
    return snapshot


def _ask(account: Account, broker: Broker, since: date, calendar: MarketCalendar) -> _Told:
    reading = broker.read(account.id)
    trades = trades_of(broker.activities(account.id, since))
    for held in reading.held:
        if held.quantity.count < 0:
            raise Reconcile(f"{account.id} is short of {-held.quantity} {held.symbol}; nothing here is held short.")
    for trade in trades:
        if trade.price is None or trade.quantity.count <= 0 or not trade.symbol:
            raise Reconcile(f"{account.id}: a trade of {trade.on} came without symbol, count or price.")
    return _Told(account=account, reading=reading, trades=trades, books=_books(account, reading, trades, calendar))


def _refuse_strangers(household: Household, readings: Sequence[AccountReading]) -> None:
    known = {instrument.symbol for instrument in household.instruments}
    faults = tuple(
        Fault(
            message=f"{reading.account} holds {held.quantity} {held.symbol}, which the household does not define",
            place=f"securities.{held.symbol}",
            hint=f"add below `securities:`\n  {held.symbol}:\n    class: stocks   # what it stands for in your target",
        )
        for reading in readings
        for held in reading.held
        if held.symbol not in known
    )
    if faults:
        raise FixTheFile("the household file", faults)


def _books(
    account: Account, reading: AccountReading, trades: Sequence[Activity], calendar: MarketCalendar
) -> dict[str, Book]:
    """The book of every symbol that the account holds or lately traded."""
    locks = {on: _settles_on(on, calendar) for on in swap_days(trades)} if account.kind.sheltered else {}
    held = {h.symbol: h for h in reading.held}
    return {symbol: rebuild(held.get(symbol, _nothing(symbol)), trades, locks) for symbol in _symbols(held, trades)}


def _symbols(held: Iterable[str], trades: Sequence[Activity]) -> list[str]:
    return sorted({*held, *(trade.symbol for trade in trades)})


def _nothing(symbol: str) -> HeldReading:
    return HeldReading(symbol=symbol, quantity=Shares(), available=Shares(), cost_basis=None, price=None)


def _settles_on(on: date, calendar: MarketCalendar) -> date:
    session = calendar.session(on)
    return session.settles_on if session else calendar.next_session(on).settles_on


def _holding(reading: AccountReading, books: Mapping[str, Book]) -> Holding:
    return Holding(
        account=reading.account,
        cash_settled=reading.cash_settled,
        cash_unsettled=reading.cash_unsettled,
        positions=tuple(book.position for book in books.values() if book.position.quantity),
        open_orders=reading.open_orders,
    )


def _history(told: _Told, since: date) -> list[Trade]:
    """The account's late trades, sales with what they realised."""
    account = told.account
    entries: list[tuple[Activity | Sale, Side, Usd]] = [
        (trade, Side.BUY, Usd()) for trade in told.trades if trade.side is Side.BUY
    ]
    entries += [(sale, Side.SELL, sale.realized_gain) for book in told.books.values() for sale in book.sales]
    return [
        Trade(
            on=one.on,
            account=account.id,
            owner=account.owner,
            side=side,
            symbol=one.symbol,
            quantity=one.quantity,
            realized_gain=gain,
        )
        for one, side, gain in entries
        if one.on >= since
    ]


def _prices(
    household: Household,
    brokers: Mapping[str, Broker],
    readings: Sequence[AccountReading],
    fallback_prices: Mapping[str, Decimal],
) -> tuple[tuple[str, Decimal | None], ...]:
    """Dollars a share of all that is held, on order or on a menu: a quote's middle, or what is stated."""
    par = {instrument.symbol: instrument.price_per for instrument in household.instruments}
    stated = {h.symbol: h.price / par[h.symbol] for reading in readings for h in reading.held if h.price is not None}
    ordered = {order.symbol for reading in readings for order in reading.open_orders}
    menus = {symbol for account in household.accounts for symbol in account.menu}
    symbols = {h.symbol for reading in readings for h in reading.held} | ordered | menus
    quoted: dict[str, Decimal] = {}
    for broker in {id(b): b for b in brokers.values()}.values():
        missing = sorted(symbols - quoted.keys())
        quotes = broker.quotes(missing) if missing else ()
        quoted |= {quote.symbol: quote.price for quote in quotes if quote.symbol in symbols}
    return tuple(
        (symbol, quoted.get(symbol, stated.get(symbol, fallback_prices.get(symbol)))) for symbol in sorted(symbols)
    )
