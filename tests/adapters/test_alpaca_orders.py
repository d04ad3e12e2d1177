"""What Alpaca says of an order, in our words; a word that we do not know ends nothing."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from bot.domain.errors import Reconcile, TryLater
from bot.domain.money import Shares
from bot.domain.orders import Intent, OrderState
from bot.domain.snapshot import Side
from tests.adapters.hostile import Hostile, Reply, hostile_broker

INTENT = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(4),
    limit_price=Decimal("100.00"),
)
ORDER = {
    "id": "order-1",
    "client_order_id": INTENT.client_order_id,
    "symbol": "VTI",
    "side": "buy",
    "qty": "4",
    "filled_qty": "0",
    "limit_price": "100",
    "filled_avg_price": None,
    "status": "new",
}
BY_KEY = "GET /v2/orders:by_client_order_id"
ABSENT = Reply(status=404, body={"code": 40410000, "message": f"order not found for {INTENT.client_order_id}"})

Pair = tuple[Hostile, AlpacaBroker]


@pytest.fixture
def hostile() -> Iterator[Pair]:
    with hostile_broker() as pair:
        yield pair


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        *((word, "0", OrderState.ACKED) for word in ("new", "accepted", "pending_new", "held", "pending_cancel")),
        *((word, "0", OrderState.ACKED) for word in ("done_for_day", "calculated", "stopped", "suspended")),
        *((word, "0", OrderState.ACKED) for word in ("accepted_for_bidding", "pending_replace", "pending_review")),
        ("partially_filled", "1", OrderState.PARTIAL),
        ("pending_cancel", "1", OrderState.PARTIAL),
        ("filled", "4", OrderState.FILLED),
        ("filled", "3", OrderState.UNKNOWN),
        ("canceled", "0", OrderState.CANCELED),
        ("canceled", "1.5", OrderState.CANCELED),
        ("expired", "1.5", OrderState.EXPIRED),
        ("rejected", "0", OrderState.REJECTED),
        ("replaced", "0", OrderState.HUMAN),
        ("being_pondered", "0", OrderState.UNKNOWN),
    ],
)
def test_every_word_has_its_state_and_keeps_what_was_filled(
    hostile: Pair, status: str, filled: str, state: OrderState
) -> None:
    hostile[0].say(BY_KEY, Reply(body={**ORDER, "status": status, "filled_qty": filled}))
    found = hostile[1].find(INTENT)

    assert found is not None
    assert (found.state, found.filled) == (state, Shares.of(filled))
    assert status in found.text


def test_an_order_is_looked_for_by_its_key(hostile: Pair) -> None:
    server, broker = hostile
    server.say(BY_KEY, Reply(body=ORDER))
    found = broker.find(INTENT)

    assert found is not None
    assert found.matches(INTENT)
    assert server.asked[-1].query == {"client_order_id": INTENT.client_order_id}


@pytest.mark.parametrize(
    "changes", [{"qty": "5"}, {"side": "sell"}, {"symbol": "BND"}, {"limit_price": "101"}, {"limit_price": None}]
)
def test_an_order_with_our_key_and_other_content_does_not_match(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say(BY_KEY, Reply(body={**ORDER, **changes}))
    found = hostile[1].find(INTENT)

    assert found is not None
    assert not found.matches(INTENT)


def test_only_the_brokers_own_words_prove_that_an_order_is_absent(hostile: Pair) -> None:
    hostile[0].say(BY_KEY, ABSENT)

    assert hostile[1].find(INTENT) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=404, body=b"<html>not found</html>"), TryLater),
        (Reply(status=404, body={"message": "no Route matched with those values"}), TryLater),
        (Reply(status=404, body={"code": 40410000, "message": "endpoint not found."}), Reconcile),
        (Reply(status=422, body={"code": 40010001, "message": "order_id is missing"}), Reconcile),
        (Reply(status=502), TryLater),
        (Reply(drop=True), TryLater),
    ],
    ids=str,
)
def test_anything_else_proves_nothing(hostile: Pair, reply: Reply, kind: type[Exception]) -> None:
    hostile[0].say(BY_KEY, reply)

    with pytest.raises(kind):
        hostile[1].find(INTENT)


def test_an_absent_key_is_checked_against_a_known_id(hostile: Pair) -> None:
    hostile[0].say(BY_KEY, ABSENT)
    hostile[0].say("GET /v2/orders/order-1", Reply(body=ORDER))
    found = hostile[1].find(INTENT, "order-1")

    assert found is not None
    assert found.matches(INTENT)


def test_an_id_that_names_another_order_is_an_alarm(hostile: Pair) -> None:
    hostile[0].say(BY_KEY, ABSENT)
    hostile[0].say("GET /v2/orders/order-1", Reply(body={**ORDER, "client_order_id": "by-hand"}))

    with pytest.raises(Reconcile, match="two different orders"):
        hostile[1].find(INTENT, "order-1")


def test_an_order_that_neither_id_knows_is_not_there(hostile: Pair) -> None:
    hostile[0].say(BY_KEY, ABSENT)
    hostile[0].say("GET /v2/orders/order-1", ABSENT)

    assert hostile[1].find(INTENT, "order-1") is None


def test_an_id_cannot_lead_to_another_page(hostile: Pair) -> None:
    server, broker = hostile
    server.say(BY_KEY, ABSENT)
    with pytest.raises(TryLater):
        broker.find(INTENT, "../account?x=")

    assert server.asked[-1].path == "/v2/orders/..%2Faccount%3Fx%3D"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 17},
        {"client_order_id": None},
        {"qty": None, "notional": "500"},
        {"qty": "0"},
        {"filled_qty": "5"},
        {"filled_qty": "-1"},
        {"filled_qty": None},
        {"side": "sell_short"},
        {"status": None},
        {"asset_class": "us_option"},
        {"limit_price": "a lot"},
    ],
    ids=str,
)
def test_an_order_that_makes_no_sense_is_refused(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say(BY_KEY, Reply(body={**ORDER, **changes}))

    with pytest.raises(Reconcile):
        hostile[1].find(INTENT)


@pytest.mark.parametrize(
    "reply",
    [Reply(status=204), Reply(status=422, body={"code": 42210000, "message": "order is not cancelable"})],
    ids=str,
)
def test_a_cancellation_is_asked_for_once(hostile: Pair, reply: Reply) -> None:
    server, broker = hostile
    server.say("DELETE /v2/orders/order-1", reply)
    broker.cancel("ira", "order-1")

    assert server.count("DELETE") == 1


@pytest.mark.parametrize(
    ("reply", "kind"), [(ABSENT, Reconcile), (Reply(status=504), TryLater), (Reply(drop=True), TryLater)], ids=str
)
def test_a_cancellation_that_failed_says_so(hostile: Pair, reply: Reply, kind: type[Exception]) -> None:
    server, broker = hostile
    server.say("DELETE /v2/orders/order-1", reply)

    with pytest.raises(kind):
        broker.cancel("ira", "order-1")
    assert server.count("DELETE") == 1
