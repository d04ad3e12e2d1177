"""A broken answer: what a plain customer and our adapter see of it, and what the books hold."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from adapters.simulator.faults import broken
from adapters.simulator.faults.fault import Fault
from adapters.simulator.faults.kinds import answered, dropped, mangled, spoiled
from adapters.simulator.faults.route import First, Nth, Route
from adapters.simulator.server import SimulatedBroker
from adapters.simulator.wire import Answer as WireAnswer, HangUp
from bot.domain.errors import TryLater
from bot.domain.orders import Answer
from tests.adapters.simulator.conftest import small_market
from tests.adapters.simulator.faulty import INTENT, POST, accounts, adapter, faulty, held, posts
from tests.adapters.simulator.plain import Plain, Seen

HTML, PLAIN, JSON = "text/html", "text/plain", "application/json; charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault on every order, and what comes of one."""

    fault: Fault
    applied: bool
    status: int = 0
    kind: str | None = None
    contains: bytes = b""
    trouble: str = ""


CASES = {
    "an error in JSON": Case(
        fault=answered(POST, broken.INTERNAL_ERROR),
        applied=False,
        status=500,
        kind=JSON,
        contains=b'{"message":"An unexpected error occurred"}',
    ),
    "a gateway's page": Case(
        fault=answered(POST, broken.BAD_GATEWAY), applied=False, status=502, kind=HTML, contains=b"Bad Gateway"
    ),
    "plain text": Case(
        fault=answered(POST, broken.UPSTREAM_TIMEOUT),
        applied=False,
        status=504,
        kind=PLAIN,
        contains=b"upstream request timeout",
    ),
    "access denied": Case(
        fault=answered(POST, broken.ACCESS_DENIED), applied=False, status=403, kind=HTML, contains=b"Access Denied"
    ),
    "nothing": Case(fault=answered(POST, broken.UNAVAILABLE), applied=False, status=503),
    "own words": Case(
        fault=answered(POST, WireAnswer(status=418, raw=b"\xff\x00", headers={"Content-Type": "x/y"})),
        applied=False,
        status=418,
        kind="x/y",
        contains=b"\xff\x00",
    ),
    "done, an error in JSON": Case(
        fault=spoiled(POST, broken.INTERNAL_ERROR), applied=True, status=500, kind=JSON, contains=b"unexpected"
    ),
    "done, a gateway's page": Case(
        fault=spoiled(POST, broken.BAD_GATEWAY), applied=True, status=502, kind=HTML, contains=b"Bad Gateway"
    ),
    "done, a time-out": Case(
        fault=spoiled(POST, broken.UPSTREAM_TIMEOUT), applied=True, status=504, kind=PLAIN, contains=b"upstream"
    ),
    "done, a login page": Case(
        fault=spoiled(POST, broken.LOGIN_PAGE), applied=True, status=200, kind=HTML, contains=b"Sign in"
    ),
    "done, half a text": Case(
        fault=mangled(POST, broken.truncated), applied=True, status=200, kind=JSON, contains=b'{"id":'
    ),
    "done, no text": Case(fault=mangled(POST, broken.emptied), applied=True, status=200),
    "done, more promised than sent": Case(
        fault=mangled(POST, broken.overlong),
        applied=True,
        status=200,
        kind=JSON,
        contains=b'{"id":',
        trouble="IncompleteRead",
    ),
    "done, less promised than sent": Case(
        fault=mangled(POST, broken.underlong), applied=True, status=200, kind=JSON, contains=b'{"id":'
    ),
    "dropped": Case(fault=dropped(POST, applied=False), applied=False, trouble="RemoteDisconnected"),
    "done, dropped": Case(fault=dropped(POST, applied=True), applied=True, trouble="RemoteDisconnected"),
    "done, cut in the content": Case(
        fault=dropped(POST, applied=True, where=HangUp.IN_BODY),
        applied=True,
        status=200,
        kind=JSON,
        contains=b'{"id":',
        trouble="IncompleteRead",
    ),
    "done, cut in the headers": Case(fault=mangled(POST, broken.cut_in_head), applied=True, status=200),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_plain_customer_sees_the_fault_and_the_books_tell_what_was_done(case: Case) -> None:
    with faulty(case.fault) as sim:
        seen = Plain(sim.url).buy()

        assert (seen.status, seen.kind, seen.trouble) == (case.status, case.kind, case.trouble)
        assert case.contains in seen.content
        assert (held(sim), posts(sim)) == (int(case.applied), (1, int(case.applied)))
        assert sim.faults.count(case.fault.name) == 1


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_our_adapter_sends_once_and_never_takes_a_fault_for_an_answer(case: Case) -> None:
    with faulty(case.fault) as sim:
        submission = adapter(sim).submit(INTENT)

        assert (submission.answer, posts(sim)) == (Answer.UNKNOWN, (1, int(case.applied)))
        assert held(sim) == int(case.applied)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_after_any_fault_our_adapter_finds_what_was_done(case: Case) -> None:
    with faulty(case.fault) as sim:
        broker = adapter(sim)
        broker.submit(INTENT)

        assert (broker.find(INTENT) is not None) == case.applied


@pytest.mark.parametrize("how", [broken.truncated, broken.overlong, broken.cut, broken.cut_in_head, broken.emptied])
def test_a_broken_read_is_a_reason_to_try_later(how: Callable[[WireAnswer], WireAnswer]) -> None:
    with faulty(mangled(Route.exact("GET", "/v2/positions"), how)) as sim, pytest.raises(TryLater):
        adapter(sim).read("one")


def test_our_adapter_reads_on_after_one_dropped_connection() -> None:
    with faulty(dropped(Route.exact("GET", "/v2/clock"), applied=False, times=First(1))) as sim:
        assert adapter(sim).market().at == sim.now_at
        assert [line.status for line in sim.requests] == [0, 200]


def test_one_fault_does_not_poison_the_requests_after_it() -> None:
    with faulty(mangled(POST, broken.underlong, times=Nth(1))) as sim:
        plain = Plain(sim.url)
        plain.buy("c1")

        assert plain.buy("c2").json["client_order_id"] == "c2"


def test_a_connection_is_closed_after_a_lie_about_its_length() -> None:
    with faulty(mangled(POST, broken.underlong)) as sim:
        connection = http.client.HTTPConnection("127.0.0.1", int(sim.url.rsplit(":", 1)[1]))
        connection.request("POST", "/v2/orders", b"{}")
        connection.getresponse().read()
        connection.request("GET", "/v2/clock")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            connection.getresponse()
        connection.close()


def test_any_function_may_change_an_answer() -> None:
    def for_another_order(answer: WireAnswer) -> WireAnswer:
        assert isinstance(answer.body, dict)
        return replace(answer, body={**answer.body, "id": "another", "client_order_id": "another"})

    with faulty(mangled(POST, for_another_order)) as sim:
        assert Plain(sim.url).buy().json["id"] == "another"
        assert adapter(sim).submit(INTENT).answer is Answer.UNKNOWN


def test_a_change_that_fails_itself_is_told_to_the_owner() -> None:
    def wrong(_: WireAnswer) -> WireAnswer:
        raise ZeroDivisionError

    with SimulatedBroker(market=small_market(), accounts=accounts()) as sim:
        sim.faults.add(mangled(POST, wrong))

        assert Plain(sim.url).buy().status == 500
        assert [type(failure) for failure in sim.failures] == [ZeroDivisionError]


def test_without_faults_the_answer_is_the_brokers_own() -> None:
    with faulty() as sim:
        seen = Plain(sim.url).buy()

        assert seen == Seen(status=200, content=seen.content, kind=JSON)
        assert sim.requests[0].fault == ""
