"""The simulated broker as a context manager: a loopback HTTP server and the levers that move its world."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from adapters.simulator.alpaca.dialect import AlpacaDialect
from adapters.simulator.books.account import AccountBook, CashEntry, SimulatedAccount
from adapters.simulator.books.lots import cents
from adapters.simulator.books.orders import FillScript
from adapters.simulator.faults.fault import Lag
from adapters.simulator.faults.past import standing_in
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.loopback import LoopbackServer
from adapters.simulator.market.exchange import Market
from adapters.simulator.market.prices import exact
from adapters.simulator.schwab.dialect import SchwabDialect, speaks
from adapters.simulator.schwab.levers import SchwabLevers
from adapters.simulator.schwab.logins import SchwabLogin
from adapters.simulator.wire import Answer, Request, RequestLine
from adapters.simulator.world import Split, World


class SimulatedBroker(SchwabLevers):
    """A broker with accounts, on 127.0.0.1 while the context is open.

    Attributes:
        market: the shared market; `market.clock.now_at` is the simulator's time.
        books: each account's book, by key id (Alpaca) or account number (Schwab).
        requests: one line per request, for counting.
        faults: what goes wrong on the way to the broker; nothing, unless a plan says so.
        failures: exceptions inside the simulator, which the wire saw as a plain 500; empty in a sound run.
    """

    def __init__(
        self,
        *,
        market: Market,
        accounts: Iterable[SimulatedAccount] = (),
        schwab_logins: Iterable[SchwabLogin] = (),
        port: int = 0,
        requests_per_minute: int | None = None,
        faults: FaultPlan | None = None,
    ) -> None:
        """Set up; port 0 lets the system choose, a request limit answers 429 above it (Alpaca)."""
        logins = tuple(schwab_logins)
        self._world = World(market, (*accounts, *(a.opening for login in logins for a in login.accounts)))
        self._dialect = AlpacaDialect(self._world, requests_per_minute)
        self._schwab = SchwabDialect(self._world, logins, lambda: self.url)
        self._lock = threading.RLock()
        self._port = port
        self._server: LoopbackServer | None = None
        self.market = market
        self.books: dict[str, AccountBook] = self._world.books
        self.requests: list[RequestLine] = []
        self.failures: list[Exception] = []
        self.faults = faults or FaultPlan()
        self.faults.begin(self)

    @property
    def url(self) -> str:
        """The base address without a trailing slash and without `/v2`; `RuntimeError` while it is shut."""
        if self._server is None:
            raise RuntimeError("the simulated broker is not running")
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self.faults.begin(self)
        self._server = LoopbackServer(self._port, self.dispatch)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self.faults.end()
        self._server.stop()
        self._server = None

    def dispatch(self, request: Request) -> Answer:
        """Answer one request: the single way in, past the faults."""
        line = RequestLine(method=request.method, path=self._schwab.logged_path(request.path))
        self.requests.append(line)
        try:
            answer = self.faults.answer(request, line)
        except Exception as error:  # noqa: BLE001 - the wire never sees a traceback, the owner does
            self.failures.append(error)
            answer = Answer(status=500, body={"code": 50010000, "message": "internal server error occurred"})
        line.status = answer.status if answer.hang_up is None else 0
        date_header = {"Date": format_datetime(self.now_at, usegmt=True)}
        return replace(answer, headers={**date_header, **answer.headers})

    def ask(self, request: Request, line: RequestLine | None = None, *, lag: Lag | None = None) -> Answer:
        """The broker's own answer, one at a time; with a lag from its books as they were."""
        with self._lock:
            before = self.faults.past.before(request, self.books)
            with standing_in(self.books, self.faults.past.seen_with(lag, self.now_at)):
                answer = (self._schwab if speaks(request.path) else self._dialect).answer(request)
            if before is not None and answer.status < 300:
                self.faults.past.keep(self.now_at, before, write=True)
        if line is not None:
            line.account, line.broker_status = answer.account, answer.status
        return answer

    def account_of(self, request: Request) -> str | None:
        """The name of the account that a request is about, as far as it can be told without asking."""
        with self._lock:
            if speaks(request.path):
                return self._schwab.account_of(request)
            book = self.books.get(request.headers.get("apca-api-key-id", ""))
            return None if book is None else book.opening.name

    @property
    def now_at(self) -> datetime:
        """The simulator's time, UTC."""
        return self.market.clock.now_at.astimezone(UTC)

    def advance_to(self, at: datetime) -> None:
        """Move time to an instant, and do what falls due on the way."""
        with self._lock:
            for due_at in self.faults.due_until(at):
                self._move_to(max(due_at, self.now_at))
                self.faults.release(until=due_at)
            self._move_to(at)

    def _move_to(self, at: datetime) -> None:
        for stop in self.faults.past.stops(self.now_at, at):
            self.faults.past.before_time_moves(stop, self.books)
            self._world.advance_to(stop)

    def advance(self, span: timedelta) -> None:
        """Move time by a span."""
        with self._lock:
            self.advance_to(self.now_at + span)

    def advance_to_next_open(self) -> None:
        """Move time to the next opening of the exchange."""
        with self._lock:
            self.advance_to(self.market.calendar.next_open(self.now_at))

    def script_fills(
        self, script: FillScript, *, symbol: str | None = None, client_order_id: str | None = None
    ) -> None:
        """Decide how later orders fill: those of a symbol, or the one with a client id, which wins."""
        with self._lock:
            self._world.script_fills(script, symbol=symbol, client_order_id=client_order_id)

    def deposit(
        self, key_id: str, amount: Decimal | str | int, *, on: date | None = None, description: str = ""
    ) -> None:
        """Money from a bank, in dollars: now, or on the morning of a date (CSD)."""
        self.enter(key_id, "CSD", amount, on=on, description=description)

    def withdraw(
        self, key_id: str, amount: Decimal | str | int, *, on: date | None = None, description: str = ""
    ) -> None:
        """Money to a bank, in dollars (CSW); `ValueError` when the day comes and settled cash is short."""
        self.enter(key_id, "CSW", -exact(amount), on=on, description=description)

    def enter(
        self,
        key_id: str,
        activity_type: str,
        amount: Decimal | str | int,
        *,
        on: date | None = None,
        description: str = "",
        symbol: str | None = None,
        status: str = "executed",
    ) -> None:
        """Any entry that is no trade (JNLC, FEE, INT ...): signed dollars, now or on the morning of a date."""
        with self._lock:
            today = self.market.clock.today_on
            entry = CashEntry(
                activity_type=activity_type,
                cents=cents(amount),
                on=on or today,
                description=description,
                symbol=symbol,
                status=status,
            )
            if entry.on <= today:
                self.books[key_id].enter(entry)
            else:
                self.books[key_id].planned.append(entry)

    def split(self, symbol: str, new: Decimal | str | int, old: Decimal | str | int, *, on: date) -> None:
        """Turn every `old` shares into `new` on the morning of a later date."""
        with self._lock:
            self._world.splits.append(Split(symbol=symbol, new=exact(new), old=exact(old), on=on))
