"""An owner at Schwab with nothing but HTTP: logs in, sends requests, has every answer judged by the specification."""

import base64
import json
import urllib.error
import urllib.request
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator import schwab_contract
from tests.adapters.simulator.customer import Reply

Json = Any  # whatever the wire brought
CALLBACK = "https://127.0.0.1:8182/callback"


class Owner:
    """Speaks for one login; `token` is what the last call to the token endpoint brought."""

    def __init__(self, sim: SimulatedBroker, login: str, *, wrong_secret: bool = False) -> None:
        self.sim, self.login = sim, login
        secret = "wrong" if wrong_secret else "app-secret"
        pair = base64.b64encode(f"app-key:{secret}".encode()).decode()
        self.basic = {"Authorization": f"Basic {pair}"}
        self.token: dict[str, Any] = {}

    def code(self) -> str:
        """The code out of the address to which the browser is sent."""
        return parse_qs(urlsplit(self.sim.schwab_login(self.login)).query)["code"][0]

    def ask_for_token(self, **form: str) -> Reply:
        """`POST /v1/oauth/token`."""
        reply = self._send("POST", "/v1/oauth/token", urlencode(form).encode(), self.basic)
        if reply.status == 200:
            self.token = reply.body
        return reply

    def log_in(self) -> "Owner":
        reply = self.ask_for_token(grant_type="authorization_code", code=self.code(), redirect_uri=CALLBACK)
        assert reply.status == 200, reply.body
        return self

    def refresh(self) -> Reply:
        return self.ask_for_token(grant_type="refresh_token", refresh_token=self.token["refresh_token"])

    def _send(self, method: str, target: str, content: bytes | None, headers: dict[str, str]) -> Reply:
        request = urllib.request.Request(  # noqa: S310 - a loopback address, always
            self.sim.url + target, data=content, method=method, headers=headers
        )
        try:
            answer = urllib.request.urlopen(request)  # noqa: S310 - a loopback address, always
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            text = answer.read()
            body = json.loads(text, parse_float=Decimal) if text else None
            return Reply(status=answer.status, body=body, headers=dict(answer.headers))

    def call(self, method: str, path: str, asked: Json = None, **query: Json) -> Reply:
        content = None if asked is None else json.dumps(asked).encode()
        target = path + ("?" + urlencode(query) if query else "")
        headers = {"Authorization": f"Bearer {self.token.get('access_token', '')}"}
        reply = self._send(method, target, content, headers)
        schwab_contract.check(method, path, reply.status, reply.body)
        return reply

    def get(self, path: str, **query: Json) -> Json:
        reply = self.call("GET", path, **query)
        assert reply.status == 200, reply.body
        return reply.body


class Account:
    """One account of an owner, by its number."""

    def __init__(self, owner: Owner, number: str) -> None:
        self.owner, self.number = owner, number

    @property
    def path(self) -> str:
        return f"/trader/v1/accounts/{self.owner.sim.account_hash(self.number)}"

    def securities(self, **query: Json) -> Json:
        return self.owner.get(self.path, **query)["securitiesAccount"]

    def positions(self) -> dict[str, Any]:
        held = self.securities(fields="positions").get("positions", [])
        return {row["instrument"]["symbol"]: row for row in held}

    def post(self, side: str, symbol: str, quantity: Json, price: str | None = None, **more: Json) -> Reply:
        return self.owner.call("POST", f"{self.path}/orders", order(side, symbol, quantity, price, **more))

    def place(self, side: str, symbol: str, quantity: Json, price: str | None = None, **more: Json) -> int:
        """Place an order that is sure to be received; its number."""
        reply = self.post(side, symbol, quantity, price, **more)
        assert (reply.status, reply.body) == (201, None), reply.body
        return int(reply.headers["Location"].rsplit("/", 1)[1])

    def look(self, number: int) -> Json:
        return self.owner.get(f"{self.path}/orders/{number}")

    def transactions(self, *types: str, **query: Json) -> Json:
        wide = {"startDate": "2026-01-01T00:00:00.000Z", "endDate": "2026-12-31T00:00:00.000Z"}
        every = ",".join(types) or "TRADE,DIVIDEND_OR_INTEREST,ACH_RECEIPT,ACH_DISBURSEMENT,JOURNAL,RECEIVE_AND_DELIVER"
        return self.owner.get(f"{self.path}/transactions", **{**wide, "types": every, **query})


def order(side: str, symbol: str, quantity: Json, price: str | None = None, **more: Json) -> dict[str, Any]:
    """A day order for one fund: a limit order with a price, a market order without."""
    leg = {"instruction": side, "quantity": quantity, "instrument": {"symbol": symbol, "assetType": "EQUITY"}}
    return {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "MARKET" if price is None else "LIMIT",
        "orderStrategyType": "SINGLE",
        **({} if price is None else {"price": price}),
        "orderLegCollection": [leg],
        **more,
    }
