"""A second plugboard, for what looks after the house and takes no part in a run."""

from __future__ import annotations

from adapters.halt_file import NAME as HALT, HaltFile
from adapters.ping import Pinger
from bot.settings.hosts import is_loopback
from bot.settings.settings import AlpacaConnection, Settings


def halt_of(settings: Settings) -> HaltFile:
    """The emergency brake alone, without a pause."""
    return HaltFile(settings.ledger.with_name(HALT))


def pinger_of(settings: Settings) -> Pinger | None:
    """Who is told of runs; None where the settings name nobody. Raises FixTheFile for an address that is not there."""
    return None if settings.ping is None else Pinger(settings.ping.reveal())


def is_simulated(settings: Settings) -> bool:
    """Whether a broker on this machine keeps an account, whose time is the household's."""
    hosts = [one.host for one in settings.connections if isinstance(one, AlpacaConnection)]
    return any(is_loopback(host) for host in (*hosts, *(login.host for login in settings.logins)))
