"""The dialect's front door: who is asking, how often, and which page of the vendor's manual answers."""

import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from adapters.simulator.alpaca import orders, reads, refusals
from adapters.simulator.alpaca.replace import replace_order
from adapters.simulator.books.account import AccountBook
from adapters.simulator.wire import Answer, Request
from adapters.simulator.world import World

Page = Callable[[World, AccountBook, Request, str], Answer]
ADVERTISED_LIMIT = 200

PAGES: tuple[tuple[str, str, Page], ...] = (
    ("GET", r"/v2/account", reads.account),
    ("GET", r"/v2/account/configurations", reads.configurations),
    ("GET", r"/v2/account/activities", reads.activities),
    ("GET", r"/v2/account/activities/([^/]+)", reads.activities),
    ("GET", r"/v2/positions", reads.positions),
    ("GET", r"/v2/positions/([^/]+)", reads.position),
    ("GET", r"/v2/orders", orders.list_all),
    ("POST", r"/v2/orders", orders.place),
    ("DELETE", r"/v2/orders", orders.cancel_all),
    ("GET", r"/v2/orders:by_client_order_id", orders.read_by_client_id),
    ("GET", r"/v2/orders/([^/]+)", orders.read),
    ("DELETE", r"/v2/orders/([^/]+)", orders.cancel),
    ("PATCH", r"/v2/orders/([^/]+)", replace_order),
    ("GET", r"/v2/clock", reads.clock),
    ("GET", r"/v2/calendar", reads.calendar_days),
    ("GET", r"/v2/assets/([^/]+)", reads.asset),
    ("GET", r"/v2/corporate_actions/announcements", reads.announcements),
    ("GET", r"/v2/stocks/quotes/latest", reads.latest_quotes),
    ("GET", r"/v2/stocks/([^/]+)/quotes/latest", reads.latest_quote),
)
# A customer who reads one of these sees what has happened to its orders since they were sent.
LOOKING = re.compile(r"/v2/(account|positions|orders)")


class AlpacaDialect:
    """Alpaca's Trading API v2 and latest stock quotes over one world."""

    def __init__(self, world: World, requests_per_minute: int | None = None) -> None:
        """Speak for a world; a limit counts per account and minute of the virtual clock."""
        self._world = world
        self._limit = requests_per_minute
        self._spent: dict[tuple[str, datetime], int] = {}

    def answer(self, request: Request) -> Answer:
        """Answer one request; every refusal is an answer too."""
        try:
            book = self._whose(request)
        except refusals.Refusal as refusal:
            return replace(refusal.answer, headers=self._rate_headers(ADVERTISED_LIMIT))
        remaining = self._remaining(book)
        answer = Answer(status=429, body={"message": "too many requests."})
        if remaining >= 0:
            answer = self._page(book, request)
        return replace(answer, headers=self._rate_headers(remaining), account=book.opening.name)

    def _whose(self, request: Request) -> AccountBook:
        book = self._world.books.get(request.headers.get("apca-api-key-id", ""))
        secret = request.headers.get("apca-api-secret-key", "")
        wanted = None if book is None else book.opening.secret_key
        if book is None or wanted is None or not hmac.compare_digest(secret.encode(), wanted.encode()):
            raise refusals.unauthorised()
        return book

    def _page(self, book: AccountBook, request: Request) -> Answer:
        try:
            for method, pattern, page in PAGES:
                match = re.fullmatch(pattern, request.path)
                if match and method == request.method:
                    if method == "GET" and LOOKING.match(request.path):
                        self._world.customer_looks(book)
                    return page(self._world, book, request, "".join(match.groups()))
            raise refusals.missing("endpoint not found.")
        except refusals.Refusal as refusal:
            return refusal.answer

    def _remaining(self, book: AccountBook) -> int:
        if self._limit is None:
            return ADVERTISED_LIMIT - 1
        key = (book.opening.name, self._minute())
        self._spent[key] = self._spent.get(key, 0) + 1
        return self._limit - self._spent[key]

    def _minute(self) -> datetime:
        return self._world.market.clock.now_at.replace(second=0, microsecond=0)

    def _rate_headers(self, remaining: int) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self._limit or ADVERTISED_LIMIT),
            "X-RateLimit-Remaining": str(max(remaining, 0)),
            "X-RateLimit-Reset": str(int(self._minute().timestamp()) + 60),
        }
