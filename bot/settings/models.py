"""The words of the settings file; policy, securities and accounts speak as in a household file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from adapters.files.models import AccountPart, EarmarkPart, IgnoredPart, Part
from adapters.files.tree import shown
from adapters.files.words import Number, Word, positive, rate, word, wrong
from bot.domain.household import Role
from bot.domain.plan import Environment
from bot.settings.hosts import LIVE, PAPER, PAPER_PRICES, SCHWAB, allowed_host, is_loopback
from bot.settings.mail import MailPart
from bot.settings.page import AskedFor
from bot.settings.ping import PingPart
from bot.settings.reference import Reference
from bot.settings.schedule import SchedulePart
from bot.settings.successor import SuccessorPart
from bot.settings.tax import TaxPart

BOTH_LEGS = 200  # percent: all of it sold, and all of it bought again
# Schwab's portal takes https alone; a loopback address keeps the code of a login on this machine.
_CALLBACK = re.compile(r"https://127\.0\.0\.1(:[0-9]{2,5})?(/[A-Za-z0-9._~/-]{0,100})?", re.ASCII)


def _trading_host(value: object) -> str:
    return LIVE if isinstance(value, str) and allowed_host(value, real=LIVE) == LIVE else _host(value, PAPER)


def _prices_host(value: object) -> str:
    return _host(value, PAPER_PRICES)


def _schwab_host(value: object) -> str:
    return _host(value, SCHWAB)


def _callback(value: object) -> str:
    if not isinstance(value, str) or not _CALLBACK.fullmatch(value):
        message = "should be an https address of this machine, such as https://127.0.0.1:8182"
        raise wrong(message, hint="it must equal the callback of your app in Schwab's portal, to the last slash")
    return value


def _host(value: object, real: str) -> str:
    if not isinstance(value, str):
        raise wrong(f"should be an address such as {real}, got {shown(value)}")
    found = allowed_host(value, real=real)
    if found is None:
        # The address is not repeated: it may carry a password.
        message = f"not allowed: only {real} or an address of this machine (127.0.0.1) may be spoken to"
        raise wrong(message, hint="leave the key out for the broker's own")
    return found


def _collar(value: object) -> Decimal:
    found = rate(value)
    if found == 0:
        raise wrong("must be more than 0: prices move between a plan and its orders")
    return found


def _limit(value: object) -> Decimal:
    found = positive(value)
    if found > BOTH_LEGS:
        raise wrong(
            f"must be at most {BOTH_LEGS} percent of the household, got {found}", hint=f"write {BOTH_LEGS} or less"
        )
    return found


_Collar = Annotated[Decimal, PlainValidator(_collar, json_schema_input_type=Number)]
_Limit = Annotated[Decimal, PlainValidator(_limit, json_schema_input_type=Number)]
_File = Annotated[str, BeforeValidator(word(400, blanks=True))]


class CredentialsPart(Part):
    """Where an account's key and secret are kept."""

    key_id: Reference
    secret_key: Reference


class AlpacaPart(AccountPart):
    """An account that is reached through Alpaca's interface."""

    broker: Literal["alpaca"]
    host: Annotated[str, PlainValidator(_trading_host, json_schema_input_type=str)] = PAPER
    data_host: Annotated[str, PlainValidator(_prices_host, json_schema_input_type=str)] | None = None
    credentials: CredentialsPart
    lots: _File | None = None

    @model_validator(mode="after")
    def _one_world(self) -> AlpacaPart:
        if self.data_host is not None and is_loopback(self.data_host) != is_loopback(self.host):
            raise wrong("`host` and `data_host` must both be this machine, or neither", at=("data_host",))
        return self

    @property
    def prices_host(self) -> str:
        """Where quotes come from: a broker on this machine quotes too, a real one has a host of its own for it."""
        return self.data_host or (self.host if is_loopback(self.host) else PAPER_PRICES)


class SchwabCredentialsPart(Part):
    """Where the key and secret of an app of Schwab's portal are kept."""

    app_key: Reference
    app_secret: Reference


class LoginPart(Part):
    """One person's login at Schwab, which opens all accounts of that person and dies every seven days."""

    broker: Literal["schwab"]
    host: Annotated[str, PlainValidator(_schwab_host, json_schema_input_type=str)] = SCHWAB
    credentials: SchwabCredentialsPart
    callback_url: Annotated[str, PlainValidator(_callback, json_schema_input_type=str)] = "https://127.0.0.1:8182"
    token: _File


class SchwabPart(AccountPart):
    """An account that one of the logins opens, known by its number."""

    broker: Literal["schwab"]
    login: Word
    number: Reference
    lots: _File | None = None


class StatementPart(AccountPart):
    """An account without an interface: its owner puts a statement into a file and carries out what is proposed."""

    broker: Literal["statement"]
    file: _File
    account_ends: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,4}$")] = ""
    lots: _File | None = None

    @model_validator(mode="after")
    def _by_hand(self) -> StatementPart:
        if self.role is Role.MANAGED:
            message = "no order can be sent to an account without an interface"
            raise wrong(message, hint="write `role: instructed`", at=("role",))
        return self


class IgnoredAccountPart(IgnoredPart):
    """An account that nobody asks: how it could be reached may stand there, and is not used."""

    broker: Literal["alpaca", "schwab", "statement"] | None = None
    host: object = None
    data_host: object = None
    credentials: CredentialsPart | None = None
    login: object = None
    number: Reference | None = None
    file: object = None
    lots: object = None


class ApprovalPart(Part):
    """How long an approval waits, and how far a price may move from the plan's before an order is not sent.

    Whether every owner whose accounts a plan touches has to say yes, and what is approved without asking.
    """

    expires_sessions: Annotated[int, Field(ge=1, le=20)] = 3
    price_collar_pct: _Collar = Decimal(1)
    each_owner: bool = False
    automatic: Literal["never", "paper"] = "never"


class LimitsPart(Part):
    """The most that may move at once: percent of the household for one order and for one day, and orders in a day."""

    order_pct: _Limit = Decimal(15)
    day_pct: _Limit = Decimal(40)
    day_orders: Annotated[int, Field(ge=1, le=1000)] = 40


class SettingsPart(Part):
    """The top of a settings file; its larger pieces are read one by one."""

    id: Word
    mode: Annotated[Environment, Field(strict=False)] = Environment.DRY_RUN
    policy: dict[str, object]
    securities: dict[str, object]
    logins: dict[Word, object] = Field(default={})
    accounts: list[object] = Field(min_length=1)
    earmarks: list[EarmarkPart] = Field(default=[])
    approval: ApprovalPart = ApprovalPart()
    limits: LimitsPart = LimitsPart()
    tax: TaxPart | None = None
    ledger: _File = "ledger.sqlite3"
    letters: _File = "letters"
    mail: MailPart | None = None
    page: AskedFor = None
    ping: PingPart | None = None
    schedule: SchedulePart = SchedulePart()
    successor: SuccessorPart = SuccessorPart()
