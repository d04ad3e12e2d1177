"""Lists that lag behind the books, and lists that repeat, skip or never end."""

from datetime import date, timedelta
from typing import Any

import pytest

from adapters.simulator.books.orders import OrderState
from adapters.simulator.faults import pages
from adapters.simulator.faults.kinds import changed, stale
from adapters.simulator.faults.route import Every, First, Nth, Route
from adapters.simulator.server import SimulatedBroker
from bot.domain.errors import Reconcile
from bot.domain.orders import Answer
from tests.adapters.simulator.faulty import INTENT, ORDERS, adapter, faulty
from tests.adapters.simulator.plain import Plain

ACTIVITIES = Route.exact("GET", "/v2/account/activities")
SECOND = timedelta(seconds=1)


def listed(sim: SimulatedBroker, key: str = "PKONE") -> list[str]:
    """The client ids of all orders in the list, oldest first."""
    rows = Plain(sim.url, key).get("/v2/orders", status="all", direction="asc").json
    return [row["client_order_id"] for row in rows]


@pytest.mark.parametrize(("writes", "seen"), [(1, ["c1", "c2"]), (2, ["c1"]), (3, []), (4, [])])
def test_a_list_lags_by_the_last_changes(writes: int, seen: list[str]) -> None:
    with faulty(stale(ORDERS, writes=writes)) as sim:
        for name in ("c1", "c2", "c3"):
            Plain(sim.url).buy(name)
            sim.advance(SECOND)

        assert listed(sim) == seen


def test_only_the_route_that_is_stale_lags() -> None:
    with faulty(stale(ORDERS, writes=1)) as sim:
        Plain(sim.url).buy("c1")

        assert listed(sim) == []
        assert Plain(sim.url).get("/v2/orders:by_client_order_id", client_order_id="c1").status == 200


def test_a_list_that_has_caught_up_shows_everything() -> None:
    with faulty(stale(ORDERS, writes=1, times=First(1))) as sim:
        Plain(sim.url).buy("c1")

        assert (listed(sim), listed(sim)) == ([], ["c1"])


def test_a_list_without_a_change_behind_it_is_up_to_date() -> None:
    with faulty(stale(ORDERS, writes=1), stale(ORDERS, age=SECOND)) as sim:
        assert listed(sim) == []


def test_the_list_of_one_account_may_lag_alone() -> None:
    with faulty(stale(Route.exact("GET", "/v2/orders", account="one"), writes=2)) as sim:
        Plain(sim.url, "PKONE").buy("first")
        Plain(sim.url, "PKTWO").buy("second")

        assert (listed(sim, "PKONE"), listed(sim, "PKTWO")) == ([], ["second"])


def test_a_refused_request_is_no_change() -> None:
    with faulty(stale(ORDERS, writes=1)) as sim:
        Plain(sim.url).buy("c1")
        assert Plain(sim.url).buy("c1").status == 422

        assert listed(sim) == []


def test_a_list_lags_by_virtual_time() -> None:
    with faulty(stale(ORDERS, age=10 * SECOND)) as sim:
        Plain(sim.url).buy("c1")
        assert listed(sim) == []
        sim.advance(9 * SECOND)
        assert listed(sim) == []
        sim.advance(SECOND)
        assert listed(sim) == ["c1"]


def test_a_list_lags_behind_what_time_brings_by_no_more_than_its_age() -> None:
    with faulty(stale(ACTIVITIES, age=timedelta(days=2))) as sim:
        for day in (3, 4, 5, 6):
            sim.deposit("PKONE", day, on=date(2026, 3, day))
        sim.advance(timedelta(days=4))

        rows = Plain(sim.url).get("/v2/account/activities").json
        assert [row["net_amount"] for row in rows] == ["4", "3"]
        assert len(sim.books["PKONE"].rows) == 4


def test_looking_at_the_past_changes_nothing_in_the_present() -> None:
    with faulty(stale(Route.exact("GET", "/v2/positions"), writes=1)) as sim:
        asked = {"symbol": "VTI", "side": "buy", "type": "market", "time_in_force": "day", "qty": "1"}
        for _ in range(2):
            Plain(sim.url).ask("POST", "/v2/orders", asked)
        (row,) = Plain(sim.url).get("/v2/positions").json
        states = [order.state for order in sim.books["PKONE"].orders.values()]

        assert (row["qty"], states) == ("11", [OrderState.ACCEPTED, OrderState.ACCEPTED])
        assert sim.books["PKONE"].lots("VTI").qty == 10


