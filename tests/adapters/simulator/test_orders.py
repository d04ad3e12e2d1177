"""The life of an order: accepted, filled, partly filled, cancelled, expired, replaced, turned down later."""

from datetime import date, timedelta

import pytest

from adapters.simulator.books.orders import (
    FILL_AT_ONCE,
    FILL_WHEN_TIME_MOVES,
    NEVER_FILL,
    fill_partly,
    reject,
)
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY, new_york
from tests.adapters.simulator.customer import Customer

MINUTE = timedelta(minutes=1)


def test_a_marketable_order_is_accepted_and_seen_filled_at_the_quote(one: Customer) -> None:
    bought = one.place("buy", "VTI", qty="2", limit_price="105", client_order_id="mine")
    assert (bought["status"], bought["filled_qty"], bought["client_order_id"]) == ("accepted", "0", "mine")
    seen = one.look(bought)
    assert (seen["status"], seen["filled_qty"], seen["filled_avg_price"]) == ("filled", "2", "100.01")
    sold = one.look(one.place("sell", "VTI", qty="2", limit_price="95"))
    assert sold["filled_avg_price"] == "100"


def test_reading_the_positions_is_also_a_look(one: Customer) -> None:
    one.place("buy", "BND", qty="1", limit_price="80")
    assert [p["symbol"] for p in one.get("/v2/positions")] == ["BND", "VTI"]


def test_an_unmarketable_order_waits_as_new_until_the_price_comes(one: Customer, sim: SimulatedBroker) -> None:
    order = one.place("sell", "VTI", qty="1", limit_price="109", time_in_force="gtc")
    assert one.look(order)["status"] == "new"
    sim.advance_to_next_open()
    assert one.look(order)["filled_avg_price"] == "110"


def test_an_order_after_the_close_waits_for_the_open(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(MONDAY, 18))
    order = one.place("buy", "VTI", qty="1", type="market")
    assert one.look(order)["status"] == "accepted"
    sim.advance_to_next_open()
    seen = one.look(order)
    assert (seen["status"], seen["filled_avg_price"]) == ("filled", "110.01")
    assert seen["filled_at"].startswith("2026-03-03T14:30:00")


def test_a_day_order_expires_at_the_close_and_a_gtc_order_does_not(one: Customer, sim: SimulatedBroker) -> None:
    day = one.place("buy", "VTI", qty="1", limit_price="50")
    good = one.place("buy", "VTI", qty="1", limit_price="50", time_in_force="gtc")
    sim.advance_to(new_york(MONDAY, 15, 59))
    assert one.look(day)["status"] == "new"
    sim.advance_to(new_york(MONDAY, 16))
    assert one.look(day)["status"] == "expired"
    assert one.look(day)["expired_at"].startswith("2026-03-02T21:00:00")
    assert one.look(good)["status"] == "new"


