"""The doorway: judges every request before a room is entered, and dresses every answer, refusals as well."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.page.pace import Turnstile
from bot.page.paper import POLICY, refused

LONGEST_FORM = 4096  # bytes
MOST_FIELDS = 60  # a plan has at most forty lines to tick off
PATIENCE = 10  # seconds for a form to arrive
AT_ONCE = 4  # forms that are worked on together: a passphrase costs 32 MiB (RFC 7914) while it is tried
FORM = "application/x-www-form-urlencoded"
DRESS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()",
}

_log = structlog.get_logger()


class Doorway:
    """Wraps the rooms. `origins` are all addresses under which we are known, as `scheme://host[:port]`.

    Another name in `Host` is refused, since a hostile site can give its own name our address (DNS rebinding). A form
    is taken from our own pages alone. As these send no referrer, browsers call their origin `null` (Fetch, "append a
    request Origin header"), and it is their `Sec-Fetch-Site` that tells our pages from others.
    """

    def __init__(self, rooms: ASGIApp, *, origins: Sequence[str], turnstile: Turnstile, behind_proxy: bool) -> None:
        self._rooms = rooms
        self._origins = {origin.partition("://")[2]: origin for origin in origins}
        self._turnstile = turnstile
        self._behind_proxy = behind_proxy
        self._desk = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        address = self._address(scope)
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(DRESS)
                if message["status"] == 404:
                    self._turnstile.missed(address)
            await send(message)

        try:
            await self._receive(scope, receive, dressed, address)
        except Exception as problem:  # noqa: BLE001 - whatever it was, nobody outside learns of it
            _log.error("page.failed", kind=type(problem).__name__)
            if not begun:
                await refused(500)(scope, receive, dressed)

    async def _receive(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        headers = Headers(scope=scope)
        origin = self._origins.get(headers.get("host", "").lower())
        answering = scope["method"] == "POST"
        if origin is None or len(headers.getlist("host")) != 1:
            await refused(421)(scope, receive, send)
        elif not self._turnstile.lets_in(address, answering=answering):
            await refused(429)(scope, receive, send)
        elif scope["method"] in {"GET", "HEAD"}:
            scope["rebaloop.secure"] = origin.startswith("https:")
            await self._rooms(scope, receive, send)
        elif not answering:
            await refused(405)(scope, receive, send)
        elif not is_ours(headers, origin):
            await refused(403)(scope, receive, send)
        else:
            scope["rebaloop.secure"] = origin.startswith("https:")
            await self._take_form(scope, headers, receive, send)

    async def _take_form(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            await refused(415)(scope, receive, send)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(receive)
        except TimeoutError:
            await refused(408)(scope, receive, send)
            return
        fields = None if body is None else fields_of(body)
        if fields is None:
            await refused(413 if body is None else 400)(scope, receive, send)
            return
        scope["rebaloop.form"] = fields
        async with self._desk:
            await self._rooms(scope, _nothing_more, send)

    def _address(self, scope: Scope) -> str:
        """Who asks: the connection's other end, or whom the proxy saw there, which it adds at the end of the list."""
        told = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
        return told if self._behind_proxy and told else (scope.get("client") or ("",))[0]


def is_ours(headers: Headers, origin: str) -> bool:
    """Whether a form comes from a page of this origin, by all that the browser says of it."""
    said, site = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if site and site != ["same-origin"]:
        return False
    return said == [origin] or (said == ["null"] and site == ["same-origin"])


def fields_of(body: bytes) -> dict[str, str] | None:
    """The fields of a form; None for anything that no form of ours sends."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else None


async def _body(receive: Receive) -> bytes | None:
    """All of a request's body; None where it is too long."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body += bytes(message.get("body", b""))
        if len(body) > LONGEST_FORM:
            return None
        if not message.get("more_body", False):
            return body


async def _nothing_more() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}
