"""A Schwab on the loopback that says whatever a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.line import PATIENCE, Line
from bot.domain.plan import Environment
from tests.adapters.hostile import Reply
from tests.fakes.clock import FakeClock

HASH = "ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
NUMBER = "87654321"
TOKEN = "POST /v1/oauth/token"
NUMBERS = "GET /trader/v1/accounts/accountNumbers"
ORDERS = f"POST /trader/v1/accounts/{HASH}/orders"
LISTED = [{"accountNumber": NUMBER, "hashValue": HASH}]
TOLD_AT = "Mon, 02 Mar 2026 15:00:00 GMT"
LOGGED_IN_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
FAR = 4_102_444_800  # the year 2100, in seconds since 1970


def tokens(serial: int | str = 1) -> dict[str, object]:
    """What the token endpoint answers."""
    return {
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": "api",
        "refresh_token": "canary-refresh-token",
        "access_token": f"canary-access-token-{serial}",
        "id_token": "canary-id-token",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(eq=False)
class Script:
    """Replies by "METHOD /path"; the last one of a list is repeated."""

    replies: dict[str, list[Reply]] = field(
        default_factory=lambda: {TOKEN: [Reply(body=tokens())], NUMBERS: [Reply(body=LISTED)]}
    )
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def say(self, route: str, *replies: Reply) -> None:
        """Answer this route so."""
        self.replies[route] = list(replies)

    def count(self, route: str) -> int:
        """How many requests of this route have arrived."""
        return sum(f"{asked.method} {asked.path}" == route for asked in self.asked)

    def next_reply(self, asked: Asked) -> Reply:
        """The answer to a request."""
        with self.guard:
            self.asked.append(asked)
            waiting = self.replies.get(f"{asked.method} {asked.path}", [Reply(status=404, body=b"no such page")])
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.script = script

    def handle_error(self, request: object, client_address: object) -> None:
        """A customer who has hung up is no news."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.server.script.next_reply(
            Asked(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
            )
        )
        if reply.hang:
            self.server.script.closing.wait(5)
        if reply.hang or reply.drop:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in {"Date": TOLD_AT, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_POST = do_DELETE = do_PUT = _answer  # noqa: N815 - the base class chose the names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class chose the name
        """Say nothing."""


@contextmanager
def scripted_schwab() -> Iterator[Script]:
    """The server, running."""
    script = Script()
    with _Server(script) as server:
        script.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.closing.set()
            server.shutdown()
            thread.join()


def access_to(origin: str, folder: Path) -> Access:
    """The login `schwab`."""
    return Access(
        name="schwab",
        app_key="canary-app-key",
        app_secret="canary-app-secret",
        callback_url="https://127.0.0.1:8182",
        token_path=folder / "schwab.json",
        origin=origin,
    )


def store(path: Path, *, expires_at: object = FAR, serial: int | str = 0, **changed: object) -> None:
    """A token file as schwab-py writes it."""
    token = {**tokens(serial), "expires_at": expires_at, **changed}
    path.touch(mode=0o600)
    path.write_text(json.dumps({"creation_timestamp": int(LOGGED_IN_AT.timestamp()), "token": token}), encoding="ascii")


def line_to(
    access: Access,
    *,
    environment: Environment = Environment.PAPER,
    clock: FakeClock | None = None,
    patience: timedelta = PATIENCE,
) -> Line:
    """The real line over the real client library."""
    return Line(access, environment=environment, clock=clock or FakeClock(LOGGED_IN_AT), patience=patience)
