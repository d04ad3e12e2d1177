"""The faults by name, each for one route."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from adapters.simulator.faults.broken import DROPPED
from adapters.simulator.faults.fault import AT_ONCE, Asks, Change, Fault, Lag
from adapters.simulator.faults.route import Every, Route, Times
from adapters.simulator.wire import Answer, HangUp

ALWAYS = Every()


def answered(on: Route, answer: Answer, *, times: Times = ALWAYS, name: str = "answered") -> Fault:
    """An answer from somebody else: the broker never hears of the request."""
    return Fault(name=name, on=on, times=times, asks=Asks.NEVER, change=lambda _: answer)


def spoiled(on: Route, answer: Answer, *, times: Times = ALWAYS, name: str = "spoiled") -> Fault:
    """The broker does what it was asked, and the customer gets this answer in place of its own."""
    return Fault(name=name, on=on, times=times, change=lambda _: answer)


def mangled(on: Route, how: Callable[[Answer], Answer], *, times: Times = ALWAYS, name: str = "mangled") -> Fault:
    """The broker's own answer, put through any function (`broken` has some)."""
    return Fault(name=name, on=on, times=times, change=lambda turn: how(turn.answer))


def changed(on: Route, change: Change, *, times: Times = ALWAYS, name: str = "changed") -> Fault:
    """The broker's own answer, changed by one of `locations` or `pages`."""
    return Fault(name=name, on=on, times=times, change=change)


def dropped(
    on: Route, *, applied: bool, where: HangUp = HangUp.SILENT, times: Times = ALWAYS, name: str = "dropped"
) -> Fault:
    """The connection closes, before the broker has heard of the request or after it has done it."""
    asks = Asks.NOW if applied else Asks.NEVER
    return Fault(name=name, on=on, times=times, asks=asks, change=lambda turn: replace(turn.answer, hang_up=where))


def delayed(
    on: Route, *, wait: timedelta = AT_ONCE, hold: timedelta = AT_ONCE, times: Times = ALWAYS, name: str = "delayed"
) -> Fault:
    """Real time passes before the broker is asked, or between its doing and its answer."""
    return Fault(name=name, on=on, times=times, wait=wait, hold=hold)


def late(
    on: Route,
    *,
    after: timedelta | None = None,
    answer: Answer = DROPPED,
    hold: timedelta = AT_ONCE,
    times: Times = ALWAYS,
    name: str = "late",
) -> Fault:
    """The customer gets a failure now, and the broker the request later, word for word.

    `after` is virtual time; None waits for `FaultPlan.release`. What has expired by then, such as an access token,
    is refused.
    """
    return Fault(name=name, on=on, times=times, asks=Asks.LATER, after=after, hold=hold, change=lambda _: answer)


def stale(
    on: Route, *, age: timedelta | None = None, writes: int = 0, times: Times = ALWAYS, name: str = "stale"
) -> Fault:
    """The broker answers as of some virtual time ago, or as before the last few changes that customers made.

    It remembers its books from the moment on at which the plan holds such a fault.

    Raises:
        ValueError: unless exactly one of the two is given.
    """
    if (age is None) == (writes == 0):
        raise ValueError("a stale list lags by an age or by a number of writes")
    return Fault(name=name, on=on, times=times, lag=Lag(age=age, writes=writes))


def rotated(on: Route, *, times: Times = ALWAYS, name: str = "rotated") -> Fault:
    """After the answer every account has a new hash."""
    return Fault(name=name, on=on, times=times, rotates=True)
