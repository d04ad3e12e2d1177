"""schwab-py's own client, unmodified, on the simulated broker."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from schwab.auth import TokenMetadata, get_auth_context
from schwab.client import Client

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY
from tests.adapters.simulator.schwab_customer import CALLBACK, order

Json = Any  # whatever the wire brought
HOST = "https://api.schwabapi.com"


class Redirected(httpx.BaseTransport):
    """Sends what is meant for the vendor's host to the simulated one."""

    def __init__(self, url: str) -> None:
        self.origin = httpx.URL(url)
        self.inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self.origin.host, port=self.origin.port)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


class Nowhere(httpx.BaseTransport):
    """Refuses every other host."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a request to {request.url.host}")


def _session(sim: SimulatedBroker, **more: Json) -> Json:
    return OAuth2Client(
        "app-key",
        client_secret="app-secret",
        token_endpoint=f"{HOST}/v1/oauth/token",
        redirect_uri=CALLBACK,
        mounts={HOST: Redirected(sim.url)},
        transport=Nowhere(),
        trust_env=False,
        leeway=300,
        **more,
    )


def _log_in(sim: SimulatedBroker) -> Json:
    """A token by the way of the owner: the client's address, the browser, the address that comes back."""
    context = get_auth_context("app-key", CALLBACK)
    received = sim.schwab_login("alex", context.authorization_url)
    with _session(sim) as oauth:
        return oauth.fetch_token(f"{HOST}/v1/oauth/token", authorization_response=received, state=context.state)


@pytest.fixture
def written() -> list[Any]:
    """What the client has stored of its tokens."""
    return []


@pytest.fixture
def client(both: SimulatedBroker, written: list[Any]) -> Iterator[Any]:
    """The client, built with public constructors from a stored token."""
    token = _log_in(both)

    def write(stored: Json, *_: object, **__: object) -> None:
        written.append(stored)

    metadata = TokenMetadata(token, int(time.time()), write)
    session = _session(both, token=token, update_token=metadata.wrapped_token_write_func())
    made = Client("app-key", session, token_metadata=metadata)
    yield made
    session.close()


def _hash(client: Json) -> str:
    rows = client.get_account_numbers().json()
    return str(next(row["hashValue"] for row in rows if row["accountNumber"] == "10000001"))


def test_the_client_logs_in_by_the_address_that_the_browser_ends_on(both: SimulatedBroker) -> None:
    assert _log_in(both)["expires_in"] == 1800


def test_accounts_orders_and_transactions_through_the_client(both: SimulatedBroker, client: Json) -> None:
    named = _hash(client)
    fields = client.Account.Fields
    (held,) = client.get_account(named, fields=[fields.POSITIONS]).json()["securitiesAccount"]["positions"]
    assert (held["longQuantity"], held["averagePrice"]) == (16.0, 83.75)
    assert len(client.get_accounts().json()) == 2
    spec = order("BUY", "VTI", 2, "101.00", taxLotMethod="HIGH_COST")
    assert client.preview_order(named, spec).json()["orderStrategy"]["status"] == "ACCEPTED"
    placed = client.place_order(named, spec)
    assert (placed.status_code, placed.content) == (201, b"")
    number = placed.headers["Location"].rsplit("/", 1)[1]
    assert client.get_order(number, named).json()["status"] == "FILLED"
    start, end = (datetime(2026, 3, day, tzinfo=UTC) for day in (2, 3))
    listed = client.get_orders_for_account(
        named, from_entered_datetime=start, to_entered_datetime=end, status=client.Order.Status.FILLED
    ).json()
    assert [str(row["orderId"]) for row in listed] == [number]
    every = client.get_orders_for_all_linked_accounts(from_entered_datetime=start, to_entered_datetime=end)
    assert len(every.json()) == 1
    (trade,) = client.get_transactions(named, start_date=start, end_date=end).json()
    assert client.get_transaction(named, trade["activityId"]).json() == [trade]
    assert client.get_user_preferences().json()["accounts"][0]["lotSelectionMethod"] == "FIFO"


def test_cancel_and_replace_through_the_client(client: Json) -> None:
    named = _hash(client)
    first = client.place_order(named, order("BUY", "VTI", 1, "50.00")).headers["Location"].rsplit("/", 1)[1]
    replaced = client.replace_order(named, first, order("BUY", "VTI", 1, "51.00"))
    second = replaced.headers["Location"].rsplit("/", 1)[1]
    cancelled = client.cancel_order(second, named)
    assert (replaced.status_code, cancelled.status_code, cancelled.content) == (201, 200, b"")
    assert [client.get_order(n, named).json()["status"] for n in (first, second)] == ["REPLACED", "CANCELED"]


def test_market_data_through_the_client(client: Json) -> None:
    assert client.get_quotes(["VTI", "BND"]).json()["BND"]["quote"]["lastPrice"] == 70.0
    assert client.get_quote("VTI").json()["VTI"]["symbol"] == "VTI"
    hours = client.get_market_hours([client.MarketHours.Market.EQUITY], date=MONDAY).json()
    assert hours["equity"]["EQ"]["isOpen"] is True
    found = client.get_instruments(["VTI"], client.Instrument.Projection.FUNDAMENTAL).json()
    assert found["instruments"][0]["assetType"] == "ETF"


def test_a_401_while_the_local_expiry_lies_ahead_is_healed_by_one_forced_refresh(
    both: SimulatedBroker, client: Json, written: list[Any]
) -> None:
    both.advance(timedelta(minutes=31))
    assert client.get_account_numbers().status_code == 401
    client.session.refresh_token(f"{HOST}/v1/oauth/token", refresh_token=client.session.token["refresh_token"])
    assert client.get_account_numbers().status_code == 200
    assert len(written) == 1


def test_a_dead_login_reaches_the_client_as_an_oauth_error(both: SimulatedBroker, client: Json) -> None:
    both.advance(timedelta(days=7))
    with pytest.raises(OAuthError) as dead:
        client.session.refresh_token(f"{HOST}/v1/oauth/token", refresh_token=client.session.token["refresh_token"])
    assert dead.value.error == "unsupported_token_type"


def test_a_range_of_dates_may_be_given_in_dates(both: SimulatedBroker, client: Json) -> None:
    both.advance_to(datetime(2026, 3, 3, 15, tzinfo=UTC))
    client.session.refresh_token(f"{HOST}/v1/oauth/token", refresh_token=client.session.token["refresh_token"])
    answer = client.get_transactions(_hash(client), start_date=date(2026, 3, 1), end_date=date(2026, 3, 3))
    assert (answer.status_code, answer.json()) == (200, [])
