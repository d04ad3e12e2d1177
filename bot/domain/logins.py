"""How long a login still lasts, in words for its owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.readings import Login

DAY = timedelta(days=1)
EARLY = 3 * DAY  # a run a day then gives the first word of it two whole days ahead
NEW_YORK = ZoneInfo("America/New_York")


def login_words(login: Login, now: datetime) -> str:
    """Empty while a login lasts for three days or more; then a sentence with the command that helps."""
    left = login.expires_at - now
    if left >= EARLY:
        return ""
    ending = local_words(login.expires_at)
    if left <= timedelta():
        return f"The login `{login.name}` ended on {ending}. Nothing works before: rebaloop login {login.name}"
    days = left // DAY
    span = "less than a day" if days == 0 else f"{days} day{'s' if days > 1 else ''}"
    return f"The login `{login.name}` ends in {span}, on {ending}. Renew it with: rebaloop login {login.name}"


def local_words(at: datetime) -> str:
    """An instant as it is spoken of in New York."""
    return f"{at.astimezone(NEW_YORK):%A %Y-%m-%d at %H:%M} New York time"
