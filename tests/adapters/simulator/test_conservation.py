"""Nothing is created or lost: the rows explain every cent and every share, whatever the customer and the script do."""

from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from adapters.simulator.books.orders import (
    FILL_AT_ONCE,
    FILL_WHEN_SEEN,
    FILL_WHEN_TIME_MOVES,
    fill_partly,
    reject,
)
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import small_market, two_accounts
from tests.adapters.simulator.customer import Customer

SCRIPTS = (
    FILL_AT_ONCE,
    FILL_WHEN_SEEN,
    FILL_WHEN_TIME_MOVES,
    fill_partly("0.37", then_the_rest=True),
    fill_partly("0.5", then_the_rest=False),
    reject("halted"),
)
shares = st.integers(1, 30_000_000_000).map(lambda n: Decimal(n).scaleb(-9))
actions = st.one_of(
    st.tuples(st.just("order"), st.sampled_from(["buy", "sell"]), st.sampled_from(["VTI", "BND"]), shares),
    st.tuples(st.just("dollars"), st.integers(100, 300_000)),
    st.tuples(st.just("script"), st.sampled_from(SCRIPTS)),
    st.tuples(st.just("hours"), st.integers(1, 100)),
    st.tuples(st.just("deposit"), st.integers(1, 100_000)),
    st.tuples(st.just("cancel")),
)


def _play(sim: SimulatedBroker, customer: Customer, action: tuple[Any, ...]) -> None:
    match action:
        case ("order", side, symbol, qty):
            customer.order(side, symbol, qty=str(qty), type="market")
        case ("dollars", cents):
            customer.order("buy", "VTI", notional=str(Decimal(cents) / 100), type="market")
        case ("script", script):
            sim.script_fills(script, symbol="VTI")
        case ("hours", hours):
            sim.advance(timedelta(hours=hours))
        case ("deposit", cents):
            sim.deposit("PKONE", Decimal(cents) / 100)
        case _:
            customer.call("DELETE", "/v2/orders")


def _effect(row: dict[str, Any]) -> Decimal:
    if row["activity_type"] != "FILL":
        return Decimal(row["net_amount"])
    gross = Decimal(row["qty"]) * Decimal(row["price"])
    if row["side"] == "buy":
        return -gross.quantize(Decimal("0.01"), ROUND_CEILING)
    return gross.quantize(Decimal("0.01"), ROUND_FLOOR)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(actions, min_size=1, max_size=12))
def test_the_rows_explain_every_cent_and_every_share(script: list[tuple[Any, ...]]) -> None:
    with SimulatedBroker(market=small_market(), accounts=two_accounts()) as sim:
        customer = Customer(sim.url)
        for action in script:
            _play(sim, customer, action)
        rows = customer.get("/v2/account/activities")
        cash = Decimal(customer.get("/v2/account")["cash"])
        held = {p["symbol"]: Decimal(p["qty"]) for p in customer.get("/v2/positions")}
        orders = customer.get("/v2/orders", status="all")
    assert sim.failures == []
    assert cash == Decimal("5000.25") + sum(map(_effect, rows))
    assert cash >= 0
    fills = [row for row in rows if row["activity_type"] == "FILL"]
    for symbol, opening in (("VTI", Decimal(10)), ("BND", Decimal(0))):
        signed = [Decimal(r["qty"]) * (1 if r["side"] == "buy" else -1) for r in fills if r["symbol"] == symbol]
        assert held.get(symbol, Decimal(0)) == opening + sum(signed)
    for order in orders:
        parts = [Decimal(row["qty"]) for row in fills if row["order_id"] == order["id"]]
        assert Decimal(order["filled_qty"]) == sum(parts)
