"""When silence becomes a proof: a day order that nobody shows an hour after the close was never placed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports import Broker, Clock, MarketCalendar
from bot.services.terms import new_york_date

QUIET = timedelta(hours=1)  # longer than anything that was sent can be on its way
MEMORY = timedelta(days=6)  # brokers are asked for the orders of the last week; what is older is not shown any more


def barrier(sent_at: datetime, calendar: MarketCalendar) -> datetime:
    """The instant from which an order of that session can neither arrive nor be open any more."""
    session = calendar.session(new_york_date(sent_at))
    if session is None or session.closes_at <= sent_at:
        session = calendar.next_session(new_york_date(sent_at))
    return session.closes_at + QUIET


def earliest_now(broker: Broker, clock: Clock) -> datetime:
    """The time by the slower of the two clocks: no clock that is set wrong can bring a barrier nearer."""
    return min(clock.now(), broker.market().at)
