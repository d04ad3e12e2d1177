"""Takes a snapshot: what every account of the household holds now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import structlog

from bot.domain.errors import Fault, FixTheFile, Reconcile
from bot.domain.facts import SnapshotTaken
from bot.domain.household import Account, Household
from bot.domain.money import Shares, Usd
from bot.domain.readings import AccountReading, Activity
from bot.domain.seeds import Seed
from bot.domain.snapshot import Holding, Side, Snapshot, Trade
from bot.engine.lots.nouns import Book, Books, Choice, Method, Sale, Sold
from bot.engine.lots_book import keep_books, swap_days, trades_of
from bot.ports import Broker, Clock, Ledger, MarketCalendar
from bot.services.remarks import remarks_on
from bot.services.terms import new_york_date

BOOKS = timedelta(days=428)  # a year and a day for the holding period, and the window of the wash-sale rule before it
HISTORY = timedelta(days=62)  # 30 days before a sale and 30 after it (IRC 1091(a)), and a day for either end
# The keepers' words for what a sale takes that names no lots; of any other word the oldest lots go.
SELECTIONS = {
    "FIFO": Method.FIFO,
    "LIFO": Method.LIFO,
    "HIGH_COST": Method.HIFO,
    "AVERAGE_COST": Method.AVERAGE,
}

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What one account's keeper told us, and the books made of it."""

    account: Account
    reading: AccountReading
    activities: tuple[Activity, ...]

    @property
    def trades(self) -> tuple[Activity, ...]:
        """The trades that stand."""
        return trades_of(self.activities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A snapshot with all that was read for it: what the keepers said, their histories, and the books made of them."""

    snapshot: Snapshot
    readings: tuple[AccountReading, ...]
    activities: Mapping[str, tuple[Activity, ...]]
    books: Books


def see(
    *,
    household: Household,
    brokers: Mapping[str, Broker],
    calendar: MarketCalendar,
    clock: Clock,
    ledger: Ledger,
    fallback_prices: Mapping[str, Decimal],
    seeds: Sequence[Seed] = (),
    since: date | None = None,
) -> Sight:
    """Read every account of the household and write down what it holds; one failing read is no snapshot at all.

    `brokers` maps an account's alias to who keeps it; `fallback_prices` are dollars a share for what nobody quotes;
    `seeds` are lots as somebody wrote them down, rolled forward with what happened later; `since` asks for histories
    at least that far back.

    Raises:
        FixTheFile: for a symbol that the household file does not define, with the lines to add.
        Reconcile: for a position or a trade that makes no sense.
        LogIn, TryLater: whatever stops one of the brokers.
    """
    now = clock.now()
    today = new_york_date(now)
    told = [
        _ask(account, brokers[account.id], min(_since(account, seeds, today), since or today))
        for account in household.accounts
    ]
    readings = tuple(one.reading for one in told)
    activities = {one.account.id: one.activities for one in told}
    _refuse_strangers(household, readings)
    books = _books(household, told, seeds, calendar, ledger)
    snapshot = Snapshot(
        as_of_on=today,
        holdings=tuple(_holding(one.reading, books.by_account.get(one.account.id, {})) for one in told),
        prices=_prices(household, brokers, readings, fallback_prices),
        history=tuple(trade for one in told for trade in _history(one, books, today - HISTORY)),
        taken_at=now,
        remarks=books.remarks + remarks_on(household, readings, activities, brokers, ledger, now),
    ).sorted()
    ledger.record(SnapshotTaken(at=now, snapshot=snapshot))
    _log.info(
        "sync.snapshot_taken",
        household=household.id,
        accounts=len(snapshot.holdings),
        symbols=len(snapshot.prices),
        remarks=len(snapshot.remarks),
        snapshot=snapshot.fingerprint[:12],
    )
    return Sight(snapshot=snapshot, readings=readings, activities=activities, books=books)


def take_snapshot(
    *,
    household: Household,
    brokers: Mapping[str, Broker],
    calendar: MarketCalendar,
    clock: Clock,
    ledger: Ledger,
    fallback_prices: Mapping[str, Decimal],
    seeds: Sequence[Seed] = (),
) -> Snapshot:
    """What every account holds now; see `see`."""
    return see(
        household=household,
        brokers=brokers,
        calendar=calendar,
        clock=clock,
        ledger=ledger,
        fallback_prices=fallback_prices,
        seeds=seeds,
    ).snapshot


def _since(account: Account, seeds: Iterable[Seed], today: date) -> date:
    """The day from which an account's history is needed: its written lots are rolled forward from their own day."""
    return min([today - BOOKS, *(seed.as_of_on for seed in seeds if seed.account == account.id)])


def _ask(account: Account, broker: Broker, since: date) -> _Told:
    reading = broker.read(account.id)
    told = _Told(account=account, reading=reading, activities=tuple(broker.activities(account.id, since)))
    for held in reading.held:
        if held.quantity.count < 0:
            raise Reconcile(f"{account.id} is short of {-held.quantity} {held.symbol}; nothing here is held short.")
    for trade in told.trades:
        if trade.price is None or trade.quantity.count <= 0 or not trade.symbol:
            raise Reconcile(f"{account.id}: a trade of {trade.on} came without symbol, count or price.")
    return told


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
    household: Household, told: Sequence[_Told], seeds: Sequence[Seed], calendar: MarketCalendar, ledger: Ledger
) -> Books:
    """The books of all accounts; what a shelter bought on a day of sales is locked until that day settles.

    An order of ours that asked for the dearest lots took those, whatever a sale of the account takes otherwise.
    """
    return keep_books(
        accounts=household.accounts,
        readings=[one.reading for one in told],
        activities=[entry for one in told for entry in one.activities],
        seeds=seeds,
        groups={instrument.symbol: instrument.identical_group for instrument in household.instruments},
        methods={
            (one.account.id, ""): SELECTIONS[one.reading.lot_selection]
            for one in told
            if one.reading.lot_selection in SELECTIONS
        },
        choices={
            order.broker_id: Choice(method=Method.HIFO)
            for order in ledger.orders()
            if order.intent.dearest_first and order.broker_id
        },
        locks={
            one.account.id: {on: _settles_on(on, calendar) for on in swap_days(one.trades)}
            for one in told
            if one.account.kind.sheltered
        },
    )


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


