"""A small world for every test: three funds, two accounts, a Monday morning in March 2026."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.books.orders import LotMethod
from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.market.exchange import Asset, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import AccountKind, SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.customer import Customer
from tests.adapters.simulator.schwab_customer import CALLBACK, Account, Owner

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


def two_logins() -> tuple[SchwabLogin, ...]:
    """Alex has a Roth IRA with two lots of VTI and a margin account; Sam, through the same app, an empty one."""
    lots = (
        OpeningPosition(symbol="VTI", qty=Decimal(10), cost=Decimal(800), acquired_on=date(2024, 5, 1)),
        OpeningPosition(symbol="VTI", qty=Decimal(6), cost=Decimal(540), acquired_on=date(2025, 5, 1)),
    )
    roth = SchwabAccount(
        name="alex-roth",
        number="10000001",
        cash=Decimal("5000.25"),
        nickname="Contributory",
        positions=lots,
        lot_selection=LotMethod.FIFO,
    )
    joint = SchwabAccount(name="joint", number="10000002", cash=Decimal(10000), kind=AccountKind.MARGIN)
    sams = SchwabAccount(name="sam", number="20000001", cash=Decimal(100))
    return (
        SchwabLogin(
            name="alex", app_key="app-key", app_secret="app-secret", callback_url=CALLBACK, accounts=(roth, joint)
        ),
        SchwabLogin(name="sam", app_key="app-key", app_secret="app-secret", callback_url=CALLBACK, accounts=(sams,)),
    )


@pytest.fixture
def both() -> Iterator[SimulatedBroker]:
    """Both brokers on one server; it must not have failed inside by the end."""
    with SimulatedBroker(market=small_market(), accounts=two_accounts(), schwab_logins=two_logins()) as broker:
        yield broker
    assert broker.failures == []


@pytest.fixture
def alex(both: SimulatedBroker) -> Owner:
    """Alex, logged in."""
    return Owner(both, "alex").log_in()


@pytest.fixture
def roth(alex: Owner) -> Account:
    """The cash account of Alex."""
    return Account(alex, "10000001")


@pytest.fixture
def joint(alex: Owner) -> Account:
    """The margin account of Alex."""
    return Account(alex, "10000002")
