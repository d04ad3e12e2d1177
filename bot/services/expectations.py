"""Looks into histories and announcements for the money that will come, and for what came without being expected."""

from __future__ import annotations

from datetime import date, timedelta

import structlog

from bot.domain.errors import LogIn, Reconcile, TryLater
from bot.domain.schedule import PayDate
from bot.engine.due.calendar import foreseen
from bot.engine.due.dividends import learned
from bot.engine.due.money import unexpected, wanted
from bot.ports import DueBook
from bot.services.house import House
from bot.services.terms import new_york_date

PAST = timedelta(days=400)  # a year, and the payment before it
AHEAD = timedelta(days=80)  # brokers answer for 90 days at a time, with the last week among them
LATELY = timedelta(days=7)
NEAR = timedelta(days=10)

_log = structlog.get_logger()


def expect(house: House, book: DueBook) -> tuple[PayDate, ...]:
    """Write down the pay dates that are to be expected, in place of those before: announced, learned, or arrived.

    Raises:
        LogIn, TryLater, Reconcile: where a history cannot be read; then nothing changes.
    """
    today = new_york_date(house.clock.now())
    managed = [one.id for one in house.household.accounts if one.managed]
    history = [entry for account in managed for entry in house.brokers[account].activities(account, today - PAST)]
    announced = [one for account in managed for one in _announced(house, account, today)]
    guessed = [one for one in learned(history, today) if not any(_same(one, other) for other in announced)]
    known = (*announced, *guessed)
    begun_on = book.begun_on() or today
    due = foreseen(house.schedule, known, (), today - 2 * LATELY, today + LATELY, house.calendar.session)
    awaited = [one for d in due if d.kind.wants_money and (one := wanted(d, house.schedule)) is not None]
    arrived = unexpected(history, awaited, max(today - LATELY, begun_on))
    found = (*known, *arrived)
    book.expect(found)
    _log.info("agenda.expects", announced=len(announced), learned=len(guessed), arrived=len(arrived))
    return found


def _announced(house: House, account: str, today: date) -> tuple[PayDate, ...]:
    """What the account's keeper knows ahead of the funds that lie in it; one that cannot be asked announces nothing."""
    announcer = house.announcers.get(account)
    if announcer is None:
        return ()
    try:
        symbols = sorted({one.symbol for one in house.brokers[account].read(account).held})
        return announcer.pay_dates(account, symbols, today - LATELY, today + AHEAD)
    except (LogIn, TryLater, Reconcile) as problem:
        _log.warning("agenda.nothing_announced", account=account, why=problem.message)
        return ()


def _same(one: PayDate, other: PayDate) -> bool:
    """Whether two pay dates are of one payment."""
    return (one.account, one.symbol) == (other.account, other.symbol) and abs(one.on - other.on) <= NEAR
