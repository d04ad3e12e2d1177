"""Location headers that mislead and hashes that change, over a stand-in for a broker that has both."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.simulator.faults import locations
from adapters.simulator.faults.fault import Fault, Lag
from adapters.simulator.faults.kinds import changed, dropped, rotated
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.faults.route import Nth, Route
from adapters.simulator.loopback import LoopbackServer
from adapters.simulator.wire import Answer, HangUp, Request, RequestLine
from tests.adapters.simulator.plain import Plain, Seen

ROUTE = Route.orders()
PATH = "/trader/v1/accounts/HASH/orders"
NUMBERS = "/trader/v1/accounts/accountNumbers"


class StandIn:
    """Counts orders, tells their addresses, and names its account by a hash that may change."""

    now_at = datetime(2026, 3, 2, 15, tzinfo=UTC)

    def __init__(self) -> None:
        self.orders = 100
        self.rotation = 0

    def account_of(self, request: Request) -> str | None:
        return "ira" if "/accounts/" in request.path else None

    def ask(self, request: Request, line: RequestLine | None = None, *, lag: Lag | None = None) -> Answer:
        if request.method == "GET":
            return Answer(body=[{"hashValue": f"HASH{self.rotation}"}])
        self.orders += 1
        return Answer(status=201, headers={"Location": f"http://127.0.0.1:1{PATH}/{self.orders}"})

    def rotate_hashes(self) -> None:
        self.rotation += 1


@contextmanager
def standing_in(*faults: Fault) -> Iterator[tuple[Plain, FaultPlan, StandIn]]:
    """A customer of the stand-in, the plan over it, and itself."""
    plan, broker = FaultPlan(*faults), StandIn()
    plan.begin(broker)
    server = LoopbackServer(
        0, lambda request: plan.answer(request, RequestLine(method=request.method, path=request.path))
    )
    server.start()
    try:
        yield Plain(f"http://127.0.0.1:{server.server_port}"), plan, broker
    finally:
        plan.end()
        server.stop()


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (locations.missing, None),
        (locations.relative, f"{PATH}/102"),
        (locations.foreign, f"https://orders.example.com{PATH}/102"),
        (locations.of_another_order, f"http://127.0.0.1:1{PATH}/101"),
    ],
)
def test_a_location_misleads(change: Any, seen: str | None) -> None:  # noqa: ANN401 - a plain callable
    with standing_in(changed(ROUTE, change, times=Nth(2))) as (customer, _, broker):
        assert customer.ask("POST", PATH, {}).location == f"http://127.0.0.1:1{PATH}/101"
        assert customer.ask("POST", PATH, {}) == Seen(status=201, location=seen)
        assert broker.orders == 102


def test_when_there_is_no_other_order_the_next_number_is_told() -> None:
    with standing_in(changed(ROUTE, locations.of_another_order)) as (customer, _, _):
        assert customer.ask("POST", PATH, {}).location == f"http://127.0.0.1:1{PATH}/102"


@pytest.mark.parametrize("change", [locations.relative, locations.foreign, locations.of_another_order])
def test_an_answer_without_a_location_is_left_alone(change: Any) -> None:  # noqa: ANN401 - a plain callable
    with standing_in(changed(Route.prefix("GET", "/trader/"), change)) as (customer, _, _):
        assert customer.get(NUMBERS).location is None


def test_an_empty_answer_that_breaks_off_loses_its_location() -> None:
    with standing_in(dropped(ROUTE, applied=True, where=HangUp.IN_BODY)) as (customer, _, broker):
        assert customer.ask("POST", PATH, {}) == Seen(status=201)
        assert broker.orders == 101


def test_hashes_rotate_between_two_calls() -> None:
    with standing_in(rotated(Route.exact("GET", NUMBERS), times=Nth(1))) as (customer, plan, _):
        assert [customer.get(NUMBERS).json[0]["hashValue"] for _ in range(3)] == ["HASH0", "HASH1", "HASH1"]
        assert plan.count("rotated") == 1


def test_the_log_tells_which_account_was_met() -> None:
    with standing_in(rotated(Route.exact("GET", NUMBERS, account="ira"))) as (customer, plan, broker):
        customer.get(NUMBERS)
        (fired,) = plan.fired

        assert (fired.account, fired.path, fired.number, fired.at) == ("ira", NUMBERS, 1, broker.now_at)
