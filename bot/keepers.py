"""Who keeps which account, over which line, and how far real money is open there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.alpaca.hosts import RealMoney
from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.line import Line
from adapters.brokers.statement.broker import StatementBroker
from adapters.calendar import ExchangeCalendar
from adapters.clock import BrokerClock, DateClock, SystemClock
from bot.domain.plan import Environment
from bot.ports import Broker, Clock
from bot.services.payroll import PayrollBroker
from bot.settings.hosts import is_loopback
from bot.settings.settings import AlpacaConnection, SchwabConnection, SchwabLogin, Settings, StatementConnection

World = Callable[[str], Environment]  # from an allowed address to the world that it belongs to


def reached(settings: Settings, *, armed: bool) -> dict[str, Broker]:
    """Every account with an interface and its keeper; real money takes orders where it is armed, and only there.

    Raises:
        NotAllowed: in live mode, where it is not armed.
    """
    real = RealMoney.ORDERS if armed and settings.mode is Environment.LIVE else RealMoney.CLOSED
    kept: dict[str, Broker] = {
        c.account: alpaca(c, settings.mode, real) for c in settings.connections if isinstance(c, AlpacaConnection)
    }
    return kept | _schwab(settings, orders_allowed=real is RealMoney.ORDERS)


def number_ends(settings: Settings) -> dict[str, str]:
    """The last characters of each account's number, as its keeper or the settings have it; empty where nobody knows.

    Raises:
        LogIn, TryLater, FixTheFile: where one cannot be told.
    """
    found: dict[str, str] = {}
    for connection in settings.connections:
        match connection:
            case AlpacaConnection(account=account):
                real = RealMoney.READ if settings.mode is Environment.LIVE else RealMoney.CLOSED
                found[account] = alpaca(connection, settings.mode, real).number_ends()
            case SchwabConnection(account=account):
                found[account] = connection.number.reveal()[-4:]
            case StatementConnection(account=account):
                found[account] = connection.account_ends
    return found


def worlds_of(settings: Settings, world: World) -> dict[str, Environment]:
    """Which world the address of each account's keeper belongs to."""
    return {
        c.account: world(_address(c, settings)) for c in settings.connections if not isinstance(c, StatementConnection)
    }


def _address(connection: AlpacaConnection | SchwabConnection, settings: Settings) -> str:
    return connection.host if isinstance(connection, AlpacaConnection) else settings.login(connection.login).host


def alpaca(connection: AlpacaConnection, environment: Environment, real: RealMoney) -> AlpacaBroker:
    """The keeper of an account at Alpaca, with real money open as far as that says."""
    return AlpacaBroker(
        account=connection.account,
        key_id=connection.key_id.reveal(),
        secret_key=connection.secret_key.reveal(),
        trading_url=connection.host,
        data_url=connection.data_host,
        environment=environment,
        real=real,
    )


def _schwab(settings: Settings, *, orders_allowed: bool) -> dict[str, Broker]:
    """Every account at Schwab with its keeper: one for all accounts that a login opens."""
    kept: dict[str, Broker] = {}
    for login in settings.logins:
        numbers = {
            connection.account: connection.number.reveal()
            for connection in settings.connections
            if isinstance(connection, SchwabConnection) and connection.login == login.name
        }
        if numbers:
            line = Line(
                access_of(login), environment=settings.mode, clock=clock_of(login), orders_allowed=orders_allowed
            )
            broker = SchwabBroker(line=line, aliases=numbers, environment=settings.mode, orders_allowed=orders_allowed)
            kept |= dict.fromkeys(numbers, broker)
    return kept


def statement(connection: StatementConnection, settings: Settings, calendar: ExchangeCalendar, clock: Clock) -> Broker:
    """A statement's keeper; where payroll pays into the account, carried forward by that."""
    account, path = connection.account, connection.file
    keeper = StatementBroker(account=account, path=path, clock=clock, account_ends=connection.account_ends)
    mine = [one for one in settings.schedule.contributions if one.account == account]
    return PayrollBroker(keeper, mine, calendar, clock) if mine else keeper


def access_of(login: SchwabLogin) -> Access:
    """What it takes to speak for the owner of a login; FixTheFile (exit 78) for a secret that cannot be read."""
    return Access(
        name=login.name,
        app_key=login.app_key.reveal(),
        app_secret=login.app_secret.reveal(),
        callback_url=login.callback_url,
        token_path=login.token,
        origin=login.host,
    )


def clock_among(settings: Settings, live: Mapping[str, Broker]) -> Clock:
    """A broker on this machine is a simulated one, and its time is the household's time."""
    for connection in settings.connections:
        if isinstance(connection, AlpacaConnection) and is_loopback(connection.host):
            return BrokerClock(live[connection.account])
    opened = [connection.login for connection in settings.connections if isinstance(connection, SchwabConnection)]
    return clock_of(settings.login(opened[0])) if opened else SystemClock()


def clock_of(login: SchwabLogin) -> Clock:
    """The time at which somebody logs in: a simulated broker's own, where it is one."""
    return DateClock(login.host) if is_loopback(login.host) else SystemClock()
