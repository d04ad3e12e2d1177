"""What is asked of Schwab for an order, what it says of one, and how one is found again without a client id."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.brokers.schwab.orders import ENDED, LIVE, order_body
from adapters.brokers.schwab.refusals import Refused
from bot.domain.errors import NotAllowed, Reconcile, TryLater
from bot.domain.money import Shares
from bot.domain.orders import Answer, BrokerOrder, Intent, OrderState, Preview
from bot.domain.plan import Environment
from bot.domain.snapshot import OpenOrder, Side
from tests.adapters.told_line import (
    BUY,
    IRA,
    LOST,
    MONDAY,
    Replies,
    ToldLine,
    account,
    broker_over,
    executed,
    listing,
    order,
    position,
)

SELL = replace(BUY, side=Side.SELL, dearest_first=True)
HALF = replace(BUY, quantity=Shares.of("2.5"))
CHILD = {"orderStrategyType": "SINGLE", "orderId": 1002, "status": "WORKING"}


def found(
    intent: Intent = BUY, broker_id: str = "", *listed: dict[str, Any], by_number: dict[str, Any] | None = None
) -> BrokerOrder | None:
    return broker_over(ToldLine(listed=list(listed), by_number=by_number or {})).find(intent, broker_id)


def read_back(**fields: object) -> BrokerOrder:
    one = found(BUY, "1001", by_number={"1001": order(**fields)})
    assert one is not None
    return one


def test_a_purchase_is_a_day_limit_order_of_whole_shares_at_a_price_in_text() -> None:
    assert order_body(BUY) == {
        "orderType": "LIMIT",
        "session": "NORMAL",
        "duration": "DAY",
        "price": "299.50",
        "orderStrategyType": "SINGLE",
        "orderLegCollection": [
            {"instruction": "BUY", "quantity": 4, "instrument": {"symbol": "VTI", "assetType": "EQUITY"}}
        ],
    }


def test_a_sale_of_the_dearest_lots_first_says_so() -> None:
    body = order_body(SELL)

    assert body["taxLotMethod"] == "HIGH_COST"
    assert body["orderLegCollection"] == [
        {"instruction": "SELL", "quantity": 4, "instrument": {"symbol": "VTI", "assetType": "EQUITY"}}
    ]


@pytest.mark.parametrize(
    "intent",
    [
        replace(BUY, quantity=Shares()),
        replace(BUY, quantity=Shares.of(-4)),
        replace(BUY, quantity=Shares.of("0.0000000001")),
        replace(BUY, limit_price=Decimal("299.505")),
        replace(BUY, limit_price=Decimal("0.12345")),
        replace(BUY, limit_price=Decimal(0)),
        replace(BUY, symbol="VTSAX"),
        HALF,
        replace(HALF, side=Side.SELL),
    ],
)
def test_an_order_that_cannot_be_sent_as_it_is_is_refused(intent: Intent) -> None:
    with pytest.raises(NotAllowed):
        order_body(intent)


def test_a_fraction_can_be_sold_where_that_is_switched_on() -> None:
    body = order_body(replace(HALF, side=Side.SELL), fractional_sales=True)

    assert body["orderLegCollection"] == [
        {"instruction": "SELL", "quantity": "2.5", "instrument": {"symbol": "VTI", "assetType": "EQUITY"}}
    ]


def test_a_fraction_is_never_bought() -> None:
    with pytest.raises(NotAllowed, match="no whole number"):
        order_body(HALF, fractional_sales=True)


def test_a_price_below_a_dollar_may_be_finer() -> None:
    assert order_body(replace(BUY, limit_price=Decimal("0.1234")))["price"] == "0.1234"


@pytest.mark.parametrize("status", sorted(LIVE))
def test_a_live_order_is_acknowledged_and_with_fills_partial(status: str) -> None:
    assert read_back(status=status).state is OrderState.ACKED
    assert read_back(status=status, filledQuantity=1).state is OrderState.PARTIAL


@pytest.mark.parametrize(
    ("status", "filled", "remaining", "state"),
    [
        ("FILLED", 4, 0, OrderState.FILLED),
        ("FILLED", 3, 1, OrderState.UNKNOWN),
        ("FILLED", 4, 1, OrderState.UNKNOWN),
        ("CANCELED", 0, 0, OrderState.CANCELED),
        ("CANCELED", 3, 0, OrderState.CANCELED),
        ("EXPIRED", 0, 4, OrderState.EXPIRED),
        ("REJECTED", 0, 0, OrderState.REJECTED),
        ("REPLACED", 0, 0, OrderState.HUMAN),
        ("UNKNOWN", 0, 4, OrderState.UNKNOWN),
        ("SLEEPING", 0, 4, OrderState.UNKNOWN),
    ],
)
def test_an_ended_order_is_final_only_where_its_numbers_agree(
    status: str, filled: int, remaining: int, state: OrderState
) -> None:
    one = read_back(status=status, filledQuantity=filled, remainingQuantity=remaining)

    assert (one.state, one.filled) == (state, Shares.of(filled))


def test_all_twenty_one_states_of_the_manual_are_known() -> None:
    assert len(LIVE | ENDED.keys() | {"UNKNOWN"}) == 21


def test_a_rejection_that_comes_later_tells_its_reason() -> None:
    one = read_back(status="REJECTED", statusDescription="Account 11110001\u0007 may end up oversold.")

    assert one.text == "REJECTED: Account ... may end up oversold."


def test_the_average_price_is_weighted_by_the_executions_and_exact() -> None:
    fills = executed((1, "299.10"), (2, "299.25"))
    one = read_back(filledQuantity=3, remainingQuantity=1, orderActivityCollection=fills)

    assert (one.state, one.average_price) == (OrderState.PARTIAL, Decimal("299.20"))


def test_executions_that_do_not_add_up_give_no_price() -> None:
    one = read_back(filledQuantity=4, status="FILLED", orderActivityCollection=executed((1, "299.10")))

    assert (one.filled, one.average_price) == (Shares.of(4), None)


def test_the_shares_of_an_order_without_a_count_are_its_executions() -> None:
    one = read_back(filledQuantity=None, orderActivityCollection=executed((3, "299.10")))

    assert (one.filled, one.average_price) == (Shares.of(3), Decimal("299.10"))


@pytest.mark.parametrize(
    "fields",
    [
        {"filledQuantity": 5},
        {"filledQuantity": -1},
        {"quantity": 0},
        {"quantity": "NaN"},
        {"orderId": None},
        {"accountNumber": 22220002},
        {"orderLegCollection": []},
    ],
)
def test_an_order_with_impossible_numbers_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Reconcile):
        read_back(**fields)


def test_an_order_is_found_under_its_number_as_number_or_as_text() -> None:
    for number in (1001, "1001"):
        one = found(BUY, "1001", by_number={"1001": order(number)})
        assert one is not None
        assert one.broker_id == "1001"
        assert one.matches(BUY)


@pytest.mark.parametrize(
    "other",
    [
        {"symbol": "VTV"},
        {"instruction": "SELL"},
        {"quantity": 5},
        {"price": Decimal("299.51")},
        {"orderType": "MARKET"},
        {"duration": "GOOD_TILL_CANCEL"},
        {"session": "SEAMLESS"},
        {"orderStrategyType": "TRIGGER"},
    ],
)
def test_a_number_that_names_another_order_is_not_believed(other: dict[str, Any]) -> None:
    wrong, right = order(1001, **other), order(1002)

    one = found(BUY, "1001", wrong, right, by_number={"1001": wrong})
    assert one is not None
    assert one.broker_id == "1002"


def test_a_number_that_was_known_before_is_not_believed() -> None:
    old, new = order(1001), order(1002)

    one = found(replace(BUY, baseline=("1001",)), "1001", old, new, by_number={"1001": old})
    assert one is not None
    assert one.broker_id == "1002"


def test_without_a_number_the_one_order_of_that_shape_is_adopted() -> None:
    one = found(BUY, "", order(1001, symbol="BND"), order(1002), order(1003, quantity=5))

    assert one is not None
    assert one.broker_id == "1002"


def test_without_a_number_orders_of_the_baseline_are_passed_over() -> None:
    assert found(replace(BUY, baseline=("1001", "1002")), "", order(1001), order(1002)) is None


def test_two_orders_of_that_shape_are_for_a_person() -> None:
    with pytest.raises(Reconcile, match="2 orders look like the one for 4 VTI"):
        found(BUY, "", order(1001), order(1002))


def test_an_order_that_does_not_say_what_it_is_for_could_be_any() -> None:
    with pytest.raises(Reconcile, match="what it is for"):
        found(BUY, "", order(1001, orderLegCollection=[]))


def test_a_sale_of_other_lots_than_were_told_is_not_ours() -> None:
    sale = order(1001, instruction="SELL", taxLotMethod="FIFO")

    assert found(SELL, "", sale) is None
    assert found(SELL, "", sale | {"taxLotMethod": "HIGH_COST"}) is not None


def test_options_in_the_list_are_passed_over() -> None:
    option = order(1001)
    option["orderLegCollection"][0] |= {"instruction": "BUY_TO_OPEN"}
    option["orderLegCollection"][0]["instrument"] = {"assetType": "OPTION", "symbol": "VTI   260417P00250000"}

    assert found(BUY, "", option) is None


def test_the_search_reaches_past_the_vendors_clock_and_back_over_a_weekend() -> None:
    line = ToldLine()
    broker_over(line).find(BUY)
    (asked,) = [one for one in line.asked if one[0] == "orders"]

    assert asked[2:] == (MONDAY - timedelta(days=7), MONDAY + timedelta(days=1))


def test_the_baseline_is_the_ids_of_all_orders_and_of_those_inside_them() -> None:
    parent = order(1001, orderStrategyType="TRIGGER", childOrderStrategies=[CHILD])

    assert broker_over(ToldLine(listed=[parent, order("99", status="FILLED")])).order_ids("ira") == (
        "99",
        "1001",
        "1002",
    )


def test_a_list_that_may_go_on_is_no_baseline() -> None:
    with pytest.raises(Reconcile, match="may not be complete"):
        broker_over(ToldLine(listed=[order(at) for at in range(3000)])).order_ids("ira")


def test_open_orders_are_counted_by_what_is_still_open() -> None:
    listed = [
        order(1, filledQuantity=1, remainingQuantity=3),
        order(2, status="SLEEPING", symbol="BND"),
        order(3, status="FILLED", filledQuantity=4, remainingQuantity=0),
        order(4, status="CANCELED", filledQuantity=1, remainingQuantity=0),
        order(5, status="FILLED", filledQuantity=3, remainingQuantity=1, symbol="VXUS"),
    ]
    reading = broker_over(ToldLine(listed=listed)).read("ira")

    assert reading.open_orders == (
        OpenOrder(side=Side.BUY, symbol="VTI", quantity=Shares.of(3)),
        OpenOrder(side=Side.BUY, symbol="BND", quantity=Shares.of(4)),
        OpenOrder(side=Side.BUY, symbol="VXUS", quantity=Shares.of(1)),
    )


def test_an_order_that_two_lists_tell_of_is_counted_once() -> None:
    line = ToldLine(listed=[order(1)])
    reading = broker_over(line).read("ira")

    assert line.count("orders") > 1
    assert len(reading.open_orders) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"orderStrategyType": "TRIGGER", "childOrderStrategies": [CHILD]}, "several legs"),
        ({"instruction": "SELL_SHORT"}, "neither a plain purchase nor a plain sale"),
        (
            {"status": "FILLED", "filledQuantity": 4, "orderStrategyType": "TRIGGER", "childOrderStrategies": [CHILD]},
            "legs",
        ),
    ],
)
def test_an_open_order_that_cannot_be_counted_stops_the_reading(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Reconcile, match=words):
        broker_over(ToldLine(listed=[order(1001, **fields)])).read("ira")


def test_an_open_order_in_dollars_stops_the_reading() -> None:
    one = order(1001)
    one["orderLegCollection"][0]["quantityType"] = "DOLLARS"

    with pytest.raises(Reconcile, match="given in dollars"):
        broker_over(ToldLine(listed=[one])).read("ira")


def test_an_order_is_sent_to_the_account_that_answered_for_its_number() -> None:
    line = ToldLine()
    submission = broker_over(line).submit(BUY)

    assert submission.broker_id == "1001"
    assert [one[0] for one in line.asked] == ["account_numbers", "account", "instruments", "send"]
    assert line.asked[-1][1] == "ira1"


def test_an_order_is_not_sent_to_an_account_that_answers_for_another() -> None:
    line = ToldLine(accounts={"ira1": account(number="33330003")})
    submission = broker_over(line).submit(BUY)

    assert submission.answer is Answer.REFUSED
    assert line.count("send") == 0


def test_an_order_goes_to_the_new_hash_after_a_change() -> None:
    line = ToldLine(numbers=Replies([listing("1"), listing("2")]), accounts={"ira1": LOST, "ira2": account(position())})
    broker = broker_over(line)
    broker.read("ira")
    broker.submit(BUY)

    assert line.asked[-1][:2] == ("send", "ira2")


def test_a_dry_run_asks_and_sends_nothing() -> None:
    line = ToldLine()
    submission = broker_over(line, environment=Environment.DRY_RUN).submit(BUY)

    assert (submission.answer, line.asked) == (Answer.REFUSED, [])


def test_a_real_account_is_sent_nothing() -> None:
    line = ToldLine(sends_orders=False)
    submission = broker_over(line).submit(BUY)

    assert (submission.answer, line.asked) == (Answer.REFUSED, [])


def test_what_the_vendor_calls_a_mutual_fund_is_not_sent() -> None:
    line = ToldLine(kinds={"instruments": [{"symbol": "VTI", "assetType": "MUTUAL_FUND"}]})
    submission = broker_over(line).submit(BUY)

    assert submission.answer is Answer.REFUSED
    assert "mutual fund" in submission.text
    assert line.count("send") == 0


def test_an_order_for_somebody_else_is_not_sent() -> None:
    line = ToldLine()

    assert broker_over(line).submit(replace(BUY, account="someone else")).answer is Answer.REFUSED
    assert line.count("send") == 0


def test_a_preview_tells_rejects_and_warnings_with_their_codes() -> None:
    told = {
        "orderValidationResult": {
            "rejects": [{"activityMessage": '"The account is short of cash."', "validationRuleName": "OE585"}],
            "warns": [{"activityMessage": "The limit is far away.", "message": "Order_Sys_0002"}],
            "alerts": [{"activityMessage": "No.", "originalSeverity": "REJECT"}],
            "reviews": [{"message": "A person looks at it."}],
            "accepts": [{"activityMessage": "Fine."}],
        }
    }

    assert broker_over(ToldLine(previews=told)).preview(BUY) == Preview(
        rejects=("OE585: The account is short of cash.", "No."),
        warnings=("Order_Sys_0002: The limit is far away.", "A person looks at it."),
    )


def test_a_preview_that_is_rejected_without_a_word_is_rejected() -> None:
    told = {"orderStrategy": {"status": "REJECTED"}, "orderValidationResult": {}}

    assert broker_over(ToldLine(previews=told)).preview(BUY).rejects


def test_a_refused_preview_is_a_reject() -> None:
    refusal = Refused("Schwab refused the question.", status=400, said="quantity must be whole")

    assert broker_over(ToldLine(previews=refusal)).preview(BUY) == Preview(rejects=("quantity must be whole",))


def test_a_preview_without_a_judgement_proves_nothing() -> None:
    with pytest.raises(Reconcile, match="how the order was judged"):
        broker_over(ToldLine(previews={})).preview(BUY)


def test_what_could_not_be_sent_is_rejected_in_the_preview_too() -> None:
    assert broker_over(ToldLine()).preview(HALF).rejects


def test_an_order_that_cannot_be_cancelled_any_more_is_no_error() -> None:
    refusal = Refused("Schwab refused.", status=400, said="Order cannot be cancelled in its state")
    broker_over(ToldLine(cancelled=refusal)).cancel("ira", "1001")


def test_a_cancellation_that_may_not_have_arrived_is_for_later() -> None:
    with pytest.raises(TryLater):
        broker_over(ToldLine(cancelled=TryLater("busy"))).cancel("ira", "1001")


def test_no_sentence_of_the_adapter_gives_an_account_number_away() -> None:
    line = ToldLine(listed=[order(1001, accountNumber=99990009)])
    with pytest.raises(Reconcile) as caught:
        broker_over(line).read("ira")

    assert not {IRA, "99990009"} & set(caught.value.message.split())
    assert IRA not in repr(broker_over(line))
