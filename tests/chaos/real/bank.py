"""The simulated broker in a process of its own, which outlives every run: its levers, and its books in the end."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from adapters.simulator.books.orders import FillScript
from adapters.simulator.faults.broken import DROPPED
from adapters.simulator.faults.fault import Asks, Fault, Turn
from adapters.simulator.faults.route import Nth, Route
from adapters.simulator.faults.weather import CATALOGUE
from adapters.simulator.sandbox import broker_from
from adapters.simulator.server import SimulatedBroker
from adapters.simulator.wire import Answer, Request
from tests.chaos.real.page import Page

CALLBACK = "https://127.0.0.1:8182/"
LOGIN, APP_KEY, APP_SECRET = "home", "app", "app-secret"
T = TypeVar("T")

# Where the process dies that has an order on the wire: before it arrives, after, or long before it does.
ON_THE_WIRE = {"wire_not_arrived": Asks.NEVER, "wire_taken": Asks.NOW, "wire_late": Asks.LATER}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One fault of the simulator's catalogue, or a death on the wire; for the n-th request of its route from now on."""

    name: str
    nth: int
    late: timedelta


@dataclass(frozen=True, kw_only=True)
class Booked:
    """An order in the broker's books; `cents` moved for what was filled."""

    account: str
    broker_id: str
    key: str
    side: str
    symbol: str
    quantity: Decimal
    limit: Decimal | None
    state: str
    filled: Decimal
    cents: int


@dataclass(frozen=True, kw_only=True)
class Books:
    """All that the broker knows; `posts` are the orders that anybody tried to place, `failures` its own."""

    orders: tuple[Booked, ...]
    shares: Mapping[tuple[str, str], Decimal]
    cents: Mapping[str, int]
    posts: int
    failures: tuple[str, ...]


class Bank:
    """The broker as seen from outside: an address, and levers that act in its own process."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        self.url: str = line.recv()

    def _do(self, act: Callable[[SimulatedBroker], T]) -> T:
        self._line.send(act)
        answer: T = self._line.recv()
        return answer

    def go_to(self, at: datetime) -> None:
        """Let it be that late, unless it is later."""
        self._do(partial(_go_to, at=at))

    def pass_by(self, span: timedelta) -> None:
        """Let some time pass."""
        self._do(partial(SimulatedBroker.advance, span=span))

    def next_session(self) -> None:
        """The next opening."""
        self._do(SimulatedBroker.advance_to_next_open)

    def lay(self, troubles: tuple[Trouble, ...]) -> None:
        """These faults and no others from now on; what is on its way late stays on its way."""
        self._do(partial(_lay, troubles=troubles))

    def fill(self, symbol: str, script: FillScript) -> None:
        """How the orders of a symbol fill."""
        self._do(partial(SimulatedBroker.script_fills, script=script, symbol=symbol))

    def tokens(self) -> dict[str, object]:
        """What a login hands out."""
        return self._do(_tokens)

    def books(self) -> Books:
        """What has really happened."""
        return self._do(_books)


@contextmanager
def a_bank(plain: Mapping[str, Any], page: Page) -> Iterator[Bank]:
    """A broker from plain data, whose time the page shows; this process has no threads, so that it may fork."""
    here, there = Pipe()
    child = os.fork()
    if not child:
        here.close()
        _serve(plain, there, page)
    there.close()
    try:
        yield Bank(here)
    finally:
        with suppress(OSError):
            here.send(None)
        here.close()
        os.waitpid(child, 0)


def _serve(plain: Mapping[str, Any], line: Connection, page: Page) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with broker_from(plain) as broker:
            page.set(broker.now_at)
            _PAGES.append(page)
            line.send(broker.url)
            while (act := line.recv()) is not None:
                answer = act(broker)
                page.set(broker.now_at)
                line.send(answer)
    finally:
        os._exit(0)


_PAGES: list[Page] = []  # one, in the broker's own process


def _go_to(broker: SimulatedBroker, *, at: datetime) -> None:
    broker.advance_to(max(at, broker.now_at))


def _lay(broker: SimulatedBroker, *, troubles: tuple[Trouble, ...]) -> None:
    broker.faults.clear()
    for trouble in troubles:
        broker.faults.add(_fault(trouble))


def _fault(trouble: Trouble) -> Fault:
    if trouble.name in ON_THE_WIRE:
        asks = ON_THE_WIRE[trouble.name]
        fault = Fault(name=trouble.name, on=Route.orders(), asks=asks, change=_end_the_customer)
    else:
        fault = CATALOGUE[trouble.name]
    late = trouble.late if fault.asks is Asks.LATER else None
    return replace(fault, times=Nth(trouble.nth), after=late)


def _end_the_customer(_: Turn) -> Answer:
    os.kill(_PAGES[0].worker, signal.SIGKILL)
    return DROPPED


def _tokens(broker: SimulatedBroker) -> dict[str, object]:
    code = parse_qs(urlsplit(broker.schwab_login(LOGIN)).query)["code"][0]
    form = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}).encode()
    shown = base64.b64encode(f"{APP_KEY}:{APP_SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {shown}", "Content-Type": "application/x-www-form-urlencoded"}
    answer = broker.ask(Request.parse("POST", "/v1/oauth/token", headers, form))
    assert isinstance(answer.body, dict), "the simulator did not log us in"
    return answer.body


def _books(broker: SimulatedBroker) -> Books:
    books = {book.opening.name: book for book in broker.books.values()}
    return Books(
        orders=tuple(
            Booked(
                account=name,
                broker_id=order.order_id,
                key=order.client_order_id,
                side=order.side.value,
                symbol=order.symbol,
                quantity=order.qty or Decimal(0),
                limit=order.limit_price,
                state=order.state.value,
                filled=order.filled_qty,
                cents=order.filled_cents,
            )
            for name, book in books.items()
            for order in book.orders.values()
        ),
        shares={
            (name, symbol): book.lots(symbol).qty for name, book in books.items() for symbol in broker.market.assets
        },
        cents={name: book.cash_cents for name, book in books.items()},
        posts=sum(line.method == "POST" and line.path.endswith("/orders") for line in broker.requests),
        failures=tuple(repr(failure) for failure in broker.failures),
    )
