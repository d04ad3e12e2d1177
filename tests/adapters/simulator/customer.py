"""A customer with nothing but HTTP: sends a request, has every answer judged by the vendor's contract."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tests.adapters.simulator import contract

Json = Any  # whatever the wire brought


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Customer:
    """Speaks to one base address with one key pair."""

    def __init__(self, url: str, key: str = "PKONE", secret: str | None = None) -> None:
        self.url = url
        self.headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": "first secret" if secret is None else secret}

    def send(self, method: str, path: str, content: bytes | None = None) -> Reply:
        request = urllib.request.Request(  # noqa: S310 - a loopback address, always
            self.url + path, data=content, method=method, headers=self.headers
        )
        try:
            answer = urllib.request.urlopen(request)  # noqa: S310 - a loopback address, always
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read()
            body = json.loads(text, parse_float=Decimal) if text else None
            return Reply(status=answer.status, body=body, headers=dict(answer.headers))

    def call(self, method: str, path: str, asked: dict[str, Any] | None = None, **query: Json) -> Reply:
        content = None if asked is None else json.dumps(asked).encode()
        target = path + ("?" + urlencode(query) if query else "")
        reply = self.send(method, target, content)
        contract.check(method, path, reply.status, reply.body)
        return reply

    def get(self, path: str, **query: Json) -> Json:
        reply = self.call("GET", path, **query)
        assert reply.status == 200, reply.body
        return reply.body

    def order(self, wanted_side: str, wanted_symbol: str, /, **asked: Json) -> Reply:
        """Place a day limit order unless told otherwise."""
        whole = {"symbol": wanted_symbol, "side": wanted_side, "type": "limit", "time_in_force": "day", **asked}
        return self.call("POST", "/v2/orders", whole)

    def place(self, side: str, symbol: str, **asked: Json) -> Json:
        """Place an order that is sure to be taken; its JSON."""
        reply = self.order(side, symbol, **asked)
        assert reply.status == 200, reply.body
        return reply.body

    def look(self, order: dict[str, Any]) -> Json:
        """The same order, read again."""
        return self.get(f"/v2/orders/{order['id']}")
