"""A small world for every test: three funds, two accounts, a Monday morning in March 2026."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.customer import Customer

MONDAY = date(2026, 3, 2)


def new_york(on: date, hour: int, minute: int = 0) -> datetime:
    """An aware instant by New York's wall clock."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=NEW_YORK)


def small_market() -> Market:
    """VTI steps from 100 to 110 on Tuesday and to 90 two weeks on, and pays 0.50; ODD trades in whole shares only."""
    return Market(
        start_at=new_york(MONDAY, 10),
        assets=(
            Asset(symbol="VTI", name="All stocks"),
            Asset(symbol="BND", exchange="NASDAQ"),
            Asset(symbol="ODD", fractionable=False),
        ),
        prices={
            "VTI": PricePath.scripted(
                [(date(2026, 2, 27), "99"), (MONDAY, "100"), (date(2026, 3, 3), "110"), (date(2026, 3, 16), "90")]
            ),
            "BND": PricePath.flat("70"),
            "ODD": PricePath.flat("10.005"),
        },
        dividends=(
            Dividend(
                symbol="VTI",
                per_share=Decimal("0.50"),
                ex_on=date(2026, 3, 5),
                record_on=date(2026, 3, 5),
                pay_on=date(2026, 3, 9),
            ),
        ),
    )


def two_accounts() -> tuple[SimulatedAccount, ...]:
    """A cash account with ten VTI, and a margin account with nothing but cash."""
    held = OpeningPosition(symbol="VTI", qty=Decimal(10), cost=Decimal(800), acquired_on=date(2024, 5, 1))
    return (
        SimulatedAccount(
            name="one",
            key_id="PKONE",
            secret_key="first secret",
            cash=Decimal("5000.25"),
            positions=(held,),
        ),
        SimulatedAccount(
            name="two",
            key_id="PKTWO",
            secret_key="second secret",
            cash=Decimal(10000),
            multiplier="2",
            day_trading_fields=True,
        ),
    )


@pytest.fixture
def sim() -> Iterator[SimulatedBroker]:
    """The broker, running; it must not have failed inside by the end."""
    with SimulatedBroker(market=small_market(), accounts=two_accounts()) as broker:
        yield broker
    assert broker.failures == []


@pytest.fixture
def one(sim: SimulatedBroker) -> Customer:
    """The owner of the cash account."""
    return Customer(sim.url)


@pytest.fixture
def two(sim: SimulatedBroker) -> Customer:
    """The owner of the margin account."""
    return Customer(sim.url, "PKTWO", "second secret")
