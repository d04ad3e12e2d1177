"""Paydays and other days that come again: by the days of a month, by its weekdays, or every fourteenth day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.schedule import EveryTwoWeeks, Monthly, NthWeekday, Rhythm, Roll
from bot.engine.due.sessions import LONGEST_CLOSURE, Sessions, rolled

FORTNIGHT = timedelta(days=14)
MARGIN = timedelta(days=LONGEST_CLOSURE)


def paydays(rhythm: Rhythm, roll: Roll, first: date, last: date, sessions: Sessions) -> tuple[date, ...]:
    """The sessions between two days, both included, on which the rhythm falls; each once, in order."""
    days = {rolled(on, roll, sessions) for on in calendar_days(rhythm, first - MARGIN, last + MARGIN)}
    return tuple(sorted(on for on in days if first <= on <= last))


def calendar_days(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    """The days of a rhythm between two days, both included, whatever the exchange does on them."""
    if isinstance(rhythm, EveryTwoWeeks):
        on = first + timedelta(days=(rhythm.anchor_on - first).days % FORTNIGHT.days)
        while on <= last:
            yield on
            on += FORTNIGHT
        return
    for year, month in _months(first, last):
        if month in rhythm.months:
            yield from (on for on in _in_month(rhythm, year, month) if first <= on <= last)


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield number // 12, number % 12 + 1


def _in_month(rhythm: Monthly | NthWeekday, year: int, month: int) -> list[date]:
    first_weekday, length = monthrange(year, month)
    if isinstance(rhythm, Monthly):
        return sorted({date(year, month, min(day, length)) for day in rhythm.days})
    earliest = 1 + (rhythm.weekday - first_weekday) % 7
    fitting = range(earliest, length + 1, 7)
    return [date(year, month, fitting[rhythm.nth - 1 if rhythm.nth > 0 else rhythm.nth])]
