"""Orders and questions that the vendor refuses, in the vendor's words."""

from typing import Any

import pytest

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.customer import Customer

MISSING = "001c0b29-5bc9-45c4-bd32-5ba323c997b3"


@pytest.mark.parametrize(
    ("changes", "status", "code", "message"),
    [
        ({"limit_price": None}, 422, 40010001, "limit orders require only limit price"),
        ({"stop_price": "90"}, 422, 40010001, "limit orders require only limit price"),
        ({"type": "market"}, 422, 40010001, "market orders require no stop or limit price"),
        ({"symbol": "FACEBOOK"}, 422, 40010001, 'could not find asset "FACEBOOK"'),
        ({"symbol": None}, 422, 40010001, "symbol is required"),
        ({"side": "hold"}, 422, 40010001, "invalid side"),
        ({"type": None}, 422, 40010001, "type is required"),
        ({"time_in_force": "opg"}, 422, 40010001, "invalid time_in_force"),
        ({"order_class": "bracket"}, 422, 40010001, "invalid order_class"),
        ({"qty": "0"}, 422, 40010001, "qty must be > 0"),
        ({"qty": "many"}, 422, 40010001, "invalid qty"),
        ({"qty": True}, 422, 40010001, "invalid qty"),
        ({"qty": "NaN"}, 422, 40010001, "invalid qty"),
        ({"qty": None}, 422, 40010001, "qty or notional is required, and only one of them"),
        ({"notional": "5"}, 422, 40010001, "qty or notional is required, and only one of them"),
        ({"qty": "1.0000000001"}, 422, 42210000, "qty must be limited to 9 decimal places"),
        ({"qty": "1.5", "time_in_force": "gtc"}, 422, 42210000, "fractional orders must be DAY orders"),
        ({"qty": "1.5", "symbol": "ODD"}, 403, 40310000, "asset ODD is not fractionable"),
        ({"qty": None, "notional": "5"}, 422, 42210000, "notional orders must be market orders"),
        ({"client_order_id": "x" * 129}, 422, 40010001, "client_order_id must be at most 128 characters"),
        (
            {"limit_price": "100.005"},
            422,
            42210000,
            "invalid limit_price 100.005. sub-penny increment does not fulfill minimum pricing criteria",
        ),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused(
    one: Customer, changes: dict[str, Any], status: int, code: int, message: str
) -> None:
    reply = one.order("buy", "VTI", **{"qty": "1", "limit_price": "100", **changes})
    assert (reply.status, reply.body) == (status, {"code": code, "message": message})
    assert one.get("/v2/orders", status="all") == []


def test_too_little_buying_power_says_how_much_there_is(one: Customer) -> None:
    reply = one.order("buy", "VTI", qty="100", limit_price="100")
    assert reply.status == 403
    assert reply.body == {
        "code": 40310000,
        "message": "insufficient buying power",
        "buying_power": "5000.25",
        "cost_basis": "10000",
    }


def test_open_orders_count_against_the_buying_power(one: Customer) -> None:
    one.place("buy", "VTI", qty="40", limit_price="90")
    assert one.order("buy", "BND", qty="30", limit_price="60").body["buying_power"] == "1400.25"


def test_too_few_shares_says_who_holds_them(one: Customer) -> None:
    holding = one.place("sell", "VTI", qty="8", limit_price="150")
    reply = one.order("sell", "VTI", qty="3", limit_price="150")
    assert reply.status == 403
    assert reply.body == {
        "code": 40310000,
        "message": "insufficient qty available for order (requested: 3, available: 2)",
        "available": "2",
        "existing_qty": "10",
        "held_for_orders": "8",
        "related_orders": [holding["id"]],
        "symbol": "VTI",
    }


def test_what_is_not_held_cannot_be_sold(two: Customer) -> None:
    assert two.order("sell", "VTI", qty="1", type="market").status == 403


def test_a_client_id_stays_burned_after_its_order_is_gone(one: Customer) -> None:
    order = one.place("buy", "VTI", qty="1", limit_price="50", client_order_id="once")
    one.call("DELETE", f"/v2/orders/{order['id']}")
    reply = one.order("buy", "VTI", qty="1", limit_price="50", client_order_id="once")
    assert (reply.status, reply.body) == (422, {"code": 40010001, "message": "client_order_id must be unique"})


def test_two_accounts_may_use_the_same_client_id(one: Customer, two: Customer) -> None:
    for customer in (one, two):
        assert customer.order("buy", "VTI", qty="1", limit_price="50", client_order_id="x").status == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_an_unknown_order_gets_the_recorded_answer(one: Customer, method: str) -> None:
    asked = {"qty": "1"} if method == "PATCH" else None
    reply = one.call(method, f"/v2/orders/{MISSING}", asked)
    assert (reply.status, reply.body) == (
        404,
        {"code": 40410000, "message": f"order not found for {MISSING}"},
    )
    crooked = one.call(method, "/v2/orders/fake_id", asked)
    assert (crooked.status, crooked.body) == (422, {"code": 40010001, "message": "order_id is missing"})


def test_an_unknown_client_id_gets_the_recorded_answer(one: Customer) -> None:
    reply = one.call("GET", "/v2/orders:by_client_order_id", client_order_id=MISSING)
    assert (reply.status, reply.body["message"]) == (404, f"order not found for {MISSING}")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v2/orders", {"status": "some"}),
        ("/v2/orders", {"limit": "501"}),
        ("/v2/orders", {"after": "yesterday"}),
        ("/v2/account/activities", {"page_size": "101"}),
        ("/v2/account/activities", {"page_token": "none"}),
        ("/v2/account/activities", {"direction": "up"}),
        ("/v2/account/activities", {"category": "all"}),
        ("/v2/calendar", {"start": "soon"}),
        ("/v2/corporate_actions/announcements", {"ca_types": "Dividend"}),
        (
            "/v2/corporate_actions/announcements",
            {"ca_types": "Dividend", "since": "2026-01-01", "until": "2026-06-01"},
        ),
    ],
)
def test_a_parameter_that_makes_no_sense_is_unprocessable(
    one: Customer, sim: SimulatedBroker, path: str, query: dict[str, Any]
) -> None:
    sim.enter("PKONE", "JNLC", "0.06")
    assert one.call("GET", path, **query).status == 422


def test_an_unknown_activity_type_gets_the_recorded_answer(one: Customer) -> None:
    recorded = {"code": 40010001, "message": "invalid activity type: INVALID"}
    assert one.call("GET", "/v2/account/activities/INVALID").body == recorded
    assert one.call("GET", "/v2/account/activities", activity_types="DIV,INVALID").body == recorded