def _history(told: _Told, books: Books, since: date) -> list[Trade]:
    """The account's late trades, sales with what they realised; a sale's losses stand apart from its gains."""
    account = told.account
    sales = [
        sale
        for book in books.by_account.get(account.id, {}).values()
        for sale in book.sales[bisect_left(book.sales, since, key=lambda sale: sale.on) :]
        if sale.quantity
    ]
    trades = [
        _trade(account, one.on, Side.BUY, one.symbol, one.quantity) for one in told.trades if one.side is Side.BUY
    ]
    for sale in sales:
        for parts in _apart(sale):
            quantity, gain = Shares.total(part.quantity for part in parts), Usd.total(part.gain for part in parts)
            trades.append(_trade(account, sale.on, Side.SELL, sale.symbol, quantity, gain))
    return [trade for trade in trades if trade.on >= since]


def _apart(sale: Sale) -> list[list[Sold]]:
    """Lots sold at a loss and the others: a gain beside it does not save a loss from being a wash sale."""
    losses = [part for part in sale.parts if part.gain.cents < 0]
    others = [part for part in sale.parts if part.gain.cents >= 0]
    return [parts for parts in (losses, others) if parts]


def _trade(account: Account, on: date, side: Side, symbol: str, quantity: Shares, gain: Usd = Usd()) -> Trade:
    return Trade(
        on=on,
        account=account.id,
        owner=account.owner,
        side=side,
        symbol=symbol,
        quantity=quantity,
        realized_gain=gain,
    )


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
