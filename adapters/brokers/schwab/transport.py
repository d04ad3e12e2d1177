"""The one wire to the broker: it carries what a login may do, and refuses everything else before it leaves."""

from __future__ import annotations

import re
import ssl
from datetime import datetime
from functools import cache
from typing import NoReturn

from adapters.brokers.schwab.hosts import REAL
from adapters.brokers.schwab.library import httpx
from adapters.brokers.schwab.replies import instant
from bot.domain.errors import NotAllowed

_HASH = r"/trader/v1/accounts/\w+"
READ = ("GET", re.compile(r"/(?:trader|marketdata)/v1/.+"))
TOKEN = ("POST", re.compile(r"/v1/oauth/token"))
PREVIEW = ("POST", re.compile(rf"{_HASH}/previewOrder"))
ORDER = ("POST", re.compile(rf"{_HASH}/orders"))
CANCEL = ("DELETE", re.compile(rf"{_HASH}/orders/[0-9]+"))


class Wire(httpx.BaseTransport):
    """Carries requests for the vendor's host to `origin`, each on a connection of its own and never twice.

    A connection that was kept alive could be closed just as an order is put on it; whether the order was read would
    then be unknown. `answered_at` is the broker's `Date` at its last answer, in UTC.
    """

    def __init__(self, origin: str, *, previews: bool, orders: bool) -> None:
        self._origin = httpx.URL(origin)
        self._allowed = [READ, TOKEN] + [PREVIEW] * previews + [ORDER, CANCEL] * orders
        self._wire = httpx.HTTPTransport(
            verify=trusted() if self._origin.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            retries=0,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.answered_at: datetime | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            NotAllowed: for another host, and for what this login may not do; nothing was sent.
        """
        url = request.url
        if f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}" != REAL:
            raise NotAllowed("A request for another host was held back.")
        if not any(request.method == method and path.fullmatch(url.path) for method, path in self._allowed):
            raise NotAllowed("This login only reads: nothing but questions goes to the broker.")
        answer = self._wire.handle_request(self._readdressed(request))
        self.answered_at = instant(answer.headers.get("Date", "")) or self.answered_at
        return answer

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def _readdressed(self, request: httpx.Request) -> httpx.Request:
        here = self._origin
        url = request.url.copy_with(scheme=here.scheme, host=here.host, port=here.port)
        headers = httpx.Headers(request.headers)
        headers["Host"] = here.netloc.decode("ascii")
        return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)


@cache
def trusted() -> ssl.SSLContext:
    """Whom a broker over https must be vouched for by; a quarter of a second to load, so once in a process."""
    return httpx.create_ssl_context(trust_env=False)


class NoWire(httpx.BaseTransport):
    """Stands where every other host would be reached."""

    def handle_request(self, request: httpx.Request) -> NoReturn:  # noqa: ARG002 - whatever it is, it does not leave
        """Raises NotAllowed."""
        raise NotAllowed("A request for another host was held back.")
