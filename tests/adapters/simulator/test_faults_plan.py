"""Which requests a plan meets, how its faults add up, and plans drawn by a seed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.simulator.faults import broken
from adapters.simulator.faults.kinds import answered, dropped, mangled, spoiled, stale
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.faults.route import Chance, Every, First, Nth, Route, Times
from adapters.simulator.faults.weather import CATALOGUE
from adapters.simulator.wire import Request
from tests.adapters.simulator.faulty import ORDERS, POST, faulty, held, posts
from tests.adapters.simulator.plain import Plain

CLOCK = Route.exact("GET", "/v2/clock")


def request(method: str, path: str) -> Request:
    return Request(method=method, path=path, query={}, headers={})


@pytest.mark.parametrize(
    ("route", "method", "path", "met"),
    [
        (Route.exact("GET", "/v2/orders"), "GET", "/v2/orders", True),
        (Route.exact("GET", "/v2/orders"), "POST", "/v2/orders", False),
        (Route.exact("*", "/v2/orders"), "POST", "/v2/orders", True),
        (Route.exact("GET", "/v2/orders"), "GET", "/v2/orders/1", False),
        (Route.exact("GET", "/v2.orders"), "GET", "/v2/orders", False),
        (Route.prefix("GET", "/v2/orders/"), "GET", "/v2/orders/1", True),
        (Route.prefix("GET", "/v2/orders/"), "GET", "/v2/orders", False),
        (Route.regex("GET", r"/v2/(orders|positions)"), "GET", "/v2/positions", True),
        (Route.regex("GET", r"/v2/(orders|positions)"), "GET", "/v2/positions/VTI", False),
        (Route.orders(), "POST", "/v2/orders", True),
        (Route.orders(), "POST", "/trader/v1/accounts/AB12/orders", True),
        (Route.orders(), "POST", "/trader/v1/accounts/AB12/previewOrder", False),
        (Route.orders("GET"), "GET", "/trader/v1/accounts/AB12/orders/7", False),
    ],
)
def test_a_route_is_a_method_and_a_whole_path(route: Route, method: str, path: str, met: bool) -> None:
    assert route.matches(request(method, path), None) == met


@pytest.mark.parametrize(("account", "met"), [("one", True), ("two", False), (None, False)])
def test_a_route_may_be_that_of_one_account(account: str | None, met: bool) -> None:
    assert Route.exact("GET", "/v2/clock", account="one").matches(request("GET", "/v2/clock"), account) == met


@pytest.mark.parametrize(
    ("times", "met"),
    [(Every(), [1, 2, 3, 4, 5, 6]), (Every(3), [3, 6]), (Nth(2), [2]), (First(2), [1, 2]), (First(0), [])],
)
def test_a_fault_meets_some_of_its_requests(times: Times, met: list[int]) -> None:
    assert [number for number in range(1, 7) if times.meets(number)] == met


def test_chances_of_one_seed_share_the_draw() -> None:
    low, high = Chance(seed="s", low=0, high=400_000), Chance(seed="s", low=400_000, high=1_000_000)

    assert all(low.meets(number) != high.meets(number) for number in range(1, 200))
    assert 50 < sum(low.meets(number) for number in range(1, 201)) < 110


def test_each_fault_counts_its_own_requests() -> None:
    with faulty(
        answered(CLOCK, broken.BAD_GATEWAY, times=Nth(2), name="second"),
        answered(Route.prefix("GET", "/v2/"), broken.UNAVAILABLE, times=Nth(3), name="third"),
    ) as sim:
        paths = ["/v2/clock", "/v2/account", "/v2/orders", "/v2/clock"]
        assert [Plain(sim.url).get(path).status for path in paths] == [200, 200, 503, 502]
        assert [(fired.fault, fired.number, fired.path) for fired in sim.faults.fired] == [
            ("third", 3, "/v2/orders"),
            ("second", 2, "/v2/clock"),
        ]
        assert [line.fault for line in sim.requests] == ["", "", "third", "second"]


def test_one_account_meets_faults_while_the_other_trades_on() -> None:
    with faulty(answered(Route.exact("POST", "/v2/orders", account="two"), broken.BAD_GATEWAY)) as sim:
        assert [Plain(sim.url, key).buy().status for key in ("PKONE", "PKTWO")] == [200, 502]
        assert [(line.account, line.applied) for line in sim.requests] == [("one", True), ("two", False)]


def test_changes_follow_one_another_in_the_order_of_the_plan() -> None:
    with faulty(spoiled(POST, broken.INTERNAL_ERROR), mangled(POST, broken.emptied)) as sim:
        seen = Plain(sim.url).buy()

        assert (seen.status, seen.content, held(sim)) == (500, b"", 1)
        assert sim.requests[0].fault == "spoiled mangled"


def test_the_broker_is_not_asked_if_one_of_the_faults_says_so() -> None:
    with faulty(spoiled(POST, broken.INTERNAL_ERROR), dropped(POST, applied=False)) as sim:
        Plain(sim.url).buy()

        assert (held(sim), posts(sim)) == (0, (1, 0))


def test_faults_come_and_go_while_the_broker_runs() -> None:
    with faulty() as sim:
        statuses = [Plain(sim.url).get("/v2/clock").status]
        sim.faults.add(answered(CLOCK, broken.UNAVAILABLE))
        statuses.append(Plain(sim.url).get("/v2/clock").status)
        sim.faults.clear()
        statuses.append(Plain(sim.url).get("/v2/clock").status)

        assert statuses == [200, 503, 200]


def test_a_plan_that_was_cleared_forgets_the_past() -> None:
    with faulty(stale(ORDERS, writes=5)) as sim:
        Plain(sim.url).buy("c1")
        sim.faults.clear()
        sim.faults.add(stale(ORDERS, writes=5))

        assert len(Plain(sim.url).get("/v2/orders", status="all").json) == 1


def test_a_plan_lies_over_one_broker() -> None:
    plan = FaultPlan()
    with (
        faulty(plan=plan),
        pytest.raises(ValueError, match="one broker"),
        faulty(plan=plan),
    ):
        pass


def test_many_customers_at_once_meet_each_fault_as_often_as_it_says() -> None:
    plan = FaultPlan(
        answered(POST, broken.BAD_GATEWAY, times=Nth(7), name="once"), spoiled(POST, broken.UNAVAILABLE, times=Every(4))
    )
    with faulty(plan=plan) as sim, ThreadPoolExecutor(8) as customers:
        seen = Counter(customers.map(lambda n: Plain(sim.url).buy(f"c{n}").status, range(40)))

        assert seen == {502: 1, 503: 10, 200: 29}
        assert (plan.count("once"), plan.count("spoiled")) == (1, 10)
        assert (held(sim), posts(sim)) == (39, (40, 39))


RATES = {
    "order dropped": Decimal("0.2"),
    "order 500 after": Decimal("0.2"),
    "order late": Decimal("0.1"),
    "read 502": Decimal("0.3"),
}


def storm(seed: int) -> list[tuple[str, int, int | None]]:
    """A day of orders and reads in this weather."""
    with faulty(plan=FaultPlan.random(seed, RATES)) as sim:
        for number in range(30):
            Plain(sim.url).buy(f"c{number}")
            Plain(sim.url).get("/v2/orders")
        sim.advance(timedelta(hours=1))
        return [(line.fault, line.status, line.broker_status) for line in sim.requests]


def test_a_seed_makes_the_same_weather_again() -> None:
    assert storm(7) == storm(7) != storm(8)


def test_weather_meets_each_request_with_at_most_one_fault_of_its_route() -> None:
    met = Counter(fault for fault, _, _ in storm(7))

    assert set(met) == {"", *RATES}
    assert all(count > 0 for count in met.values())


@pytest.mark.parametrize(
    "rates",
    [
        {"order eaten": Decimal("0.1")},
        {"order 500": Decimal("-0.1")},
        {"order 500": Decimal("0.6"), "order 502": Decimal("0.5")},
    ],
)
def test_weather_that_cannot_be_is_refused(rates: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match=r"no such fault|between 0 and 1"):
        FaultPlan.random(1, rates)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_fault_of_the_catalogue_can_happen(name: str) -> None:
    with faulty(plan=FaultPlan.random(1, {name: Decimal(1)})) as sim:
        plain = Plain(sim.url)
        plain.buy("c1")
        plain.get("/v2/orders")
        plain.get("/v2/orders")
        plain.ask("POST", "/v1/oauth/token", {})

        assert sim.faults.count(name) > 0
