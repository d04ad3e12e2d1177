"""The vendor's client library, tamed: one request for each call, time-outs, exact numbers, our exceptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Never

import requests
from alpaca.common.exceptions import APIError
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.trading.client import TradingClient
from requests.adapters import HTTPAdapter
from urllib3.response import BaseHTTPResponse

from adapters.brokers.alpaca.refusals import Refused, vendor_error
from bot.domain.discretion import discreet
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.orders import Answer, Submission

CONNECT = timedelta(seconds=5)
DROPPED = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
GARBLED = (ValueError, RecursionError)
REFUSALS = frozenset({400, 401, 403, 404, 422})


class ExactResponse(requests.Response):
    """A reply whose JSON numbers are decimals, and which is an error unless its status is 2xx."""

    def json(self, **_: object) -> object:
        """The body; ValueError for anything but JSON, for NaN and for infinities."""
        return json.loads(self.content, parse_float=Decimal, parse_constant=_refuse)

    def raise_for_status(self) -> None:
        """An error for a redirect too: none is followed, and its body is no answer."""
        super().raise_for_status()
        if self.status_code >= 300:
            raise requests.HTTPError("redirected", response=self)


def _refuse(constant: str) -> Never:
    raise ValueError(f"not a finite number: {constant}")


class PatientOnce(HTTPAdapter):
    """Sends a request exactly once, and waits for the reply no longer than it was told."""

    def __init__(self, patience: timedelta) -> None:
        super().__init__(max_retries=0)
        self._timeout = (CONNECT.total_seconds(), patience.total_seconds())

    def send(  # noqa: D102 - the base class says it
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,  # noqa: ARG002 - the client library leaves it empty
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return super().send(request, stream, self._timeout, verify, cert, proxies)  # type: ignore[arg-type]  # passed on unread

    def build_response(  # noqa: D102 - the base class says it
        self, req: requests.PreparedRequest, resp: BaseHTTPResponse
    ) -> requests.Response:
        exact = ExactResponse()
        vars(exact).update(vars(super().build_response(req, resp)))
        return exact


class Line:
    """Our connection to one account: questions raise LogIn, TryLater or Reconcile; an order never raises."""

    def __init__(
        self, *, account: str, key_id: str, secret_key: str, trading_url: str, data_url: str, patience: timedelta
    ) -> None:
        self._account = account
        self._secrets = (key_id, secret_key)
        self._trading = TradingClient(key_id, secret_key, raw_data=True, url_override=trading_url)
        self._prices = StockHistoricalDataClient(key_id, secret_key, raw_data=True, url_override=data_url)
        for client in (self._trading, self._prices):
            client._retry = 0  # noqa: SLF001 - the library repeats a POST on 504 and hides this knob
            client._session.trust_env = False  # noqa: SLF001 - neither proxies nor netrc come near a key
            client._session.mount("http://", PatientOnce(patience))  # noqa: SLF001 - there is no public way in
            client._session.mount("https://", PatientOnce(patience))  # noqa: SLF001 - same

    def __repr__(self) -> str:
        return f"Line({self._account!r})"

    def get(self, path: str, params: dict[str, str] | None = None) -> object:
        """Ask for parsed JSON; a connection that drops is tried once more."""
        return self._ask(self._trading, path, params)

    def get_prices(self, path: str, params: dict[str, str]) -> object:
        """The same, from the price service."""
        return self._ask(self._prices, path, params)

    def delete(self, path: str) -> None:
        """Ask for something to be taken back, once."""
        try:
            self._trading.delete(path)
        except (APIError, requests.RequestException, *GARBLED) as problem:
            raise self._trouble(problem) from None

    def send(self, body: dict[str, str | bool]) -> Submission:
        """Post one order, exactly once; what is not proven is unknown."""
        try:
            return self._receipt(self._trading.post("/orders", body), body)
        except Exception as problem:  # noqa: BLE001 - whatever went wrong, the order may live
            return self._verdict(problem)

    def _ask(
        self, client: TradingClient | StockHistoricalDataClient, path: str, params: dict[str, str] | None
    ) -> object:
        try:
            try:
                answer: object = client.get(path, params)
            except DROPPED:
                answer = client.get(path, params)
        except (APIError, requests.RequestException, *GARBLED) as problem:
            raise self._trouble(problem) from None
        if answer is None:
            raise TryLater(f"{self._account}: Alpaca sent an empty answer.")
        return answer

    def _trouble(self, problem: Exception) -> RebaloopError:
        if isinstance(problem, APIError):
            return self._refusal(problem)
        if isinstance(problem, requests.Timeout):
            return TryLater(f"{self._account}: Alpaca did not answer in time.")
        if isinstance(problem, GARBLED):
            return TryLater(f"{self._account}: Alpaca's answer cannot be read.")
        return TryLater(f"{self._account}: Alpaca cannot be reached ({type(problem).__name__}).")

    def _refusal(self, problem: APIError) -> RebaloopError:
        status, error = _status(problem), vendor_error(str(problem))
        said = discreet(error.message, *self._secrets) if error else "no reason given"
        if status in {401, 403}:
            return LogIn(f"{self._account}: Alpaca does not accept the key: {said}.")
        if status == 429:
            return TryLater(f"{self._account}: Alpaca wants fewer requests{_until(problem)}.")
        if status < 400 or status >= 500 or error is None:
            return TryLater(f"{self._account}: Alpaca answered {status}: {said}.")
        return Refused(f"{self._account}: Alpaca refused the question: {said}.", status=status, error=error)

    def _receipt(self, reply: object, body: dict[str, str | bool]) -> Submission:
        told = reply if isinstance(reply, dict) else {}
        broker_id = told.get("id")
        if not isinstance(broker_id, str) or not broker_id or told.get("client_order_id") != body["client_order_id"]:
            return Submission(answer=Answer.UNKNOWN, text="Alpaca's receipt does not name the order.")
        return Submission(answer=Answer.ACCEPTED, broker_id=broker_id, text=discreet(str(told.get("status", ""))))

    def _verdict(self, problem: Exception) -> Submission:
        if not isinstance(problem, APIError):
            return Submission(answer=Answer.UNKNOWN, text=f"no answer ({type(problem).__name__})")
        status, error = _status(problem), vendor_error(str(problem))
        if error is None:
            return Submission(answer=Answer.UNKNOWN, text=f"answered {status} without a reason")
        proves = status in REFUSALS and not error.is_duplicate
        text = f"{discreet(error.message, *self._secrets)} ({error.code})"
        return Submission(answer=Answer.REFUSED if proves else Answer.UNKNOWN, text=text)


def _status(problem: APIError) -> int:
    return int(problem.status_code or 0)


def _until(problem: APIError) -> str:
    headers = problem.response.headers
    reset, wait = headers.get("X-RateLimit-Reset", ""), headers.get("Retry-After", "")
    if wait.isascii() and wait.isdigit() and len(wait) < 8:
        return f"; try again in {int(wait)} seconds"
    if reset.isascii() and reset.isdigit() and len(reset) < 12:
        return f"; try again after {datetime.fromtimestamp(int(reset), UTC):%Y-%m-%d %H:%M:%S} UTC"
    return ""
