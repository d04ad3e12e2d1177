"""What is asked of the connection to one login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.orders import Submission
from bot.domain.readings import Login


class Vendor(Protocol):
    """What is asked of the connection to one login: parsed JSON with decimals, LogIn, TryLater, or Refused."""

    @property
    def answered_at(self) -> datetime | None:
        """The vendor's `Date` at its last answer, in UTC; None before the first one."""

    @property
    def sends_orders(self) -> bool:
        """Whether an order is let out at all: to a simulated broker, in the paper environment."""

    def account_numbers(self) -> object:
        """Which accounts there are."""

    def account(self, account_hash: str) -> object:
        """Balances and positions of one account."""

    def orders(self, account_hash: str, from_at: datetime, to_at: datetime) -> object:
        """Orders that were entered between two instants."""

    def order(self, account_hash: str, order_id: str) -> object:
        """One order."""

    def transactions(self, account_hash: str, start_at: datetime, end_at: datetime) -> object:
        """What happened between two instants."""

    def quotes(self, symbols: Sequence[str]) -> object:
        """Quotes by symbol."""

    def market_hours(self, on: date) -> object:
        """The equity market's sessions of a day."""

    def user_preferences(self) -> object:
        """Nicknames and lot methods."""

    def instruments(self, symbols: Sequence[str]) -> object:
        """What symbols stand for."""

    def preview(self, account_hash: str, body: Mapping[str, object]) -> object:
        """Show an order without placing it."""

    def cancel(self, account_hash: str, order_id: str) -> None:
        """Ask for an order to be cancelled."""

    def send(self, account_hash: str, body: Mapping[str, object]) -> Submission:
        """Post one order, exactly once; does not raise."""

    def login(self) -> Login:
        """When a person last logged in."""
