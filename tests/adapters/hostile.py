"""A broker on the loopback that answers whatever a test tells it to, and counts what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.brokers.alpaca.broker import AlpacaBroker
from bot.domain.plan import Environment

ACCOUNT = {
    "id": "c7a5e0c2-0000-4000-8000-000000000001",
    "account_number": "PA00TEST0001",
    "status": "ACTIVE",
    "currency": "USD",
    "cash": "1000",
    "non_marginable_buying_power": "1000",
    "buying_power": "4000",
}
CLOCK = {"timestamp": "2026-03-02T10:00:00.123456789-05:00", "is_open": True}
CALENDAR = [
    {"date": "2026-02-27", "settlement_date": "2026-03-02"},
    {"date": "2026-03-02", "settlement_date": "2026-03-03"},
    {"date": "2026-03-03", "settlement_date": "2026-03-04"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: bytes or JSON; `drop` hangs up instead, `hang` never answers."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes


class Hostile(ThreadingHTTPServer):
    """Replies by "METHOD /path"; the last one of a list is repeated. Reads of a healthy account are preset."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.replies: dict[str, list[Reply]] = {
            "GET /v2/account": [Reply(body=ACCOUNT)],
            "GET /v2/positions": [Reply(body=[])],
            "GET /v2/orders": [Reply(body=[])],
            "GET /v2/clock": [Reply(body=CLOCK)],
            "GET /v2/calendar": [Reply(body=CALENDAR)],
            "GET /v2/account/activities": [Reply(body=[])],
        }

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def say(self, route: str, *replies: Reply) -> None:
        """Answer this route so."""
        self.replies[route] = list(replies)

    def count(self, method: str) -> int:
        """How many requests of this method have arrived."""
        return sum(asked.method == method for asked in self.asked)

    def next_reply(self, asked: Asked) -> Reply:
        """The answer to a request."""
        self.asked.append(asked)
        waiting = self.replies.get(f"{asked.method} {asked.path}", [Reply(status=404, body=b"no such page")])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """A customer who has hung up is no news."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hostile

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.next_reply(
            Asked(method=self.command, path=parts.path, query=dict(parse_qsl(parts.query)), body=body)
        )
        if reply.hang:
            self.server.closing.wait(5)
        if reply.hang or reply.drop:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the base class chose the names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class chose the name
        """Say nothing."""


@contextmanager
def hostile_broker() -> Iterator[tuple[Hostile, AlpacaBroker]]:
    """A hostile server and the real adapter that talks to it, with patience for a busy machine."""
    with Hostile() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server, adapter_for(server.url)
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def adapter_for(url: str, patience: timedelta = timedelta(seconds=10)) -> AlpacaBroker:
    """The real adapter for the account `ira`."""
    return AlpacaBroker(
        account="ira",
        key_id="KEY-OF-TEST",
        secret_key="SECRET-OF-TEST",
        trading_url=url,
        data_url=url,
        environment=Environment.PAPER,
        patience=patience,
    )


def impatient(url: str) -> AlpacaBroker:
    """The same adapter, which knows its account already and hardly waits for an answer."""
    broker = adapter_for(url, timedelta(milliseconds=30))
    broker._identity = str(ACCOUNT["id"])
    return broker