def test_looking_at_the_past_changes_nothing_in_the_past() -> None:
    with faulty(stale(Route.exact("GET", "/v2/positions"), writes=1)) as sim:
        asked = {"symbol": "VTI", "side": "buy", "type": "limit", "time_in_force": "day", "qty": "1"}
        for _ in range(2):
            Plain(sim.url).ask("POST", "/v2/orders", {**asked, "limit_price": "105"})
        seen = [Plain(sim.url).get("/v2/positions").json[0]["qty"]]
        sim.advance_to_next_open()  # at 110 the order before the last would not trade any more
        seen.append(Plain(sim.url).get("/v2/positions").json[0]["qty"])

        assert seen == ["11", "10"]


def test_a_lag_is_an_age_or_a_number_of_writes() -> None:
    with pytest.raises(ValueError, match="age or by a number"):
        stale(ORDERS)
    with pytest.raises(ValueError, match="age or by a number"):
        stale(ORDERS, age=SECOND, writes=1)


def test_a_fault_that_is_laid_later_remembers_from_then_on() -> None:
    with faulty() as sim:
        Plain(sim.url).buy("before")
        sim.faults.add(stale(ORDERS, writes=9))
        Plain(sim.url).buy("after")

        assert listed(sim) == ["before"]


def test_our_adapter_finds_by_key_what_a_lagging_list_does_not_show() -> None:
    with faulty(stale(ORDERS, writes=1)) as sim:
        broker = adapter(sim)
        assert broker.submit(INTENT).answer is Answer.ACCEPTED
        assert broker.read("one").open_orders == ()
        assert broker.find(INTENT) is not None


def entries(sim: SimulatedBroker, count: int) -> None:
    """Deposits of one dollar, two dollars, and so on."""
    for dollars in range(1, count + 1):
        sim.deposit("PKONE", dollars)


def read_in_pages(sim: SimulatedBroker, most: int) -> list[list[int]]:
    """The dollars on each page of two, as a customer reads who stops at the first page that is not full."""
    found: list[list[int]] = []
    query: dict[str, Any] = {"direction": "asc", "page_size": 2}
    while len(found) < most:
        rows = Plain(sim.url).get("/v2/account/activities", **query).json
        found.append([int(row["net_amount"]) for row in rows])
        if len(rows) < 2:
            break
        query["page_token"] = rows[-1]["id"]
    return found


@pytest.mark.parametrize(
    ("change", "times", "seen"),
    [
        (pages.doubled, Nth(2), [[1, 2], [3, 4, 3, 4], [5]]),
        (pages.shortened, Nth(2), [[1, 2], [3]]),
        (pages.skipped, Nth(2), [[1, 2], [5]]),
        (pages.skipped, Nth(3), [[1, 2], [3, 4], []]),
        (pages.repeated, Nth(2), [[1, 2], [1, 2], [3, 4], [5]]),
        (pages.looping, Every(), [[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]]),
    ],
)
def test_pages_go_astray(change: Any, times: Any, seen: list[list[int]]) -> None:  # noqa: ANN401 - two families of plain callables
    with faulty(changed(ACTIVITIES, change, times=times)) as sim:
        entries(sim, 5)

        assert read_in_pages(sim, 5) == seen
        assert sim.faults.count("changed") > 0


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (pages.doubled, ["VTI", "VTI"]),
        (pages.shortened, []),
        (pages.skipped, []),
        (pages.repeated, ["VTI"]),
        (pages.looping, ["VTI"]),
    ],
)
def test_a_list_of_one_page_goes_astray(change: Any, seen: list[str]) -> None:  # noqa: ANN401 - any change
    with faulty(changed(Route.exact("GET", "/v2/positions"), change)) as sim:
        assert [row["symbol"] for row in Plain(sim.url).get("/v2/positions").json] == seen


@pytest.mark.parametrize("change", [pages.doubled, pages.shortened, pages.skipped])
def test_what_is_no_list_is_left_alone(change: Any) -> None:  # noqa: ANN401 - any change
    with faulty(changed(Route.exact("GET", "/v2/account"), change)) as sim:
        assert Plain(sim.url).get("/v2/account").json["currency"] == "USD"


def test_our_adapter_counts_an_entry_once_that_comes_twice() -> None:
    with faulty(changed(ACTIVITIES, pages.doubled)) as sim:
        entries(sim, 150)

        assert len(adapter(sim).activities("one", date(2026, 1, 1))) == 150


@pytest.mark.parametrize("change", [pages.looping, pages.repeated])
def test_our_adapter_ends_when_a_page_brings_nothing_new(change: Any) -> None:  # noqa: ANN401 - any change
    with faulty(changed(ACTIVITIES, change)) as sim:
        entries(sim, 150)
        with pytest.raises(Reconcile, match="circle"):
            adapter(sim).activities("one", date(2026, 1, 1))
