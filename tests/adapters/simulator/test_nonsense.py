"""Whatever is asked, the broker answers in the vendor's shape and does not stumble."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.customer import Customer

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=True),
    st.text(max_size=5),
    st.sampled_from(["1E+999999", "1E-999999", "-0", "1e12", "0.0000000001", "٣", "Infinity", "sNaN", "9" * 5000]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)
ORDER = {"symbol": "VTI", "side": "sell", "type": "limit", "time_in_force": "day", "qty": "1", "limit_price": "150"}
FIELDS = (*ORDER, "notional", "stop_price", "client_order_id", "order_class", "extended_hours")
QUERIES = (
    ("/v2/orders", ("status", "limit", "after", "until", "direction", "symbols", "side")),
    ("/v2/account/activities", ("activity_types", "date", "after", "until", "page_size", "page_token")),
    ("/v2/corporate_actions/announcements", ("since", "until", "ca_types", "date_type", "symbol")),
    ("/v2/stocks/quotes/latest", ("symbols",)),
)
once = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@once
@given(st.dictionaries(st.sampled_from(FIELDS), ODD, min_size=1, max_size=3))
def test_an_odd_order_is_taken_or_refused(sim: SimulatedBroker, changes: dict[str, Any]) -> None:
    content = json.dumps({**ORDER, **changes}).encode()
    reply = Customer(sim.url).send("POST", "/v2/orders", content)
    assert reply.status in {200, 400, 403, 422}
    assert sim.failures == []


@once
@given(st.data())
def test_an_odd_question_is_answered_or_refused(one: Customer, data: st.DataObject) -> None:
    path, names = data.draw(st.sampled_from(QUERIES))
    query: dict[str, Any] = data.draw(
        st.dictionaries(
            st.sampled_from(names),
            st.one_of(st.text(max_size=6), st.just("9" * 5000), st.dates().map(str), st.datetimes().map(str)),
            max_size=2,
        )
    )
    assert one.call("GET", path, **query).status in {200, 400, 422}
