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
    """One account as its keeper reports it; `stated_on` is the day of the statement, None for a live broker."""

    account: str
    cash_settled: Usd
    cash_unsettled: Usd
    held: tuple[HeldReading, ...]
    open_orders: tuple[OpenOrder, ...] = ()
    stated_on: date | None = None


class ActivityKind(StrEnum):
    """What happened in an account, as far as the loop must know it."""

    TRADE = "trade"
    DIVIDEND = "dividend"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    JOURNAL = "journal"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One entry of an account's history; `net` is its signed effect on cash.

    A trade has side, symbol, quantity and price; `order_id` is the broker's id of the order behind it.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketReading:
    """The broker's own clock."""

    at: datetime
    is_open: bool
