"""What the settings of a household say, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.domain.canonical import fingerprint
from bot.domain.household import Household
from bot.domain.limits import Limits
from bot.domain.plan import Environment
from bot.domain.schedule import Schedule
from bot.domain.targets import Policy
from bot.settings.mail import Mail
from bot.settings.page import PageAddress
from bot.settings.secret import Secret
from bot.settings.successor import Successor


@dataclass(frozen=True, slots=True, kw_only=True)
class AlpacaConnection:
    """How to reach an account at Alpaca, or at a simulator that speaks its language; hosts without a path."""

    account: str
    host: str
    data_host: str
    key_id: Secret
    secret_key: Secret
    lots: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchwabLogin:
    """One person's login at Schwab, or at a simulator that speaks its language: the app's key, and where the token is.

    `callback_url` equals the app's callback in Schwab's portal, to the last slash.
    """

    name: str
    host: str
    app_key: Secret
    app_secret: Secret
    callback_url: str
    token: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SchwabConnection:
    """Which login opens an account at Schwab, and where its number is kept."""

    account: str
    login: str
    number: Secret
    lots: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementConnection:
    """Which file holds the statement of an account without an interface.

    `account_ends` are the last characters of its number, where the file holds several accounts.
    """

    account: str
    file: Path
    account_ends: str = ""
    lots: Path | None = None


Connection = AlpacaConnection | SchwabConnection | StatementConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRules:
    """An approval expires after so many sessions; an order further than the collar from its plan's price stays.

    `each_owner`: every owner whose accounts a plan touches says yes, with a passphrase. `automatic`: what fits the
    limits is approved without asking, in paper mode.
    """

    expires_sessions: int
    price_collar_pct: Decimal
    each_owner: bool = False
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one household.

    `prices` in dollars a share, for funds that nobody quotes. `ledger` and `letters` are paths of the ledger's file
    and of the folder for letters. Without a `page` no port is opened.
    """

    file: Path
    household: Household
    policy: Policy
    prices: tuple[tuple[str, Decimal], ...]
    connections: tuple[Connection, ...]
    logins: tuple[SchwabLogin, ...]
    mode: Environment
    approval: ApprovalRules
    limits: Limits
    ledger: Path
    letters: Path
    mail: Mail | None = None
    page: PageAddress | None = None
    ping: Secret | None = None
    schedule: Schedule = field(default_factory=Schedule)
    successor: Successor = field(default_factory=Successor)

    def connection(self, account: str) -> Connection:
        """How to reach this account; KeyError when there is none."""
        for connection in self.connections:
            if connection.account == account:
                return connection
        raise KeyError(account)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that an approval rests on: change one and it is void. No secret goes into it.

        `mail`, `letters` and `ledger` are no part of it: how its owner is told changes nothing of what was approved.
        """
        reached = [(*_reached(connection), str(connection.lots or "")) for connection in self.connections]
        rules = (self.household, self.policy, self.prices, self.mode, self.approval)
        return fingerprint([*rules, self._most, reached, self._opened])

    @property
    def armed_for(self) -> str:
        """SHA-256 of what `rebaloop arm` confirms: the accounts, how they are reached, limits and rules of approval.

        Not targets, funds and prices: those are part of each plan, and of the yes to it.
        """
        reached = [_reached(connection) for connection in self.connections]
        return fingerprint([self.household.accounts, self.mode, self.approval, self._most, reached, self._opened])

    @property
    def _most(self) -> tuple[Decimal, Decimal, int]:
        return (self.limits.order_pct, self.limits.day_pct, self.limits.day_orders)

    @property
    def _opened(self) -> list[tuple[str, str, str]]:
        return [(login.name, login.host, login.app_key.reference) for login in self.logins]

    def login(self, name: str) -> SchwabLogin:
        """The login of this name; KeyError when there is none."""
        for login in self.logins:
            if login.name == name:
                return login
        raise KeyError(name)


def _reached(connection: Connection) -> tuple[str, ...]:
    match connection:
        case AlpacaConnection(key_id=key_id, secret_key=secret_key):
            keys = (key_id.reference, secret_key.reference)
            return ("alpaca", connection.account, connection.host, connection.data_host, *keys)
        case SchwabConnection(number=number):
            return ("schwab", connection.account, connection.login, number.reference)
        case StatementConnection():
            return ("statement", connection.account, str(connection.file), connection.account_ends)
