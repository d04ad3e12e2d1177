"""Learns from an account's history when its funds pay, and so when they will pay next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low

from bot.domain.readings import Activity, ActivityKind
from bot.domain.schedule import PayDate, Source
from bot.engine.watch import arrivals

A_YEAR = timedelta(days=364)  # 52 weeks: funds keep to the weekday rather than to the date
PAYS_ABOUT_EVERY = (30, 91, 182, 365)  # days: monthly, quarterly, twice a year, yearly
LOOSE = 4  # a gap belongs to a rhythm that it misses by no more than a quarter of it
OVERDUE = timedelta(days=10)  # then a guess was wrong


def learned(activities: Sequence[Activity], today: date) -> tuple[PayDate, ...]:
    """The next pay date of every fund of an account that has paid at least twice, and is not long overdue."""
    paid: dict[tuple[str, str], list[date]] = {}
    for entry in arrivals(activities, date.min):
        if entry.kind is ActivityKind.DIVIDEND and entry.symbol:
            paid.setdefault((entry.account, entry.symbol), []).append(entry.on)
    found = []
    for (account, symbol), days in sorted(paid.items()):
        on = next_pay_date(days, today)
        if on is not None:
            found.append(PayDate(on=on, account=account, symbol=symbol, source=Source.LEARNED))
    return tuple(found)


def next_pay_date(paid: Iterable[date], today: date) -> date | None:
    """When a fund pays next by the days on which it paid: where it did a year before, else a usual gap later.

    None where there are fewer than two days, no rhythm in them, or where it should have paid long since.
    """
    days = sorted(set(paid))
    if len(days) < 2:
        return None
    usual = median_low([(after - before).days for before, after in pairwise(days)])
    period = next((one for one in PAYS_ABOUT_EVERY if abs(usual - one) * LOOSE <= one), None)
    if period is None:
        return None
    by_gap = days[-1] + timedelta(days=period)
    a_year_before = [day + A_YEAR for day in days]
    like_last_year = [day for day in a_year_before if abs((day - by_gap).days) * LOOSE <= period and day > days[-1]]
    on = min(like_last_year, key=lambda day: abs((day - by_gap).days), default=by_gap)
    return on if on >= today - OVERDUE else None
