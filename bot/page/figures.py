"""Numbers and moments as the page writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.money import Usd
from bot.letters.words import count


def whole(amount: Usd) -> str:
    """Whole dollars; cents where there is less than a dollar."""
    if 0 < abs(amount.cents) < 100:
        return str(amount)
    sign = "-" if amount.cents < 0 else ""
    return f"{sign}${(abs(amount.cents) + 50) // 100:,}"


def short(amount: Usd) -> str:
    """Three digits or so for the middle of a ring: `$1.01m`, `$452k`, `$980`."""
    dollars = (abs(amount.cents) + 50) // 100
    sign = "-" if amount.cents < 0 else ""
    if dollars >= 999_500:
        hundredths = (dollars + 5_000) // 10_000
        return f"{sign}${hundredths // 100:,}.{hundredths % 100:02d}m"
    return f"{sign}${(dollars + 500) // 1000}k" if dollars >= 1000 else f"{sign}${dollars}"


def points(part: Usd, of: Usd) -> str:
    """A distance in percentage points of the whole, with its sign: `+8.7 pt`."""
    tenths = (abs(part.cents) * 2000 + of.cents) // (2 * of.cents) if of.cents > 0 else 0
    sign = "" if not tenths else "-" if part.cents < 0 else "+"
    return f"{sign}{tenths // 10}.{tenths % 10} pt"


def age(span: timedelta) -> str:
    """How long ago: `just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`."""
    minutes = span // timedelta(minutes=1)
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{count(minutes // 60, 'hour')} ago" if minutes < 48 * 60 else f"{count(minutes // 1440, 'day')} ago"


def since(at: datetime, now: datetime) -> str:
    """The same from two instants; a clock that went back says `just now`."""
    return age(max(timedelta(), now - at))
