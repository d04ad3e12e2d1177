"""What the outside world tells us, before it becomes a snapshot: balances, quotes, activities, market sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.household import Household
from bot.domain.lots import TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.plan import Environment
from bot.domain.snapshot import OpenOrder, Side, Snapshot
from bot.domain.targets import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFile:
    """A household, its policy and one day's snapshot, as they stand in one file."""

    household: Household
    policy: Policy
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """Shares of one symbol as the account's keeper reports them.

    `lots` is empty where the keeper lists none (brokers do not); `cost_basis` is the whole position's, None if unknown.
    `available` leaves out what open sales hold.
    """

    symbol: str
    quantity: Shares
    available: Shares
    cost_basis: Usd | None
    price: Decimal | None
    lots: tuple[TaxLot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReading:
    """One account as its keeper reports it; `stated_on` is the day of the statement, None for a live broker.

    `lot_selection` is the keeper's own word for the lots that a sale takes when it is told nothing; empty if unknown.
    """

    account: str
    cash_settled: Usd
    cash_unsettled: Usd
    held: tuple[HeldReading, ...]
    open_orders: tuple[OpenOrder, ...] = ()
    stated_on: date | None = None
    lot_selection: str = ""


class ActivityKind(StrEnum):
    """What happened in an account, as far as the loop must know it."""

    TRADE = "trade"
    DIVIDEND = "dividend"
    INTEREST = "interest"
    DEPOSIT = "deposit"  # money from outside: the only kind that can be a payday
    WITHDRAWAL = "withdrawal"
    JOURNAL = "journal"  # money between accounts of one keeper
    FEE = "fee"
    REIMBURSEMENT = "reimbursement"
    RETURN_OF_CAPITAL = "return_of_capital"  # cash that lowers the basis (IRC 301(c)(2))
    TRANSFER = "transfer"  # shares from or to another keeper or account
    SPLIT = "split"
    RENAME = "rename"  # the same shares under `new_symbol`
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One entry of an account's history; `net` is its signed effect on cash.

    A trade has side, symbol, quantity and price; `order_id` is the broker's id of the order behind it, and `reinvested`
    says that a dividend bought the shares by itself. Of every other kind `quantity` is the signed change in shares:
    what a split adds, what a transfer brings or takes. `reversed`: it was cancelled or corrected and does not stand.
    """

    activity_id: str
    account: str
    kind: ActivityKind
    on: date
    net: Usd
    symbol: str = ""
    side: Side | None = None
    quantity: Shares = Shares()
    price: Decimal | None = None
    order_id: str = ""
    at: datetime | None = None
    reversed: bool = False
    text: str = ""
    reinvested: bool = False
    settles_on: date | None = None
    new_symbol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a share can be sold and bought for, in dollars, at an instant."""

    symbol: str
    bid: Decimal
    ask: Decimal
    at: datetime

    @property
    def price(self) -> Decimal:
        """The middle between bid and ask."""
        return (self.bid + self.ask) / 2

    @property
    def spread_pct(self) -> Decimal:
        """The distance between bid and ask in percent of the middle."""
        return (self.ask - self.bid) / self.price * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One trading day of the exchange; trades of that day settle on `settles_on` (T+1, SEC Rule 15c6-1)."""

    on: date
    opens_at: datetime
    closes_at: datetime
    settles_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an account's keeper can do for us."""

    sends_orders: bool
    fractional: bool
    keyed: bool  # a client order id makes a repeated POST harmless
    environment: Environment
    dearest_first: bool = False  # a sale can be told to take the lots of the highest cost
    previews: bool = False  # an order can be shown to the broker without placing it


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that dies on its own: its name in the settings, when a person last logged in, and until when it lasts."""

    name: str
    logged_in_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketReading:
    """The broker's own clock."""

    at: datetime
    is_open: bool
