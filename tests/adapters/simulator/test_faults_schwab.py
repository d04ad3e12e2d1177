"""The same faults over Schwab's routes: order addresses, lagging lists, lost tokens and hashes that change."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from adapters.simulator.faults import broken, locations, pages
from adapters.simulator.faults.fault import Fault
from adapters.simulator.faults.kinds import answered, changed, dropped, late, rotated, spoiled, stale
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.faults.route import Nth, Route
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import small_market
from tests.adapters.simulator.faulty import posts
from tests.adapters.simulator.plain import Plain, Seen

NUMBER = "12345678"
BACK = "https://127.0.0.1/back"
TOKEN = Route.exact("POST", "/v1/oauth/token")
ORDER = {
    "orderType": "LIMIT",
    "session": "NORMAL",
    "duration": "DAY",
    "price": "50.00",
    "orderStrategyType": "SINGLE",
    "orderLegCollection": [
        {"instruction": "BUY", "quantity": 1, "instrument": {"symbol": "VTI", "assetType": "EQUITY"}}
    ],
}


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Somebody who has logged in, on a simulated Schwab."""

    sim: SimulatedBroker
    plain: Plain

    @property
    def path(self) -> str:
        """The orders of the account, by the hash as of now."""
        return f"/trader/v1/accounts/{self.sim.account_hash(NUMBER)}/orders"

    def place(self) -> Seen:
        return self.plain.ask("POST", self.path, ORDER)

    def listed(self) -> list[str]:
        """The ids in the list of orders."""
        day = {"fromEnteredTime": "2026-03-01T00:00:00.000Z", "toEnteredTime": "2026-03-04T00:00:00.000Z"}
        return [str(row["orderId"]) for row in self.plain.get(self.path, **day).json]

    @property
    def booked(self) -> list[str]:
        """The ids in the books."""
        return list(self.sim.books[NUMBER].orders)

    def ask_for_token(self) -> Seen:
        code = parse_qs(urlsplit(self.sim.schwab_login("owner")).query)["code"][0]
        form = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK})
        basic = base64.b64encode(b"app:app-secret").decode()
        return Plain(self.sim.url, headers={"Authorization": f"Basic {basic}"}).ask("POST", "/v1/oauth/token", form)


@contextmanager
def owner(*faults: Fault) -> Iterator[Owner]:
    """Logged in before the first fault."""
    account = SchwabAccount(name="ira", number=NUMBER, cash=Decimal(5000))
    login = SchwabLogin(name="owner", app_key="app", app_secret="app-secret", callback_url=BACK, accounts=(account,))
    plan = FaultPlan()
    with SimulatedBroker(market=small_market(), schwab_logins=(login,), faults=plan) as sim:
        token = Owner(sim=sim, plain=Plain(sim.url)).ask_for_token().json["access_token"]
        plan.add(*faults)
        sim.requests.clear()
        yield Owner(sim=sim, plain=Plain(sim.url, headers={"Authorization": f"Bearer {token}"}))
    assert sim.failures == []


def address(seen: Seen) -> str:
    """What an address names, last."""
    assert seen.location is not None
    return seen.location.rpartition("/")[2]


@pytest.mark.parametrize(
    ("change", "begins"),
    [(locations.relative, "/trader/v1/"), (locations.foreign, "https://orders.example.com/trader/v1/")],
)
def test_an_address_is_written_in_another_way(change: Any, begins: str) -> None:  # noqa: ANN401 - a plain callable
    with owner(changed(Route.orders(), change)) as customer:
        seen = customer.place()

        assert (seen.location or "").startswith(begins)
        assert (seen.status, [address(seen)]) == (201, customer.booked)


def test_an_address_names_the_order_before() -> None:
    with owner(changed(Route.orders(), locations.of_another_order, times=Nth(2))) as customer:
        named = [address(customer.place()) for _ in range(2)]

        assert named == [customer.booked[0]] * 2
        assert len(customer.booked) == 2


def test_an_address_is_missing() -> None:
    with owner(changed(Route.orders(), locations.missing)) as customer:
        assert customer.place() == Seen(status=201)
        assert (len(customer.booked), posts(customer.sim)) == (1, (1, 1))


@pytest.mark.parametrize(
    ("fault", "applied", "status"),
    [
        (dropped(Route.orders(), applied=False), 0, 0),
        (dropped(Route.orders(), applied=True), 1, 0),
        (answered(Route.orders(), broken.UPSTREAM_TIMEOUT), 0, 504),
        (spoiled(Route.orders(), broken.INTERNAL_ERROR), 1, 500),
    ],
)
def test_an_order_fails_before_or_after_it_is_booked(fault: Fault, applied: int, status: int) -> None:
    with owner(fault) as customer:
        assert customer.place().status == status
        assert (len(customer.booked), posts(customer.sim)) == (applied, (1, applied))


def test_an_order_arrives_late() -> None:
    with owner(late(Route.orders(), after=timedelta(minutes=5))) as customer:
        customer.place()
        assert customer.listed() == []
        customer.sim.advance(timedelta(minutes=5))

        assert customer.listed() == customer.booked != []


def test_an_order_that_arrives_after_its_access_has_ended_is_refused() -> None:
    with owner(late(Route.orders(), after=timedelta(hours=1))) as customer:
        customer.place()
        customer.sim.advance(timedelta(hours=1))

        assert (customer.booked, customer.sim.requests[0].broker_status) == ([], 401)


def test_the_list_of_orders_lags() -> None:
    with owner(stale(Route.orders("GET"), writes=1, times=Nth(1))) as customer:
        customer.place()

        assert (customer.listed(), customer.listed()) == ([], customer.booked)


def test_the_list_of_orders_comes_twice() -> None:
    with owner(changed(Route.orders("GET"), pages.doubled)) as customer:
        customer.place()

        assert customer.listed() == customer.booked * 2


def test_the_token_office_denies_access_for_a_while() -> None:
    with owner(answered(TOKEN, broken.ACCESS_DENIED, times=Nth(1))) as customer:
        seen = [customer.ask_for_token() for _ in range(2)]

        assert [(answer.status, answer.kind) for answer in seen] == [(403, "text/html"), (200, seen[1].kind)]


def test_a_hash_changes_between_two_calls() -> None:
    numbers = "/trader/v1/accounts/accountNumbers"
    with owner(rotated(Route.exact("GET", numbers), times=Nth(1))) as customer:
        old, new = (customer.plain.get(numbers).json[0]["hashValue"] for _ in range(2))

        assert (old != new, new) == (True, customer.sim.account_hash(NUMBER))
        assert customer.plain.ask("POST", f"/trader/v1/accounts/{old}/orders", ORDER).status >= 400
        assert customer.booked == []


def test_the_account_of_a_path_may_be_the_only_one_that_fails() -> None:
    with owner(answered(Route.orders("*", account="other"), broken.BAD_GATEWAY)) as customer:
        assert customer.place().status == 201
        customer.sim.faults.add(answered(Route.orders("*", account="ira"), broken.BAD_GATEWAY))
        assert customer.place().status == 502


def test_the_log_of_faults_keeps_neither_numbers_nor_hashes() -> None:
    with owner(spoiled(Route.orders(), broken.INTERNAL_ERROR)) as customer:
        customer.place()
        log = repr(customer.sim.faults.fired) + repr(customer.sim.requests)

        assert "/accounts/ira/orders" in log
        assert NUMBER not in log
        assert customer.sim.account_hash(NUMBER) not in log
