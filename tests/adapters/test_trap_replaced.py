"""An order that somebody replaced at the broker lives on under another id, and is left to a person."""

from collections.abc import Callable

import pytest

from adapters.brokers.alpaca import orders as alpaca
from adapters.brokers.schwab import orders as schwab
from bot.domain.orders import BrokerOrder, OrderState
from tests.adapters.told_line import ToldLine, broker_over, order

AT_ALPACA = {
    "id": "order-1",
    "client_order_id": "rl-1",
    "symbol": "VTI",
    "side": "buy",
    "qty": "4",
    "filled_qty": "0",
    "status": "replaced",
}


def at_alpaca() -> BrokerOrder:
    return alpaca.parse_order(AT_ALPACA, "ira")


def at_schwab() -> BrokerOrder:
    return schwab.parse_order(order(status="REPLACED"), "ira")


@pytest.mark.parametrize("read", [at_alpaca, at_schwab])
def test_a_replaced_order_is_for_a_person_and_says_why(read: Callable[[], BrokerOrder]) -> None:
    told = read()

    assert told.state is OrderState.HUMAN
    assert told.text == "replaced by another order, which rebaloop did not send"


def test_the_order_that_took_anothers_place_is_none_of_a_later_intents() -> None:
    replaced = order(1001, status="REPLACED", replacingOrderCollection=[order(1002)])

    assert broker_over(ToldLine(listed=[replaced])).order_ids("ira") == ("1001", "1002")
