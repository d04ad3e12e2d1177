"""The machine's clock is aware and in UTC; a simulated broker's is read off its answers."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from adapters.clock import DateClock, SystemClock
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from bot.domain.errors import TryLater

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_the_machines_clock_is_aware_utc_and_never_runs_back() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.wait(0)

    assert before.tzinfo is UTC
    assert clock.now() >= before


def test_a_simulated_broker_s_time_is_known_without_a_login() -> None:
    market = Market(start_at=NOON, assets=(Asset(symbol="VTI"),), prices={"VTI": PricePath.flat("250")})
    with SimulatedBroker(market=market) as broker:
        clock = DateClock(broker.url)
        before, steady = clock.now(), clock.steady()
        broker.advance(timedelta(hours=3))
        clock.wait(60)

        assert (before, clock.now()) == (NOON, NOON + timedelta(hours=3))
        assert clock.steady() - steady == timedelta(hours=3)


def test_a_broker_that_is_not_there_tells_no_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    with pytest.raises(TryLater, match="Nothing that tells the time"):
        DateClock(f"http://127.0.0.1:{port}").now()
