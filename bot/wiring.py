"""The plugboard: which adapter stands behind which port."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.line import Line
from adapters.brokers.statement.broker import StatementBroker
from adapters.brokers.statement.seed import read_lots
from adapters.calendar import ExchangeCalendar
from adapters.clock import BrokerClock, DateClock, SystemClock
from adapters.halt_file import NAME as HALT, HaltFile
from adapters.letters_folder import LettersFolder
from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.plan import Environment
from bot.domain.seeds import Seed
from bot.ports import Broker, Clock
from bot.services.house import House
from bot.services.terms import Terms, new_york_date
from bot.settings.hosts import PAPER, is_loopback
from bot.settings.loading import find_settings, load_settings
from bot.settings.settings import AlpacaConnection, SchwabConnection, SchwabLogin, Settings, StatementConnection


def settings_from(explicit: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that a command should use; FixTheFile (exit 78) when there are none or they are wrong."""
    return load_settings(find_settings(explicit, environ), environ)


@contextmanager
def open_house(settings: Settings, *, writing: bool = False) -> Iterator[House]:
    """Everything that a run has to ask, plugged together; `writing` keeps other instances out until it ends.

    Raises:
        NotAllowed: for a host that is neither a broker's paper host nor this machine.
        TryLater: when another instance is at work, or the ledger cannot be written.
    """
    with single_instance(settings.ledger) if writing else nullcontext(), SqliteLedger(settings.ledger) as ledger:
        live = {c.account: _alpaca(c, settings) for c in settings.connections if isinstance(c, AlpacaConnection)}
        live |= _schwab(settings)
        clock = _clock(settings, live)
        kept = {
            c.account: StatementBroker(account=c.account, path=c.file, clock=clock, account_ends=c.account_ends)
            for c in settings.connections
            if isinstance(c, StatementConnection)
        }
        yield House(
            household=settings.household,
            policy=settings.policy,
            terms=Terms(
                environment=settings.mode,
                settings_fingerprint=settings.fingerprint,
                expires_sessions=settings.approval.expires_sessions,
                price_collar_pct=settings.approval.price_collar_pct,
                limits=settings.limits,
            ),
            brokers={**live, **kept},
            addresses={account: _world(settings, account) for account in live},
            calendar=ExchangeCalendar(),
            clock=clock,
            ledger=ledger,
            brake=brake_of(settings),
            postbox=LettersFolder(settings.letters, clock),
            fallback_prices=dict(settings.prices),
            seeds=seeds_of(settings, clock),
        )


def seeds_of(settings: Settings, clock: Clock) -> tuple[Seed, ...]:
    """The tax lots that were written down for the accounts, as their files say now.

    Raises:
        FixTheFile: with every mistake of a list (exit 65).
    """
    today = new_york_date(clock.now())
    return tuple(
        read_lots(
            one.lots,
            account=one.account,
            today=today,
            account_ends=one.account_ends if isinstance(one, StatementConnection) else "",
        )
        for one in settings.connections
        if one.lots is not None
    )


def brake_of(settings: Settings) -> HaltFile:
    """The emergency brake: a file beside the ledger, which works also while a run is under way."""
    return HaltFile(settings.ledger.with_name(HALT))


@contextmanager
def open_ledger(settings: Settings) -> Iterator[SqliteLedger]:
    """The books alone, for commands that only read them."""
    with SqliteLedger(settings.ledger) as ledger:
        yield ledger


def _alpaca(connection: AlpacaConnection, settings: Settings) -> Broker:
    return AlpacaBroker(
        account=connection.account,
        key_id=connection.key_id.reveal(),
        secret_key=connection.secret_key.reveal(),
        trading_url=connection.host,
        data_url=connection.data_host,
        environment=settings.mode,
    )


def _world(settings: Settings, account: str) -> Environment:
    """Which world the address of an account's keeper belongs to; Schwab has no paper one but on this machine."""
    match settings.connection(account):
        case AlpacaConnection(host=host):
            return Environment.PAPER if host == PAPER or is_loopback(host) else Environment.LIVE
        case SchwabConnection(login=name):
            return Environment.PAPER if is_loopback(settings.login(name).host) else Environment.LIVE
        case _:
            return Environment.LIVE


def _schwab(settings: Settings) -> dict[str, Broker]:
    """Every account at Schwab with its keeper: one for all accounts that a login opens."""
    kept: dict[str, Broker] = {}
    for login in settings.logins:
        numbers = {
            connection.account: connection.number.reveal()
            for connection in settings.connections
            if isinstance(connection, SchwabConnection) and connection.login == login.name
        }
        if numbers:
            line = Line(access_of(login), environment=settings.mode, clock=clock_of(login))
            broker = SchwabBroker(line=line, aliases=numbers, environment=settings.mode)
            kept |= dict.fromkeys(numbers, broker)
    return kept


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


def _clock(settings: Settings, live: Mapping[str, Broker]) -> Clock:
    """A broker on this machine is a simulated one, and its time is the household's time."""
    for connection in settings.connections:
        if isinstance(connection, AlpacaConnection) and is_loopback(connection.host):
            return BrokerClock(live[connection.account])
    opened = [connection.login for connection in settings.connections if isinstance(connection, SchwabConnection)]
    return clock_of(settings.login(opened[0])) if opened else SystemClock()


def clock_of(login: SchwabLogin) -> Clock:
    """The time at which somebody logs in: a simulated broker's own, where it is one."""
    return DateClock(login.host) if is_loopback(login.host) else SystemClock()
