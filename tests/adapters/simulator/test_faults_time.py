"""Answers that take their time, and requests that reach the broker long after the customer has given up."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.simulator.faults import broken
from adapters.simulator.faults.kinds import answered, delayed, late
from adapters.simulator.faults.route import First, Nth, Route
from adapters.simulator.server import SimulatedBroker
from bot.domain.orders import Answer
from tests.adapters.simulator.faulty import INTENT, POST, adapter, faulty, held, posts
from tests.adapters.simulator.plain import SHORT, Plain, Seen

LONG = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something becomes true while other threads go on."""
    pause = threading.Event()
    return any(condition() or pause.wait(SHORT.total_seconds() / 10) for _ in range(2000))


def impatient_submission(sim: SimulatedBroker) -> Answer:
    """What our adapter makes of an order whose answer it does not wait for."""
    broker = adapter(sim, SHORT)
    broker._identity = sim.books["PKONE"].account_id
    return broker.submit(INTENT).answer


def test_before_the_broker_is_asked_nothing_is_done_while_the_customer_gives_up() -> None:
    with faulty(delayed(POST, wait=LONG)) as sim:
        assert Plain(sim.url).buy(patience=SHORT) == Seen(trouble="TimeoutError")
        assert eventually(lambda: posts(sim) == (1, 0))
        assert held(sim) == 0

        sim.faults.release()
        assert eventually(lambda: posts(sim) == (1, 1))
        assert held(sim) == 1


def test_between_doing_and_answering_the_order_is_there_while_the_customer_gives_up() -> None:
    with faulty(delayed(POST, hold=LONG)) as sim:
        assert Plain(sim.url).buy(patience=SHORT) == Seen(trouble="TimeoutError")
        assert eventually(lambda: posts(sim) == (1, 1))
        assert (held(sim), sim.requests[0].status) == (1, 0)


def test_our_adapter_gives_up_waiting_and_finds_the_order_later() -> None:
    with faulty(delayed(POST, hold=LONG)) as sim:
        assert impatient_submission(sim) is Answer.UNKNOWN
        assert eventually(lambda: held(sim) == 1)
        assert adapter(sim).find(INTENT) is not None


def test_a_customer_who_waits_gets_the_brokers_own_answer() -> None:
    with faulty(delayed(POST, wait=SHORT / 30, hold=SHORT / 30)) as sim:
        assert Plain(sim.url).buy().json["client_order_id"] == "c1"
        assert sim.faults.count("delayed") == 1


def test_others_are_served_while_one_waits() -> None:
    with faulty(delayed(POST, wait=LONG)) as sim:
        Plain(sim.url).buy(patience=SHORT)

        assert Plain(sim.url).get("/v2/clock").status == 200
        sim.advance(MINUTE)


def test_what_waits_when_the_broker_shuts_is_never_done() -> None:
    with faulty(delayed(POST, wait=LONG, times=Nth(1)), late(POST, times=Nth(2))) as sim:
        Plain(sim.url).buy("c1", patience=SHORT)
        Plain(sim.url).buy("c2")
        assert eventually(lambda: len(sim.requests) == 2)
    assert sim.faults.release() == 0
    assert (held(sim), posts(sim)) == (0, (2, 0))


def test_a_late_request_reaches_the_broker_when_its_time_has_come() -> None:
    with faulty(late(POST, after=5 * MINUTE)) as sim:
        placed_at = sim.now_at
        assert Plain(sim.url).buy() == Seen(trouble="RemoteDisconnected")
        sim.advance(4 * MINUTE)
        assert (held(sim), posts(sim), sim.faults.waiting) == (0, (1, 0), 1)

        sim.advance(6 * MINUTE)
        (order,) = sim.books["PKONE"].orders.values()
        assert (order.submitted_at, sim.now_at) == (placed_at + 5 * MINUTE, placed_at + 10 * MINUTE)
        assert (posts(sim), sim.faults.waiting) == ((1, 1), 0)


def test_late_requests_arrive_in_the_order_in_which_they_are_due() -> None:
    with faulty(late(POST, after=9 * MINUTE, times=Nth(1)), late(POST, after=MINUTE, times=Nth(2))) as sim:
        Plain(sim.url).buy("slow")
        Plain(sim.url).buy("quick")
        sim.advance(timedelta(days=1))

        assert [order.client_order_id for order in sim.books["PKONE"].orders.values()] == ["quick", "slow"]


def test_a_late_request_without_a_time_waits_for_the_lever() -> None:
    with faulty(late(POST)) as sim:
        Plain(sim.url).buy()
        sim.advance(timedelta(days=3))
        assert held(sim) == 0

        assert sim.faults.release() == 1
        assert (held(sim), posts(sim)) == (1, (1, 1))


def test_of_two_latenesses_the_one_without_a_time_wins() -> None:
    with faulty(late(POST, after=MINUTE), late(POST)) as sim:
        Plain(sim.url).buy()
        sim.advance(2 * MINUTE)

        assert (held(sim), sim.faults.release(), held(sim)) == (0, 1, 1)


def test_the_customer_of_a_late_request_sees_what_the_fault_says() -> None:
    with faulty(late(POST, answer=broken.UPSTREAM_TIMEOUT)) as sim:
        seen = Plain(sim.url).buy()

        assert (seen.status, seen.content) == (504, b"upstream request timeout")
        assert (sim.requests[0].status, sim.requests[0].broker_status) == (504, None)


def test_the_customer_of_a_late_request_may_wait_in_vain() -> None:
    with faulty(late(POST, hold=LONG)) as sim:
        assert impatient_submission(sim) is Answer.UNKNOWN
        assert eventually(lambda: sim.faults.waiting == 1)
        assert adapter(sim).find(INTENT) is None


def test_a_key_makes_a_late_order_harmless() -> None:
    with faulty(late(POST, times=First(1))) as sim:
        broker = adapter(sim)
        assert (broker.submit(INTENT).answer, broker.find(INTENT)) == (Answer.UNKNOWN, None)
        assert broker.submit(INTENT).answer is Answer.ACCEPTED
        sim.faults.release()

        assert (held(sim), posts(sim)) == (1, (2, 1))
        assert [line.broker_status for line in sim.requests if line.method == "POST"] == [422, 200]


@pytest.mark.parametrize("order", [0, 1])
def test_an_answer_from_somebody_else_wins_over_lateness(order: int) -> None:
    faults = [late(POST), answered(POST, broken.BAD_GATEWAY)]
    with faulty(*faults[order:], *faults[:order]) as sim:
        Plain(sim.url).buy()

        assert (sim.faults.release(), held(sim)) == (0, 0)
        assert (sim.faults.count("late"), sim.faults.count("answered")) == (1, 1)


def test_a_late_cancellation_cancels_late() -> None:
    with faulty(late(Route.prefix("DELETE", "/v2/orders/"), after=MINUTE)) as sim:
        placed = Plain(sim.url).buy().json["id"]
        Plain(sim.url).ask("DELETE", f"/v2/orders/{placed}")
        assert Plain(sim.url).get(f"/v2/orders/{placed}").json["status"] == "new"
        sim.advance(MINUTE)

        assert Plain(sim.url).get(f"/v2/orders/{placed}").json["status"] == "canceled"
