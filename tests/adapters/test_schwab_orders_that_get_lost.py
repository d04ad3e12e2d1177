"""An order whose receipt got lost, or names another one, is found again by its shape, and is never sent twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.brokers.schwab.broker import SchwabBroker
from adapters.simulator.faults import broken, locations
from adapters.simulator.faults.fault import Fault
from adapters.simulator.faults.kinds import answered, changed, dropped, spoiled
from adapters.simulator.faults.route import Route
from adapters.simulator.server import SimulatedBroker
from bot.domain.money import Shares
from bot.domain.orders import Answer, Intent
from tests.adapters.test_schwab_orders_over_http import IRA, WAITING, access_to, opened, posts, simulated

Pair = tuple[SimulatedBroker, SchwabBroker]
ORDERS = Route.orders()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    folder = tmp_path / "tokens"
    folder.mkdir(mode=0o700)
    with simulated() as sim:
        yield sim, opened(access_to(sim, folder))


def booked(sim: SimulatedBroker) -> list[str]:
    return list(sim.books[IRA].orders)


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (changed(ORDERS, locations.relative), Answer.ACCEPTED),
        (changed(ORDERS, locations.foreign), Answer.ACCEPTED),
        (changed(ORDERS, locations.missing), Answer.UNKNOWN),
        (changed(ORDERS, locations.of_another_order), Answer.ACCEPTED),
        (dropped(ORDERS, applied=True), Answer.UNKNOWN),
        (spoiled(ORDERS, broken.INTERNAL_ERROR), Answer.UNKNOWN),
        (spoiled(ORDERS, broken.UPSTREAM_TIMEOUT), Answer.UNKNOWN),
    ],
    ids=["relative", "foreign", "missing", "another", "dropped", "500", "timeout"],
)
@pytest.mark.parametrize("earlier", [WAITING, replace(WAITING, quantity=Shares.of(2))], ids=["alike", "different"])
def test_an_order_that_was_booked_is_found_whatever_its_receipt_says(
    pair: Pair, fault: Fault, answer: Answer, earlier: Intent
) -> None:
    sim, broker = pair
    broker.submit(earlier)
    intent = replace(WAITING, line=2, baseline=broker.order_ids("ira"))
    sim.faults.add(fault)
    submission = broker.submit(intent)
    found = broker.find(intent, submission.broker_id)

    assert submission.answer is answer
    assert found is not None
    assert found.broker_id == booked(sim)[-1]
    assert posts(sim) == 2


@pytest.mark.parametrize(
    "fault", [dropped(ORDERS, applied=False), answered(ORDERS, broken.UPSTREAM_TIMEOUT)], ids=["dropped", "timeout"]
)
def test_an_order_that_was_never_booked_is_not_found_although_its_like_was_there_before(
    pair: Pair, fault: Fault
) -> None:
    sim, broker = pair
    broker.submit(WAITING)
    intent = replace(WAITING, line=2, baseline=broker.order_ids("ira"))
    sim.faults.add(fault)
    submission = broker.submit(intent)

    assert submission.answer is Answer.UNKNOWN
    assert broker.find(intent, submission.broker_id) is None
    assert posts(sim) == 2
