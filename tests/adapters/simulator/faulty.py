"""A simulated broker with a fault plan over it, and what its books hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.simulator.books.account import SimulatedAccount
from adapters.simulator.faults.fault import Fault
from adapters.simulator.faults.plan import FaultPlan
from adapters.simulator.faults.route import Route
from adapters.simulator.server import SimulatedBroker
from bot.domain.money import Shares
from bot.domain.orders import Intent
from bot.domain.plan import Environment
from bot.domain.snapshot import Side
from tests.adapters.simulator.conftest import small_market, two_accounts
from tests.adapters.simulator.plain import SECRET

POST = Route.exact("POST", "/v2/orders")
ORDERS = Route.exact("GET", "/v2/orders")
INTENT = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="one",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of("1"),
    limit_price=Decimal(50),
)


def accounts() -> tuple[SimulatedAccount, ...]:
    """The two accounts, with a secret that fits into a header."""
    return tuple(replace(account, secret_key=SECRET) for account in two_accounts())


@contextmanager
def faulty(*faults: Fault, plan: FaultPlan | None = None) -> Iterator[SimulatedBroker]:
    """The small market behind these faults; the simulator itself must not have failed by the end."""
    with SimulatedBroker(market=small_market(), accounts=accounts(), faults=plan or FaultPlan(*faults)) as sim:
        yield sim
    assert sim.failures == []


def adapter(sim: SimulatedBroker, patience: timedelta = timedelta(seconds=10)) -> AlpacaBroker:
    """Our own adapter, with the vendor's client library in it, for the first account."""
    return AlpacaBroker(
        account="one",
        key_id="PKONE",
        secret_key=SECRET,
        trading_url=sim.url,
        data_url=sim.url,
        environment=Environment.PAPER,
        patience=patience,
    )


def held(sim: SimulatedBroker) -> int:
    """How many orders are in the books of the first account."""
    return len(sim.books["PKONE"].orders)


def posts(sim: SimulatedBroker) -> tuple[int, int]:
    """How many orders arrived, and how many the broker has taken."""
    lines = [line for line in sim.requests if line.method == "POST"]
    return len(lines), sum(line.applied for line in lines)
