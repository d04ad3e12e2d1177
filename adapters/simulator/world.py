"""The world of one simulation: the only place where time passes and orders enter the books."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from adapters.simulator.books.account import AccountBook, SimulatedAccount
from adapters.simulator.books.matching import expire_day_orders, look_at_order, look_at_orders, turn_down
from adapters.simulator.books.morning import book_planned, fix_entitlements, pay_dividends, settle, split
from adapters.simulator.books.orders import FILL_WHEN_SEEN, FillScript, Look, LotMethod, Side, SimulatedOrder
from adapters.simulator.market.calendar import DAY
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Market

MORNING = time(6, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a customer asked for, already checked by the dialect.

    `order_id` is the dialect's own; with `refused` the order is received and turned down for that reason.
    """

    symbol: str
    side: Side
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    time_in_force: str
    extended_hours: bool = False
    client_order_id: str | None = None
    replaces: str | None = None
    order_id: str | None = None
    lot_method: LotMethod | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Every `old` shares become `new` on the morning of a date; the price path has to follow by its own script."""

    symbol: str
    new: Decimal
    old: Decimal
    on: date


class World:
    """A market and the books of its customers."""

    def __init__(self, market: Market, accounts: Iterable[SimulatedAccount]) -> None:
        """Open the books; `ValueError` when two accounts share a key."""
        self.market = market
        self.books: dict[str, AccountBook] = {}
        self.splits: list[Split] = []
        self._scripts_by_symbol: dict[str, FillScript] = {}
        self._scripts_by_client_id: dict[str, FillScript] = {}
        for account in accounts:
            if account.key_id in self.books:
                raise ValueError("one key opens one account")
            self.books[account.key_id] = AccountBook(account, market)

    def script_fills(
        self, script: FillScript, *, symbol: str | None = None, client_order_id: str | None = None
    ) -> None:
        """Decide how the orders of a symbol, or one order, will fill; for orders still to come."""
        if client_order_id is not None:
            self._scripts_by_client_id[client_order_id] = script
        if symbol is not None:
            self._scripts_by_symbol[symbol] = script

    def _script_for(self, ticket: Ticket) -> FillScript:
        by_symbol = self._scripts_by_symbol.get(ticket.symbol, FILL_WHEN_SEEN)
        return self._scripts_by_client_id.get(ticket.client_order_id or "", by_symbol)

    def submit(self, book: AccountBook, ticket: Ticket) -> SimulatedOrder:
        """Enter an order into a book and let the market look at it for the first time."""
        at = self.market.clock.stamp()
        order_id = ticket.order_id or book.new_id()
        order = SimulatedOrder(
            order_id=order_id,
            client_order_id=ticket.client_order_id or book.new_id(),
            symbol=ticket.symbol,
            side=ticket.side,
            qty=ticket.qty,
            notional=ticket.notional,
            limit_price=ticket.limit_price,
            time_in_force=ticket.time_in_force,
            extended_hours=ticket.extended_hours,
            submitted_at=at,
            updated_at=at,
            expires_on=self.market.calendar.session_for_order(self.market.clock.now_at).on,
            script=self._script_for(ticket),
            replaces=ticket.replaces,
            lot_method=ticket.lot_method,
        )
        book.orders[order_id] = order
        if ticket.refused is not None:
            turn_down(book, order, ticket.refused)
        else:
            look_at_order(book, order, Look.SUBMISSION, in_session=self.market.is_open)
        return order

    def customer_looks(self, book: AccountBook) -> None:
        """A customer reads its account: what was due to happen has happened by now."""
        look_at_orders(book, Look.REQUEST, in_session=self.market.is_open)

    def advance_to(self, at: datetime) -> None:
        """Move the clock, and do on the way whatever falls due, in order."""
        began_at = self.market.clock.now_at
        day = self.market.clock.today_on
        while day <= at.astimezone(NEW_YORK).date():
            for moment, happen in self._moments_of(day):
                if began_at < moment <= at:
                    self.market.clock.move_to(moment)
                    happen(day)
            day += DAY
        self.market.clock.move_to(at)
        session = self.market.calendar.open_session(at)
        if session is not None and session.opens_at < at:
            self._trade(session.on)

    def advance(self, span: timedelta) -> None:
        """Move the clock by a span."""
        self.advance_to(self.market.clock.now_at + span)

    def advance_to_next_open(self) -> None:
        """Move the clock to the next opening of the exchange."""
        self.advance_to(self.market.calendar.next_open(self.market.clock.now_at))

    def _moments_of(self, day: date) -> list[tuple[datetime, Callable[[date], None]]]:
        moments: list[tuple[datetime, Callable[[date], None]]] = [
            (datetime.combine(day, MORNING, NEW_YORK), self._morning)
        ]
        session = self.market.calendar.session(day)
        if session is not None:
            moments += [(session.opens_at, self._trade), (session.closes_at, self._close)]
        return moments

    def _morning(self, day: date) -> None:
        for book in self.books.values():
            settle(book, day)
            fix_entitlements(book, day)
            for due in self.splits:
                if due.on == day:
                    split(book, due.symbol, due.new, due.old)
            pay_dividends(book, day)
            book_planned(book, day)

    def _trade(self, _day: date) -> None:
        for book in self.books.values():
            look_at_orders(book, Look.ADVANCE, in_session=True)

    def _close(self, day: date) -> None:
        self._trade(day)
        for book in self.books.values():
            expire_day_orders(book, day)
            book.mark_close()
