"""The wire itself: headers, limits, nonsense, silence."""

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import small_market, two_accounts
from tests.adapters.simulator.customer import Customer


def test_every_answer_is_marked_as_simulated_and_dated_by_the_virtual_clock(one: Customer) -> None:
    for path in ("/v2/account", "/v2/orders/fake_id", "/nowhere"):
        headers = one.send("GET", path).headers
        assert headers["X-Broker-Sim"] == "rebaloop"
        assert headers["Date"] == "Mon, 02 Mar 2026 15:00:00 GMT"
        assert headers["X-RateLimit-Limit"] == "200"
        assert int(headers["X-RateLimit-Remaining"]) > 0
        assert headers["X-RateLimit-Reset"] == "1772463660"


@pytest.mark.parametrize("path", ["/v2/nowhere", "/", "/v1/account", "/v2/orders/a/b"])
def test_an_unknown_path_is_answered_in_json(one: Customer, path: str) -> None:
    reply = one.send("GET", path)
    assert (reply.status, reply.body) == (404, {"code": 40410000, "message": "endpoint not found."})


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_a_bad_request(one: Customer, content: bytes) -> None:
    reply = one.send("POST", "/v2/orders", content)
    assert (reply.status, reply.body["code"]) == (400, 40010000)


def test_a_limit_counts_per_account_until_the_virtual_minute_is_over() -> None:
    with SimulatedBroker(market=small_market(), accounts=two_accounts(), requests_per_minute=2) as sim:
        one, two = Customer(sim.url), Customer(sim.url, "PKTWO", "second secret")
        assert [one.call("GET", "/v2/clock").status for _ in range(3)] == [200, 200, 429]
        assert one.call("GET", "/v2/clock").headers["X-RateLimit-Remaining"] == "0"
        assert two.call("GET", "/v2/clock").status == 200
        sim.advance(timedelta(minutes=1))
        assert one.call("GET", "/v2/clock").status == 200


def test_the_request_log_counts_and_keeps_no_secrets(sim: SimulatedBroker, one: Customer) -> None:
    one.place("buy", "VTI", qty="1", limit_price="50")
    one.get("/v2/orders", status="all")
    Customer(sim.url, "PKONE", "wrong").call("GET", "/v2/account")
    assert [(r.method, r.path, r.account, r.status) for r in sim.requests] == [
        ("POST", "/v2/orders", "one", 200),
        ("GET", "/v2/orders", "one", 200),
        ("GET", "/v2/account", None, 401),
    ]
    assert "secret" not in repr(sim.requests) + repr(two_accounts())


def test_one_connection_serves_many_requests(sim: SimulatedBroker, one: Customer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(sim.url.rsplit(":", 1)[1]))
    try:
        for _ in range(3):
            connection.request("GET", "/v2/clock", headers=one.headers)
            kept = connection.sock
            assert connection.getresponse().read()
            assert connection.sock is kept
    finally:
        connection.close()


def test_customers_at_the_same_time_share_the_books_without_loss(sim: SimulatedBroker, one: Customer) -> None:
    def buy(_: int) -> int:
        return Customer(sim.url).order("buy", "BND", qty="1", limit_price="80").status

    with ThreadPoolExecutor(8) as customers:
        assert set(customers.map(buy, range(40))) == {200}
    assert one.get("/v2/positions/BND")["qty"] == "40"
    assert one.get("/v2/account")["cash"] == "2199.85"


def test_nonsense_and_sudden_ends_leave_the_server_alive_and_silent(
    sim: SimulatedBroker, one: Customer, capfd: pytest.CaptureFixture[str]
) -> None:
    port = int(sim.url.rsplit(":", 1)[1])
    for start in (b"GET /v2/acc", b"BREW /tea HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b"POST /v2/orders HTTP/1.1\r\n"):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(start)
    assert one.get("/v2/clock")
    assert capfd.readouterr() == ("", "")


def test_a_fault_inside_is_a_plain_500_and_is_kept_for_the_owner() -> None:
    with SimulatedBroker(market=small_market(), accounts=two_accounts()) as sim:
        sim.market.assets.pop("VTI")
        reply = Customer(sim.url).send("GET", "/v2/positions")
        assert (reply.status, reply.body["message"]) == (500, "internal server error occurred")
        assert [type(failure) for failure in sim.failures] == [KeyError]


def test_only_the_loopback_is_bound_and_the_port_is_freed(sim: SimulatedBroker) -> None:
    assert sim.url.startswith("http://127.0.0.1:")
    with SimulatedBroker(market=small_market(), accounts=two_accounts()) as other:
        port = int(other.url.rsplit(":", 1)[1])
    with pytest.raises(RuntimeError, match="not running"):
        _ = other.url
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
