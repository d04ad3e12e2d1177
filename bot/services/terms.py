"""What the owner laid down about approving and sending, beside the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from bot.domain.limits import Limits
from bot.domain.plan import Environment

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of business: which world, under which settings, how much at once, and how long a yes holds.

    `expires_sessions` counts trading days, `price_collar_pct` is percent of the plan's price, `polls` is how often an
    order is looked up, a second apart, before it is left to the day. `live_enabled` is the word of its own that orders
    to real accounts need. `each_owner`: every owner whose accounts a plan touches has to say yes. `automatic`: in paper
    mode, what fits the limits is approved without asking.
    """

    environment: Environment
    settings_fingerprint: str
    expires_sessions: int = 3
    price_collar_pct: Decimal = Decimal(1)
    polls: int = 30
    limits: Limits = field(default_factory=Limits)
    live_enabled: bool = False
    each_owner: bool = False
    automatic: bool = False


def new_york_date(at: datetime) -> date:
    """The date in New York at an instant."""
    return at.astimezone(NEW_YORK).date()


@cache
def code_version() -> str:
    """The version of the installed program; `source` where it runs uninstalled."""
    try:
        return version("rebaloop")
    except PackageNotFoundError:
        return "source"
