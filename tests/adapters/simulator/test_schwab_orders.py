"""Orders at Schwab: 201 first, the truth afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.simulator.books.orders import NEVER_FILL, fill_partly, reject
from adapters.simulator.schwab.orders import STATUSES
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY, new_york, small_market, two_logins
from tests.adapters.simulator.schwab_customer import Account, Owner, order

TODAY = {"fromEnteredTime": "2026-03-02T00:00:00.000Z", "toEnteredTime": "2026-03-02T23:59:59.000Z"}


def test_an_order_is_received_with_an_empty_answer_and_an_address(both: SimulatedBroker, roth: Account) -> None:
    reply = roth.post("BUY", "VTI", 1, "50.00")
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (201, None, "0")
    assert reply.headers["Location"].startswith(f"{both.url}{roth.path}/orders/")


def test_order_numbers_ascend(roth: Account, joint: Account) -> None:
    numbers = [account.place("BUY", "VTI", 1, "50.00") for account in (roth, joint, roth)]
    assert numbers == sorted(set(numbers))


def test_a_limit_order_in_the_money_fills_when_it_is_next_read(roth: Account) -> None:
    seen = roth.look(roth.place("BUY", "VTI", 2, "101.00"))
    assert (seen["status"], seen["filledQuantity"], seen["remainingQuantity"]) == ("FILLED", 2, 0)
    (activity,) = seen["orderActivityCollection"]
    assert (activity["executionType"], activity["executionLegs"][0]["price"]) == ("FILL", Decimal("100.01"))


def test_the_account_number_is_a_number_in_orders_alone(roth: Account) -> None:
    assert roth.look(roth.place("BUY", "VTI", 1, "50.00"))["accountNumber"] == 10000001
    assert roth.securities()["accountNumber"] == "10000001"


def test_the_vendors_tag_and_time_format(roth: Account) -> None:
    seen = roth.look(roth.place("BUY", "VTI", 1, "50.00"))
    assert (seen["tag"], seen["enteredTime"]) == ("API_TOS:TRADE_ALL", "2026-03-02T15:00:00+0000")
    assert "closeTime" not in seen


def test_a_day_order_waits_for_the_session_and_expires_at_its_close(both: SimulatedBroker, roth: Account) -> None:
    both.advance_to(new_york(MONDAY, 18))
    roth.owner.refresh()
    number = roth.place("BUY", "VTI", 1, "100.50")
    assert roth.look(number)["status"] == "PENDING_ACTIVATION"
    both.advance_to(new_york(date(2026, 3, 3), 10))
    roth.owner.refresh()
    assert roth.look(number)["status"] == "WORKING"
    both.advance_to(new_york(date(2026, 3, 3), 17))
    roth.owner.refresh()
    assert roth.look(number)["status"] == "EXPIRED"


def test_an_order_that_costs_too_much_is_received_and_rejected_with_a_reason(roth: Account) -> None:
    seen = roth.look(roth.place("BUY", "VTI", 1000, "100.50"))
    assert (seen["status"], seen["remainingQuantity"]) == ("REJECTED", 0)
    assert seen["statusDescription"].startswith("Your buying power will be below zero")
    assert seen["closeTime"] == seen["enteredTime"]


def test_a_sale_of_more_than_is_held_is_rejected_as_oversold(roth: Account) -> None:
    assert "oversold" in roth.look(roth.place("SELL", "VTI", 17, "90.00"))["statusDescription"]


def test_shares_that_wait_to_be_sold_cannot_be_sold_again(roth: Account) -> None:
    resting = roth.place("SELL", "VTI", 10, "500.00")
    second = roth.place("SELL", "VTI", 10, "500.00")
    assert [roth.look(number)["status"] for number in (resting, second)] == ["WORKING", "REJECTED"]


def test_part_of_a_share_is_rejected_unless_the_account_may(roth: Account) -> None:
    assert roth.look(roth.place("BUY", "VTI", "0.5", "101.00"))["status"] == "REJECTED"
    alex, sam = two_logins()
    accounts = (replace(alex.accounts[0], fractional=True),)
    with SimulatedBroker(market=small_market(), schwab_logins=(replace(alex, accounts=accounts), sam)) as sim:
        free = Account(Owner(sim, "alex").log_in(), "10000001")
        assert free.look(free.place("BUY", "VTI", "0.5", "101.00"))["filledQuantity"] == Decimal("0.5")


def test_a_scripted_rejection_comes_after_the_order_was_open(both: SimulatedBroker, roth: Account) -> None:
    both.script_fills(reject("The account is restricted."), symbol="VTI")
    seen = roth.look(roth.place("BUY", "VTI", 1, "101.00"))
    assert (seen["status"], seen["statusDescription"]) == ("REJECTED", "The account is restricted.")


def test_a_partial_fill_has_no_state_of_its_own_and_survives_the_cancellation(
    both: SimulatedBroker, roth: Account
) -> None:
    both.script_fills(fill_partly("0.5", then_the_rest=False), symbol="VTI")
    number = roth.place("BUY", "VTI", 4, "101.00")
    seen = roth.look(number)
    assert (seen["status"], seen["filledQuantity"], seen["remainingQuantity"]) == ("WORKING", 2, 2)
    assert roth.owner.call("DELETE", f"{roth.path}/orders/{number}").status == 200
    ended = roth.look(number)
    assert (ended["status"], ended["filledQuantity"], ended["remainingQuantity"]) == ("CANCELED", 2, 0)
    kinds = [(row["executionType"], row["executionLegs"][0]["price"]) for row in ended["orderActivityCollection"]]
    assert kinds == [("FILL", Decimal("100.01")), ("CANCELED", 0)]
    assert roth.positions()["VTI"]["longQuantity"] == 18


def test_what_has_ended_cannot_be_cancelled(roth: Account) -> None:
    number = roth.place("BUY", "VTI", 1, "101.00")
    roth.look(number)
    assert roth.owner.call("DELETE", f"{roth.path}/orders/{number}").status == 400


def test_a_replacement_is_a_new_order(roth: Account) -> None:
    old = roth.place("BUY", "VTI", 1, "50.00")
    reply = roth.owner.call("PUT", f"{roth.path}/orders/{old}", order("BUY", "VTI", 2, "51.00"))
    new = int(reply.headers["Location"].rsplit("/", 1)[1])
    assert (reply.status, reply.body) == (201, None)
    assert new > old
    assert [roth.look(n)["status"] for n in (old, new)] == ["REPLACED", "WORKING"]


def test_a_replacement_that_is_turned_down_leaves_the_old_order(roth: Account) -> None:
    old = roth.place("BUY", "VTI", 1, "50.00")
    reply = roth.owner.call("PUT", f"{roth.path}/orders/{old}", order("BUY", "VTI", 2000, "51.00"))
    new = int(reply.headers["Location"].rsplit("/", 1)[1])
    assert [roth.look(n)["status"] for n in (old, new)] == ["WORKING", "REJECTED"]


@pytest.mark.parametrize(("method", "left_at"), [("FIFO", 86), ("HIGH_COST", 80), ("LIFO", 80), ("LOW_COST", 86)])
def test_a_sale_takes_the_lots_that_its_method_names(roth: Account, method: str, left_at: int) -> None:
    number = roth.place("SELL", "VTI", 6, "90.00", taxLotMethod=method)
    assert roth.look(number)["taxLotMethod"] == method
    held = roth.positions()["VTI"]
    assert (held["longQuantity"], held["averagePrice"]) == (10, left_at)


def test_without_a_method_the_accounts_own_is_used(roth: Account) -> None:
    roth.look(roth.place("SELL", "VTI", 10, "90.00"))
    assert roth.positions()["VTI"]["averagePrice"] == 90


@pytest.mark.parametrize("status", [*sorted(STATUSES), "SOMETHING_NEW"])
def test_every_state_can_be_shown(both: SimulatedBroker, roth: Account, status: str) -> None:
    number = roth.place("BUY", "VTI", 1, "50.00")
    both.show_status(status, order_id=number)
    shown = roth.owner._send(
        "GET",
        f"{roth.path}/orders/{number}",
        None,
        {"Authorization": f"Bearer {roth.owner.token['access_token']}"},
    )
    assert shown.body["status"] == status
    both.show_status(None, order_id=number)
    assert roth.look(number)["status"] == "WORKING"


def test_a_list_wants_both_times(roth: Account) -> None:
    refused = roth.owner.call("GET", f"{roth.path}/orders", fromEnteredTime="2026-03-02T00:00:00.000Z")
    assert refused.status == 400
    assert "toEnteredTime" in refused.body["message"]


@pytest.mark.parametrize("text", ["2026-03-02", "2026-03-02T00:00:00", "2026-03-02T00:00:00-05:00", "yesterday"])
def test_a_bad_time_is_refused_in_the_recorded_words(roth: Account, text: str) -> None:
    refused = roth.owner.call("GET", f"{roth.path}/orders", **{**TODAY, "fromEnteredTime": text})
    assert (refused.status, refused.body["message"]) == (400, f"'{text}' is not a valid value for fromEnteredTime")


def test_a_list_is_of_a_range_a_status_and_a_length_newest_first(both: SimulatedBroker, roth: Account) -> None:
    both.script_fills(NEVER_FILL, symbol="BND")
    numbers = [roth.place("BUY", symbol, 1, "101.00") for symbol in ("VTI", "BND", "VTI")]
    path = f"{roth.path}/orders"

    def ids(rows: list[dict[str, Any]]) -> list[int]:
        return [row["orderId"] for row in rows]

    assert ids(roth.owner.get(path, **TODAY)) == numbers[::-1]
    assert ids(roth.owner.get(path, **TODAY, status="WORKING")) == [numbers[1]]
    assert ids(roth.owner.get(path, **TODAY, maxResults=2)) == numbers[:0:-1]
    early = {"fromEnteredTime": "2026-03-01T00:00:00.000Z", "toEnteredTime": "2026-03-01T23:00:00.000Z"}
    assert roth.owner.get(path, **early) == []


def test_the_list_of_all_accounts_looks_back_sixty_days(both: SimulatedBroker, roth: Account, joint: Account) -> None:
    numbers = [account.place("BUY", "VTI", 1, "50.00") for account in (roth, joint)]
    listed = roth.owner.get("/trader/v1/orders", **TODAY)
    assert [row["orderId"] for row in listed] == numbers[::-1]
    both.advance(timedelta(days=61))
    roth.owner.log_in()
    assert roth.owner.call("GET", "/trader/v1/orders", **TODAY).status == 400


@pytest.mark.parametrize(
    "spoil",
    [
        lambda o: o.pop("orderType"),
        lambda o: o.update(orderType="STOP"),
        lambda o: o.update(duration="FILL_OR_KILL"),
        lambda o: o.update(session="AM"),
        lambda o: o.update(orderStrategyType="OCO"),
        lambda o: o.update(price="much"),
        lambda o: o.update(price=None),
        lambda o: o.update(orderType="MARKET"),
        lambda o: o.update(taxLotMethod="SPECIFIC_LOT"),
        lambda o: o.update(orderLegCollection=[]),
        lambda o: o["orderLegCollection"][0].update(quantity=0),
        lambda o: o["orderLegCollection"][0].update(quantity="1E40"),
        lambda o: o["orderLegCollection"][0].update(instruction="SELL_SHORT"),
        lambda o: o["orderLegCollection"][0].update(instrument="VTI"),
        lambda o: o["orderLegCollection"][0]["instrument"].update(symbol="NOPE"),
        lambda o: o["orderLegCollection"][0]["instrument"].update(assetType="COLLECTIVE_INVESTMENT"),
    ],
)
def test_a_malformed_order_is_a_bad_request_and_no_order(roth: Account, spoil: Callable[[Any], object]) -> None:
    asked = order("BUY", "VTI", 1, "50.00")
    spoil(asked)
    assert roth.owner.call("POST", f"{roth.path}/orders", asked).status == 400
    assert roth.owner.get(f"{roth.path}/orders", **TODAY) == []


def test_an_order_of_another_account_is_not_found(roth: Account, joint: Account) -> None:
    number = roth.place("BUY", "VTI", 1, "50.00")
    assert roth.owner.call("GET", f"{joint.path}/orders/{number}").status == 404


def test_a_preview_tells_the_objection_and_places_nothing(roth: Account) -> None:
    def preview(quantity: int) -> Any:  # noqa: ANN401 - whatever the wire brought
        return roth.owner.call("POST", f"{roth.path}/previewOrder", order("BUY", "VTI", quantity, "100.50")).body

    good, bad = preview(1), preview(1000)
    assert (good["orderStrategy"]["status"], good["orderValidationResult"]) == ("ACCEPTED", {})
    assert good["orderStrategy"]["orderBalance"]["projectedAvailableFund"] == Decimal("4899.75")
    assert bad["orderStrategy"]["status"] == "REJECTED"
    (against,) = bad["orderValidationResult"]["rejects"]
    assert "buying power" in against["activityMessage"]
    assert roth.owner.get(f"{roth.path}/orders", **TODAY) == []
