"""The brokers that make promises: the simulated ones over HTTP, and what was recorded of them.

Each keeps the account `ira` with $1,234.56 settled and ten shares of VTI at $250; it is Monday, 10:00 in New York. VTI
pays 0.90 a share on Friday to who holds it on Wednesday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.logins import log_in
from adapters.brokers.schwab.redirects import authorization_url
from adapters.brokers.schwab.token_file import StoredToken
from adapters.simulator.books.account import OpeningPosition, SimulatedAccount
from adapters.simulator.market.exchange import Asset, AssetKind, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from bot.domain.plan import Environment
from bot.ports import Broker
from tests.fakes.clock import FakeClock
from tests.tapes.tape import FOLDER, SIMULATED_HOSTS, playing

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9"  # the port of the discard protocol: nobody is there, and nobody is asked
NUMBER = "90000001"
BACK = "https://127.0.0.1:8182/"
KEY, SECRET = "made-up-key-as-long-as-a-real-one", "made-up-secret"
FAR = 4_102_444_800  # the year 2100, in seconds since 1970
CASH = Decimal("1234.56")
HELD = OpeningPosition(symbol="VTI", qty=Decimal(10), cost=Decimal(2000), acquired_on=date(2024, 1, 2))
PAID = Dividend(
    symbol="VTI", per_share=Decimal("0.9"), ex_on=date(2026, 3, 4), record_on=date(2026, 3, 4), pay_on=date(2026, 3, 6)
)

Lever = Callable[[SimulatedBroker], object]


@dataclass(slots=True, kw_only=True)
class Stage:
    """A broker, and the world behind it; on a tape the world has moved already."""

    broker: Broker
    sim: SimulatedBroker | None = None
    origins: Mapping[str, str] = field(default_factory=dict)

    def turn(self, lever: Lever) -> None:
        """Move the world behind the broker, where there is one."""
        if self.sim is not None:
            lever(self.sim)


Opener = Callable[[Path, str], AbstractContextManager[Stage]]


def market() -> Market:
    """Three funds at flat prices."""
    return Market(
        start_at=MONDAY,
        assets=(Asset(symbol="VTI"), Asset(symbol="BND"), Asset(symbol="SWTSX", kind=AssetKind.MUTUAL_FUND)),
        prices={"VTI": PricePath.flat("250"), "BND": PricePath.flat("70"), "SWTSX": PricePath.flat("90")},
        dividends=(PAID,),
    )


@contextmanager
def alpaca(_: Path, __: str) -> Iterator[Stage]:
    """Alpaca's dialect, over HTTP."""
    account = SimulatedAccount(name="ira", key_id=KEY, secret_key=SECRET, cash=CASH, positions=(HELD,))
    with SimulatedBroker(market=market(), accounts=(account,)) as sim:
        yield Stage(broker=alpaca_at(sim.url), sim=sim, origins={sim.url: SIMULATED_HOSTS["alpaca"]})
        assert not sim.failures


@contextmanager
def schwab(folder: Path, _: str) -> Iterator[Stage]:
    """Schwab's dialect, over HTTP, with a login that was just made."""
    account = SchwabAccount(
        name="ira", number=NUMBER, cash=CASH, positions=(HELD,), nickname="Contributory", sweep_fund="MMDA1"
    )
    login = SchwabLogin(name="alex", app_key=KEY, app_secret=SECRET, callback_url=BACK, accounts=(account,))
    with SimulatedBroker(market=market(), schwab_logins=(login,)) as sim:
        access = access_to(folder, sim.url)
        came_back = sim.schwab_login("alex", authorization_url(access, MONDAY))
        log_in(access, came_back, expected={"ira": NUMBER}, clock=FakeClock(MONDAY))
        yield Stage(broker=schwab_over(access), sim=sim, origins={sim.url: SIMULATED_HOSTS["schwab"]})
        assert not sim.failures


@contextmanager
def alpaca_tape(_: Path, name: str) -> Iterator[Stage]:
    """What was recorded of Alpaca's dialect; nothing else answers."""
    with playing(tape_of("alpaca", name)):
        yield Stage(broker=alpaca_at(NOBODY))


@contextmanager
def schwab_tape(folder: Path, name: str) -> Iterator[Stage]:
    """What was recorded of Schwab's dialect; nothing else answers."""
    access = access_to(folder, NOBODY)
    access.token_path.parent.mkdir(mode=0o700, exist_ok=True)
    access.token_path.write_bytes(MADE_UP.written())
    access.token_path.chmod(0o600)
    with playing(tape_of("schwab", name)):
        yield Stage(broker=schwab_over(access))


RECORDED: Mapping[str, tuple[Opener, Opener]] = {"alpaca": (alpaca, alpaca_tape), "schwab": (schwab, schwab_tape)}
MADE_UP = StoredToken(
    creation_timestamp=int(MONDAY.timestamp()),
    token={"access_token": "made-up", "refresh_token": "made-up", "token_type": "Bearer", "expires_at": FAR},
)


def tape_of(broker: str, name: str) -> Path:
    """Where the tape of a test lies."""
    return FOLDER / broker / f"{name.removeprefix('test_')}.sim.yaml"


def alpaca_at(url: str) -> AlpacaBroker:
    """The adapter of the account `ira`."""
    return AlpacaBroker(
        account="ira",
        key_id=KEY,
        secret_key=SECRET,
        trading_url=url,
        data_url=url,
        environment=Environment.PAPER,
    )


def access_to(folder: Path, origin: str) -> Access:
    """The login of the account `ira`."""
    return Access(
        name="alex",
        app_key=KEY,
        app_secret=SECRET,
        callback_url=BACK,
        token_path=folder / "tokens" / "alex.json",
        origin=origin,
    )


def schwab_over(access: Access) -> SchwabBroker:
    """The adapter of the account `ira`."""
    line = Line(access, environment=Environment.PAPER, clock=FakeClock(MONDAY))
    return SchwabBroker(line=line, aliases={"ira": NUMBER}, environment=Environment.PAPER)
