"""The life of an order: what is final stays so, and the same order has the same name twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from bot.domain.money import Shares
from bot.domain.orders import BrokerOrder, Intent, OrderState
from bot.domain.snapshot import Side

INTENT = Intent(
    plan="a" * 64,
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(3),
    limit_price=Decimal("100.10"),
)
FINAL = {
    OrderState.FILLED,
    OrderState.CANCELED,
    OrderState.REJECTED,
    OrderState.EXPIRED,
    OrderState.NOT_PLACED,
    OrderState.HUMAN,
}


@pytest.mark.parametrize("state", OrderState)
def test_only_a_final_state_has_no_way_out(state: OrderState) -> None:
    ways = {other for other in OrderState if other is not state and state.may_become(other)}

    assert state.is_final == (state in FINAL) == (not ways)


@pytest.mark.parametrize("state", OrderState)
def test_staying_is_always_possible(state: OrderState) -> None:
    assert state.may_become(state)


@pytest.mark.parametrize("state", OrderState)
def test_what_may_be_live_is_not_final(state: OrderState) -> None:
    assert not (state.may_be_live and state.is_final)


@pytest.mark.parametrize("state", list(OrderState)[1:])
def test_nothing_goes_back_to_approved(state: OrderState) -> None:
    assert not state.may_become(OrderState.APPROVED)


@pytest.mark.parametrize("state", [OrderState.ACKED, OrderState.PARTIAL])
def test_what_the_broker_has_acknowledged_was_placed(state: OrderState) -> None:
    assert not state.may_become(OrderState.NOT_PLACED)
    assert not state.may_become(OrderState.SENDING)


def test_every_final_state_can_be_reached() -> None:
    reached, fresh = {OrderState.APPROVED}, [OrderState.APPROVED]
    while fresh:
        state = fresh.pop()
        new = {other for other in OrderState if state.may_become(other)} - reached
        reached |= new
        fresh.extend(new)

    assert reached == set(OrderState)


def test_the_client_order_id_is_the_same_each_time_it_is_said() -> None:
    said = f'{{"attempt":1,"line":1,"plan":"{"a" * 64}"}}'

    assert INTENT.client_order_id == replace(INTENT).client_order_id
    assert INTENT.client_order_id == "rl-" + sha256(said.encode()).hexdigest()[:32]


@pytest.mark.parametrize("other", [{"plan": "b" * 64}, {"line": 2}, {"attempt": 2}, {"line": 11}])
def test_another_plan_line_or_attempt_has_another_id(other: dict[str, Any]) -> None:
    assert replace(INTENT, **other).client_order_id != INTENT.client_order_id


def test_a_client_order_id_fits_every_broker() -> None:
    assert len(INTENT.client_order_id) <= 48  # Alpaca takes up to 128 characters
    assert INTENT.client_order_id.removeprefix("rl-").isalnum()


@pytest.mark.parametrize(
    "other",
    [
        {"account": "roth"},
        {"side": Side.SELL},
        {"symbol": "BND"},
        {"quantity": Shares.of(4)},
        {"limit_price": Decimal("100.11")},
        {"limit_price": None},
    ],
)
def test_an_order_that_differs_in_anything_is_not_ours(other: dict[str, Any]) -> None:
    mine = BrokerOrder(
        broker_id="x",
        client_order_id="whatever",
        account="ira",
        side=Side.BUY,
        symbol="VTI",
        quantity=Shares.of(3),
        limit_price=Decimal("100.1"),
        state=OrderState.ACKED,
        filled=Shares(),
        average_price=None,
    )

    assert mine.matches(INTENT)
    assert not replace(mine, **other).matches(INTENT)
