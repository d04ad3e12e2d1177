"""Every kind of answer, judged by the vendor's own documents: nothing missing, nothing invented."""

from datetime import date

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator import contract
from tests.adapters.simulator.conftest import new_york
from tests.adapters.simulator.customer import Customer


def test_orders_in_every_state_keep_the_contract(one: Customer, sim: SimulatedBroker) -> None:
    one.place("buy", "VTI", qty="1", limit_price="105")
    one.place("buy", "VTI", notional="10", type="market")
    old = one.place("buy", "VTI", qty="1", limit_price="50", time_in_force="gtc")
    one.look(old)
    one.call("PATCH", f"/v2/orders/{old['id']}", {"qty": "2"})
    one.place("buy", "VTI", qty="1", limit_price="50")
    sim.advance_to(new_york(date(2026, 3, 2), 17))
    one.call("DELETE", "/v2/orders")
    orders = one.get("/v2/orders", status="all")
    assert {o["status"] for o in orders} == {"filled", "replaced", "canceled", "expired"}
    assert set().union(*(contract.strangers("Order", o) for o in orders)) == set()


def test_an_activity_of_every_family_keeps_the_contract(one: Customer, sim: SimulatedBroker) -> None:
    one.place("buy", "VTI", qty="1", limit_price="105")
    sim.deposit("PKONE", "1")
    sim.advance_to(new_york(date(2026, 3, 9), 12))
    rows = one.get("/v2/account/activities")
    assert {row["activity_type"] for row in rows} == {"FILL", "CSD", "DIV"}
    for row in rows:
        family = "TradingActivities" if row["activity_type"] == "FILL" else "NonTradeActivities"
        assert contract.strangers(family, row) == set()


def test_no_answer_has_a_field_that_the_vendor_does_not_know(one: Customer, two: Customer) -> None:
    assert contract.strangers("Account", two.get("/v2/account")) == set()
    assert contract.strangers("AccountConfigurations", two.get("/v2/account/configurations")) == set()
    assert contract.strangers("Position", one.get("/v2/positions/VTI")) == set()
    assert contract.strangers("Assets", one.get("/v2/assets/VTI")) == set()
    assert contract.strangers("legacy_clock", one.get("/v2/clock")) == set()
    (day,) = one.get("/v2/calendar", start="2026-03-02", end="2026-03-02")
    assert contract.strangers("legacy_calendar_day", day) == set()


def test_the_vendors_required_fields_are_all_there(one: Customer) -> None:
    schemas = contract.document(contract.TRADING)["components"]["schemas"]
    assert set(schemas["Account"]["properties"]) - set(one.get("/v2/account")) == {
        "pattern_day_trader",
        "daytrade_count",
        "daytrading_buying_power",
    }
    assert set(schemas["Position"]["required"]) <= set(one.get("/v2/positions/VTI"))
