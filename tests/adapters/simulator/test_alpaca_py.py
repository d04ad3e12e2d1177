"""The vendor's own client, unmodified, on the simulated broker."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from alpaca.common.exceptions import APIError
from alpaca.data.enums import DataFeed
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import StockLatestQuoteRequest
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import CorporateActionType, OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import (
    GetCalendarRequest,
    GetCorporateAnnouncementsRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    ReplaceOrderRequest,
)

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY

Json = Any  # the client library publishes no types


def _client(kind: Json, sim: SimulatedBroker, *, raw: bool) -> Iterator[Any]:
    client = kind("PKONE", "first secret", raw_data=raw, url_override=sim.url)
    yield client
    client._session.close()


@pytest.fixture
def raw(sim: SimulatedBroker) -> Iterator[Any]:
    """The trading client as the adapter uses it."""
    yield from _client(TradingClient, sim, raw=True)


@pytest.fixture
def strict(sim: SimulatedBroker) -> Iterator[Any]:
    """The trading client with its closed models, which refuse what they do not expect."""
    yield from _client(TradingClient, sim, raw=False)


@pytest.fixture
def quotes(sim: SimulatedBroker) -> Iterator[Any]:
    """The market data client."""
    yield from _client(StockHistoricalDataClient, sim, raw=True)


def _limit(**changes: Json) -> LimitOrderRequest:
    asked = {"symbol": "VTI", "qty": 2, "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY, "limit_price": 105}
    return LimitOrderRequest(**{**asked, **changes})


def test_the_raw_client_places_reads_and_cancels(raw: Json) -> None:
    placed = raw.post("/orders", {**_limit().to_request_fields(), "qty": "0.123456789", "client_order_id": "c1"})
    assert raw.get_order_by_client_id("c1")["filled_qty"] == "0.123456789"
    assert raw.get_order_by_id(placed["id"])["status"] == "filled"
    resting = raw.submit_order(_limit(limit_price=50))
    raw.cancel_order_by_id(resting["id"])
    listed = raw.get_orders(GetOrdersRequest(status=QueryOrderStatus.ALL, limit=500))
    assert [order["status"] for order in listed] == ["canceled", "filled"]
    assert len(raw.get("/account/activities", {"page_size": 100})) == 1


def test_the_models_of_the_client_swallow_every_answer(strict: Json) -> None:
    assert strict.get_account().cash == "5000.25"
    assert strict.get_account_configurations().no_shorting is True
    assert strict.get_clock().is_open is True
    assert strict.get_calendar(GetCalendarRequest(start=MONDAY, end=MONDAY))[0].date == MONDAY
    assert strict.get_asset("VTI").fractionable is True
    order = strict.submit_order(_limit(limit_price=50))
    strict.get_order_by_id(order.id)
    assert strict.replace_order_by_id(order.id, ReplaceOrderRequest(qty=3)).qty == "3"
    assert strict.get_all_positions()[0].qty == "10"
    assert strict.get_open_position("VTI").symbol == "VTI"
    assert [row.status for row in strict.cancel_orders()] == [200]
    ahead = GetCorporateAnnouncementsRequest(
        ca_types=[CorporateActionType.DIVIDEND], since=MONDAY, until=MONDAY + timedelta(days=29)
    )
    assert [row.initiating_symbol for row in strict.get_corporate_announcements(ahead)] == ["VTI"]


def test_a_refusal_reaches_the_client_with_its_code(raw: Json) -> None:
    with pytest.raises(APIError) as refusal:
        raw.get_open_position("BND")
    assert (refusal.value.status_code, refusal.value.code) == (404, 40410000)


def test_the_market_data_client_reads_quotes(quotes: Json) -> None:
    latest = quotes.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols=["VTI", "BND"], feed=DataFeed.IEX))
    assert Decimal(str(latest["VTI"]["ap"])) == Decimal("100.01")
    assert set(latest) == {"VTI", "BND"}
