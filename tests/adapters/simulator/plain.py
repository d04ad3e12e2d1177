"""A customer who believes nothing: one request over a new connection, and exactly what came of it."""

import http.client
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

SECRET = "SECRET-OF-TEST"
PATIENCE = timedelta(seconds=10)
SHORT = timedelta(milliseconds=30)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came back; `trouble` names the exception that ended the reading."""

    status: int = 0
    content: bytes = b""
    kind: str | None = None
    location: str | None = None
    trouble: str = ""

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the wire brought
        """The content as JSON."""
        return json.loads(self.content)


class Plain:
    """Speaks `http.client` to one address, with the keys of an Alpaca account unless told otherwise."""

    def __init__(self, url: str, key: str = "PKONE", *, headers: dict[str, str] | None = None) -> None:
        self._port = urlsplit(url).port or 0
        self._headers = headers or {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": SECRET}

    def ask(
        self, method: str, path: str, asked: dict[str, Any] | str | None = None, *, patience: timedelta = PATIENCE
    ) -> Seen:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=patience.total_seconds())
        try:
            connection.request(method, path, json.dumps(asked) if isinstance(asked, dict) else asked, self._headers)
            return _read(connection.getresponse())
        except (OSError, http.client.HTTPException) as trouble:
            return Seen(trouble=type(trouble).__name__)
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Seen:  # noqa: ANN401 - query values of any kind
        return self.ask("GET", path + ("?" + urlencode(query) if query else ""))

    def buy(self, client_order_id: str = "c1", *, patience: timedelta = PATIENCE) -> Seen:
        """One order that is sure to be taken."""
        asked = {
            "symbol": "VTI",
            "side": "buy",
            "type": "limit",
            "time_in_force": "day",
            "qty": "1",
            "limit_price": "50",
            "client_order_id": client_order_id,
        }
        return self.ask("POST", "/v2/orders", asked, patience=patience)


def _read(response: http.client.HTTPResponse) -> Seen:
    kind, location = response.getheader("Content-Type"), response.getheader("Location")
    try:
        return Seen(status=response.status, content=response.read(), kind=kind, location=location)
    except http.client.IncompleteRead as cut:
        return Seen(status=response.status, content=cut.partial, kind=kind, location=location, trouble="IncompleteRead")
