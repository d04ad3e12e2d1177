"""Whatever an owner does or asks, the broker keeps its books and answers in the vendor's shape."""

import base64
import copy
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings, strategies as st

from adapters.simulator.books.orders import FILL_AT_ONCE, FILL_WHEN_SEEN, fill_partly, reject
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import small_market, two_logins
from tests.adapters.simulator.schwab_customer import Account, Owner, order
from tests.adapters.simulator.test_nonsense import ODD

TODAY = {"fromEnteredTime": "2026-03-02T00:00:00.000Z", "toEnteredTime": "2026-03-31T23:59:59.000Z"}
TEXTS = st.one_of(st.text(max_size=6), st.just("9" * 5000), st.dates().map(str), st.datetimes().map(str))
QUERIES = (
    ("/trader/v1/accounts", ("fields",)),
    ("{}/orders", ("fromEnteredTime", "toEnteredTime", "maxResults", "status")),
    ("/trader/v1/orders", ("fromEnteredTime", "toEnteredTime", "maxResults", "status")),
    ("{}/transactions", ("startDate", "endDate", "types", "symbol")),
    ("/marketdata/v1/quotes", ("symbols", "fields")),
    ("/marketdata/v1/markets", ("markets", "date")),
    ("/marketdata/v1/instruments", ("symbol", "projection")),
)
SCRIPTS = (FILL_AT_ONCE, FILL_WHEN_SEEN, fill_partly("0.5", then_the_rest=False), reject("halted"))
once = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
actions = st.one_of(
    st.tuples(st.just("order"), st.sampled_from(["BUY", "SELL"]), st.sampled_from(["VTI", "BND"]), st.integers(1, 30)),
    st.tuples(st.just("script"), st.sampled_from(SCRIPTS)),
    st.tuples(st.just("hours"), st.integers(1, 60)),
    st.tuples(st.just("deposit"), st.integers(1, 100_000)),
    st.tuples(st.just("reinvest"), st.booleans()),
    st.tuples(st.just("cancel")),
)


@once
@given(st.data())
def test_an_odd_order_is_received_or_refused(both: SimulatedBroker, roth: Account, data: st.DataObject) -> None:
    asked = copy.deepcopy(order("SELL", "VTI", 1, "150.00", taxLotMethod="FIFO"))
    part = data.draw(st.sampled_from([asked, asked["orderLegCollection"][0]]))
    part |= data.draw(st.dictionaries(st.sampled_from([*part, "stopPrice"]), ODD, min_size=1, max_size=3))
    headers = {"Authorization": f"Bearer {roth.owner.token['access_token']}"}
    for page in ("orders", "previewOrder"):
        reply = roth.owner._send("POST", f"{roth.path}/{page}", json.dumps(asked).encode(), headers)
        assert reply.status in {200, 201, 400}
    assert both.failures == []


@once
@given(st.data())
def test_an_odd_question_is_answered_or_refused(roth: Account, data: st.DataObject) -> None:
    template, names = data.draw(st.sampled_from(QUERIES))
    query: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(names), TEXTS, max_size=3))
    assert roth.owner.call("GET", template.format(roth.path), **query).status in {200, 400}


@once
@given(st.dictionaries(st.sampled_from(["grant_type", "code", "refresh_token", "redirect_uri"]), TEXTS), st.binary())
def test_odd_credentials_open_nothing(both: SimulatedBroker, form: dict[str, str], junk: bytes) -> None:
    alex = Owner(both, "alex")
    assert alex.ask_for_token(**form).status == 400
    for shown in (base64.b64encode(junk).decode(), junk.hex()):
        headers = {"Authorization": f"Basic {shown}"}
        assert alex._send("POST", "/v1/oauth/token", urlencode(form).encode() + junk, headers).status == 401
    assert alex.call("GET", "/trader/v1/accounts").status == 401
    assert both.failures == []


def _play(sim: SimulatedBroker, roth: Account, action: tuple[Any, ...]) -> None:
    match action:
        case ("order", side, symbol, quantity):
            roth.place(side, symbol, quantity)
        case ("script", script):
            sim.script_fills(script, symbol="VTI")
        case ("hours", hours):
            sim.advance(timedelta(hours=hours))
            roth.owner.log_in()
        case ("deposit", cents):
            sim.deposit("10000001", Decimal(cents) / 100)
        case ("reinvest", on):
            sim.reinvest("10000001", "VTI", on=on)
        case _:
            for row in roth.owner.get(f"{roth.path}/orders", **TODAY):
                if row["cancelable"]:
                    roth.owner.call("DELETE", f"{roth.path}/orders/{row['orderId']}")


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(actions, min_size=1, max_size=12))
def test_the_transactions_explain_every_cent_and_every_share(script: list[tuple[Any, ...]]) -> None:
    with SimulatedBroker(market=small_market(), schwab_logins=two_logins()) as sim:
        roth = Account(Owner(sim, "alex").log_in(), "10000001")
        for action in script:
            _play(sim, roth, action)
        cash = roth.securities()["currentBalances"]["totalCash"]
        held = {symbol: row["longQuantity"] for symbol, row in roth.positions().items()}
        orders = roth.owner.get(f"{roth.path}/orders", **TODAY)
        rows = roth.transactions()
    assert sim.failures == []
    assert cash == Decimal("5000.25") + sum(row["netAmount"] for row in rows)
    moved = [leg for row in rows for leg in row["transferItems"] if leg["instrument"]["assetType"] != "CURRENCY"]
    for symbol, opening in (("VTI", 16), ("BND", 0)):
        change = sum(leg["amount"] for leg in moved if leg["instrument"]["symbol"] == symbol)
        assert held.get(symbol, 0) == opening + change
    for placed in orders:
        legs = [leg for row in rows if row.get("orderId") == placed["orderId"] for leg in row["transferItems"]]
        traded = [abs(leg["amount"]) for leg in legs if leg["instrument"]["assetType"] != "CURRENCY"]
        assert placed["filledQuantity"] == sum(traded)
