"""The plugboard: which adapter stands behind which port."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.statement.broker import StatementBroker
from adapters.calendar import ExchangeCalendar
from adapters.clock import BrokerClock, SystemClock
from adapters.letters_folder import LettersFolder
from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.ports import Broker, Clock
from bot.services.cycle import House
from bot.services.terms import Terms
from bot.settings.hosts import is_loopback
from bot.settings.loading import find_settings, load_settings
from bot.settings.settings import AlpacaConnection, Settings, StatementConnection


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
            ),
            brokers={**live, **kept},
            calendar=ExchangeCalendar(),
            clock=clock,
            ledger=ledger,
            postbox=LettersFolder(settings.letters, clock),
            fallback_prices=dict(settings.prices),
        )


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


def _clock(settings: Settings, live: Mapping[str, Broker]) -> Clock:
    """A broker on this machine is a simulated one, and its time is the household's time."""
    for connection in settings.connections:
        if isinstance(connection, AlpacaConnection) and is_loopback(connection.host):
            return BrokerClock(live[connection.account])
    return SystemClock()
