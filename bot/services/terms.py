"""What the owner laid down about approving and sending, beside the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.plan import Environment

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of business: which world, under which settings, and how long a yes holds.

    `expires_sessions` counts trading days, `price_collar_pct` is percent of the plan's price, `polls` is how often an
    order is looked up, a second apart, before it is left to the day.
    """

    environment: Environment
    settings_fingerprint: str
    expires_sessions: int = 3
    price_collar_pct: Decimal = Decimal(1)
    polls: int = 30


def new_york_date(at: datetime) -> date:
    """The date in New York at an instant."""
    return at.astimezone(NEW_YORK).date()
