"""The days of three years by the plainest means: a list of closures, and a walk from day to day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

CLOSURES = Path(__file__).parents[1] / "adapters" / "data" / "nyse_closures_2001_2027.csv"
NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


@cache
def closures() -> dict[date, str]:
    """`closed` or `early_close` for every weekday that is not an ordinary session."""
    with CLOSURES.open(newline="") as file:
        return {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}


def trades(on: date) -> bool:
    """Whether the exchange opens on that day."""
    return on.weekday() < 5 and closures().get(on) != "closed"


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    while first <= last:
        yield first
        first += DAY


def sessions(first: date, last: date) -> list[date]:
    """Every session from the first day to the last."""
    return [on for on in days(first, last) if trades(on)]


def before(on: date) -> date:
    """The session on a day, or the one before it."""
    return on if trades(on) else before(on - DAY)


def after(on: date) -> date:
    """The session on a day, or the one after it."""
    return on if trades(on) else after(on + DAY)


def month_ends(on: date) -> bool:
    """Whether a day is the last of its month."""
    return (on + DAY).month != on.month


def hours(on: date) -> tuple[datetime, datetime]:
    """From when until when orders may be sent on a session."""
    shut = time(12, 30) if closures().get(on) == "early_close" else time(15, 30)
    return at(on, time(9, 35)), at(on, shut)


def close(on: date) -> datetime:
    """When a session ends."""
    return at(on, time(13) if closures().get(on) == "early_close" else time(16))


def at(on: date, when: time) -> datetime:
    """A New York time as an instant."""
    return datetime.combine(on, when, NEW_YORK).astimezone(UTC)


def local(instant: datetime) -> datetime:
    """An instant as New York sees it."""
    return instant.astimezone(NEW_YORK)


def semi_monthly(first: date, last: date) -> set[date]:
    """The 15th and the last of each month, on the session before where the exchange is shut."""
    found = {before(on) for on in days(first - 40 * DAY, last + 40 * DAY) if on.day == 15 or month_ends(on)}
    return {on for on in found if first <= on <= last}


def fortnightly(anchor: date, first: date, last: date) -> set[date]:
    """Every fourteenth day from one, on the session after where the exchange is shut."""
    found = {after(on) for on in days(first - 40 * DAY, last + 40 * DAY) if (on - anchor).days % 14 == 0}
    return {on for on in found if first <= on <= last}


def last_fridays(first: date, last: date) -> set[date]:
    """The last Friday of each month, on the session before where the exchange is shut."""
    found = {
        before(on)
        for on in days(first - 40 * DAY, last + 40 * DAY)
        if on.weekday() == 4 and (on + 7 * DAY).month != on.month
    }
    return {on for on in found if first <= on <= last}


def second_tuesdays(first: date, last: date) -> set[date]:
    """The second Tuesday of each quarter, on the session after where the exchange is shut."""
    found = {
        after(on)
        for on in days(first - 40 * DAY, last + 40 * DAY)
        if on.weekday() == 1 and 8 <= on.day <= 14 and on.month in {1, 4, 7, 10}
    }
    return {on for on in found if first <= on <= last}


def every_tenth_session(first: date, last: date) -> set[date]:
    """The first session of each year, and every tenth after it."""
    found: set[date] = set()
    for year in range(first.year, last.year + 1):
        found.update(sessions(date(year, 1, 1), date(year, 12, 31))[::10])
    return {on for on in found if first <= on <= last}


def year_ends(first: date, last: date) -> tuple[set[date], set[date]]:
    """The first sessions of December, and the fifth last ones of the year."""
    years = range(first.year, last.year + 1)
    december = {sessions(date(year, 12, 1), date(year, 12, 31))[0] for year in years}
    ending = {sessions(date(year, 12, 1), date(year, 12, 31))[-5] for year in years}
    return {on for on in december if first <= on <= last}, {on for on in ending if first <= on <= last}


def first_of_month(first: date, last: date) -> set[date]:
    """The first session of each month."""
    return {after(on) for on in days(first, last) if on.day == 1 and after(on) <= last}