def test_a_script_can_fill_at_once_later_or_never(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(FILL_AT_ONCE, client_order_id="now")
    sim.script_fills(FILL_WHEN_TIME_MOVES, client_order_id="later")
    sim.script_fills(NEVER_FILL, symbol="VTI")
    now, later, never = (
        one.place("buy", "VTI", qty="1", limit_price="105", client_order_id=name) for name in ("now", "later", "x")
    )
    assert now["status"] == "filled"
    assert one.look(later)["status"] == "new"
    sim.advance(MINUTE)
    assert one.look(later)["status"] == "filled"
    assert one.look(never)["status"] == "new"


def test_a_partial_fill_is_followed_by_the_rest(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(fill_partly("0.5", then_the_rest=True), symbol="VTI")
    order = one.place("buy", "VTI", qty="5", limit_price="105")
    seen = one.look(order)
    assert (seen["status"], seen["filled_qty"]) == ("partially_filled", "2")
    sim.advance(MINUTE)
    assert (one.look(order)["status"], one.look(order)["filled_qty"]) == ("filled", "5")


def test_a_partial_fill_without_more_keeps_its_shares_when_it_ends(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(fill_partly("0.4", then_the_rest=False), symbol="VTI")
    lapsing = one.place("buy", "VTI", qty="5", limit_price="105")
    dropped = one.place("buy", "VTI", qty="5", limit_price="105")
    one.look(dropped)
    assert one.call("DELETE", f"/v2/orders/{dropped['id']}").status == 204
    sim.advance_to(new_york(MONDAY, 17))
    assert [one.look(o)["status"] for o in (lapsing, dropped)] == ["expired", "canceled"]
    assert [one.look(o)["filled_qty"] for o in (lapsing, dropped)] == ["2", "2"]
    assert one.get("/v2/positions/VTI")["qty"] == "14"


def test_a_rejection_comes_after_the_acceptance(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(reject("halted"), symbol="VTI")
    order = one.place("buy", "VTI", qty="1", limit_price="105")
    assert order["status"] == "accepted"
    seen = one.look(order)
    assert (seen["status"], seen["filled_qty"]) == ("rejected", "0")
    assert seen["failed_at"] is not None


def test_a_queued_market_order_is_turned_down_when_the_open_is_too_dear(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(MONDAY, 18))
    order = one.place("buy", "VTI", qty="49", type="market")
    sim.advance_to_next_open()
    assert one.look(order)["status"] == "rejected"
    assert one.get("/v2/account")["cash"] == "5000.25"


def test_a_dollar_order_buys_the_fraction_that_the_dollars_pay(one: Customer) -> None:
    order = one.place("buy", "VTI", notional="500", type="market")
    assert (order["qty"], order["notional"]) == (None, "500")
    seen = one.look(order)
    assert (seen["status"], seen["filled_qty"]) == ("filled", "4.999500049")
    assert one.get("/v2/account")["cash"] == "4500.25"


def test_cancelling_is_settled_by_the_next_look(one: Customer) -> None:
    order = one.place("buy", "VTI", qty="1", limit_price="50")
    reply = one.call("DELETE", f"/v2/orders/{order['id']}")
    assert (reply.status, reply.body) == (204, None)
    assert one.look(order)["status"] == "canceled"
    again = one.call("DELETE", f"/v2/orders/{order['id']}")
    assert again.status == 422
    assert again.body == {"code": 42210000, "message": 'order is already in "canceled" state'}


def test_cancelling_everything_lists_what_it_cancels(one: Customer) -> None:
    order = one.place("buy", "VTI", qty="1", limit_price="50")
    reply = one.call("DELETE", "/v2/orders")
    assert reply.status == 207
    assert [(row["id"], row["status"], row["body"]["status"]) for row in reply.body] == [
        (order["id"], 200, "pending_cancel")
    ]
    assert one.get("/v2/orders") == []
    assert one.call("DELETE", "/v2/orders").body == []


def test_replacing_gives_a_new_id_and_ends_the_old_order(one: Customer) -> None:
    old = one.place("buy", "VTI", qty="2", limit_price="50")
    path = f"/v2/orders/{old['id']}"
    too_early = one.call("PATCH", path, {"limit_price": "51"})
    assert too_early.body["message"] == "unable to replace order, order isn't sent to exchange yet"
    one.look(old)
    new = one.call("PATCH", path, {"limit_price": "105", "client_order_id": "second"}).body
    assert (new["replaces"], new["limit_price"], new["qty"]) == (old["id"], "105", "2")
    ended = one.look(old)
    assert (ended["status"], ended["replaced_by"]) == ("replaced", new["id"])
    assert one.look(new)["status"] == "filled"
    too_late = one.call("PATCH", path, {"qty": "1"})
    assert (too_late.status, too_late.body["message"]) == (422, "only open orders can be replaced")


def test_a_refused_replacement_leaves_the_old_order_alone(one: Customer) -> None:
    old = one.place("buy", "VTI", qty="2", limit_price="50")
    one.look(old)
    assert one.call("PATCH", f"/v2/orders/{old['id']}", {"qty": "100000"}).status == 403
    assert one.look(old)["status"] == "new"


def test_orders_are_listed_open_first_asked_and_newest_first(one: Customer, sim: SimulatedBroker) -> None:
    done = one.place("buy", "BND", qty="1", limit_price="80")
    sim.advance(MINUTE)
    early = one.place("buy", "VTI", qty="1", limit_price="50")
    late = one.place("buy", "VTI", qty="1", limit_price="51")

    def ids(**query: str) -> list[str]:
        return [order["id"] for order in one.get("/v2/orders", **query)]

    assert ids() == [late["id"], early["id"]]
    assert ids(status="closed") == [done["id"]]
    assert ids(status="all", direction="asc") == [done["id"], early["id"], late["id"]]
    assert ids(status="all", limit="1") == [late["id"]]
    assert ids(status="all", symbols="BND,ODD") == [done["id"]]
    assert ids(status="all", after=early["submitted_at"]) == [late["id"]]
    assert ids(status="all", until=early["submitted_at"]) == [done["id"]]


def test_an_order_is_found_by_its_client_id(one: Customer) -> None:
    placed = one.place("buy", "VTI", qty="1", limit_price="50", client_order_id="a/b:c 1")
    found = one.get("/v2/orders:by_client_order_id", client_order_id="a/b:c 1")
    assert found["id"] == placed["id"]


def test_an_order_of_another_account_does_not_exist(one: Customer, two: Customer) -> None:
    placed = one.place("buy", "VTI", qty="1", limit_price="50")
    assert two.call("GET", f"/v2/orders/{placed['id']}").status == 404


@pytest.mark.parametrize(("day", "hour"), [(date(2026, 11, 27), 13), (date(2026, 11, 30), 16)])
def test_a_day_order_ends_with_a_short_session_too(one: Customer, sim: SimulatedBroker, day: date, hour: int) -> None:
    sim.advance_to(new_york(day, 10))
    order = one.place("buy", "VTI", qty="1", limit_price="50")
    sim.advance_to(new_york(day, hour - 1, 59))
    assert one.look(order)["status"] == "new"
    sim.advance_to(new_york(day, hour))
    assert one.look(order)["status"] == "expired"


def test_a_sale_in_dollars_ends_although_its_last_cent_is_rounded_away(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to_next_open()
    seen = one.look(one.place("sell", "VTI", notional="100", type="market"))
    assert (seen["status"], seen["filled_qty"]) == ("filled", "0.909090909")
    assert one.get("/v2/account")["cash"] == "5100.24"


def test_a_sale_in_dollars_is_turned_down_when_the_shares_no_longer_reach(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(date(2026, 3, 13), 18))
    order = one.place("sell", "VTI", notional="1100", type="market")
    sim.advance_to_next_open()
    assert one.look(order)["status"] == "rejected"
    assert one.get("/v2/positions/VTI")["qty"] == "10"


def test_the_open_is_one_occasion_and_the_rest_waits_for_the_next(one: Customer, sim: SimulatedBroker) -> None:
    sim.script_fills(fill_partly("0.5", then_the_rest=True), symbol="BND")
    sim.advance_to(new_york(MONDAY, 18))
    order = one.place("buy", "BND", qty="4", limit_price="80")
    sim.advance_to_next_open()
    assert one.look(order)["status"] == "partially_filled"
    sim.advance(MINUTE)
    assert one.look(order)["status"] == "filled"
