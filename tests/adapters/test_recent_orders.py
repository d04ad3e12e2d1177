"""The orders that a program placed lately are told apart from what a person typed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.statement.broker import StatementBroker
from adapters.clock import BrokerClock
from adapters.simulator.books.account import SimulatedAccount
from adapters.simulator.market.exchange import Asset, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from bot.domain.errors import Reconcile
from bot.domain.plan import Environment
from tests.adapters.test_schwab_orders_over_http import BUY, access_to, opened, simulated
from tests.fakes.broker import FakeBroker

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEYS = {"APCA-API-KEY-ID": "PKMADEUP", "APCA-API-SECRET-KEY": "made-up"}


@pytest.fixture
def sim() -> Iterator[SimulatedBroker]:
    market = Market(start_at=MONDAY, assets=(Asset(symbol="VTI"),), prices={"VTI": PricePath.flat("250")})
    account = SimulatedAccount(name="ira", key_id="PKMADEUP", secret_key="made-up", cash=Decimal(5000))
    with SimulatedBroker(market=market, accounts=(account,)) as broker:
        yield broker
        assert not broker.failures


def alpaca(sim: SimulatedBroker) -> AlpacaBroker:
    return AlpacaBroker(
        account="ira",
        key_id="PKMADEUP",
        secret_key="made-up",
        trading_url=sim.url,
        data_url=sim.url,
        environment=Environment.PAPER,
    )


def test_our_orders_are_known_by_their_client_ids(sim: SimulatedBroker) -> None:
    broker = alpaca(sim)
    by_hand = {"symbol": "VTI", "qty": "1", "side": "buy", "type": "market", "time_in_force": "day"}
    requests.post(f"{sim.url}/v2/orders", json=by_hand, headers=KEYS, timeout=10).raise_for_status()
    broker.submit(BUY)

    assert [order.client_order_id for order in broker.recent("ira")] == [BUY.client_order_id]


def test_what_is_older_than_two_days_is_not_recent(sim: SimulatedBroker) -> None:
    broker = alpaca(sim)
    broker.submit(BUY)
    sim.advance_to(datetime(2026, 3, 5, 15, 0, tzinfo=UTC))

    assert broker.recent("ira") == ()


def test_a_broker_without_client_ids_marks_what_a_program_placed(tmp_path: Path) -> None:
    with simulated() as sim:
        broker = opened(access_to(sim, tmp_path))
        receipt = broker.submit(BUY)

        assert [order.broker_id for order in broker.recent("ira")] == [receipt.broker_id]
        assert broker.recent("taxable") == ()


def test_nothing_was_ever_sent_to_a_file(tmp_path: Path) -> None:
    broker = StatementBroker(account="ira", path=tmp_path / "ira.csv", clock=BrokerClock(FakeBroker(cash={})))

    assert broker.recent("ira") == ()
    with pytest.raises(Reconcile, match="not kept here"):
        broker.recent("roth")
