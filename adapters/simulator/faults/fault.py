"""One fault: whether and when the broker is asked, and what the customer gets to see in place of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from adapters.simulator.faults.route import Every, Route, Times
from adapters.simulator.wire import Answer, Request

AT_ONCE = timedelta(0)


class Asks(IntEnum):
    """When a request reaches the broker; of several faults on one request the greatest wins."""

    NOW = 0
    LATER = 1
    NEVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a fault finds when it comes to change an answer.

    Attributes:
        request: what the customer sent.
        answer: the broker's answer, as the faults before this one have left it; a 504 when it was not asked.
        previous: the request that the same customer made of the same path before this one.
        locations: the Location headers of all the broker's answers so far, oldest first.
        ask: the broker's answer to another request of the same customer.
    """

    request: Request
    answer: Answer
    previous: Request | None
    locations: tuple[str, ...]
    ask: Callable[[Request], Answer]


Change = Callable[[Turn], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far back a reader is: by virtual time, or by the last changes that customers made."""

    age: timedelta | None = None
    writes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong with the requests of a route.

    Attributes:
        name: what the logs call it.
        on, times: which requests it meets.
        asks: whether the broker hears of the request.
        after: with `Asks.LATER`, the virtual time until it does; None waits for `FaultPlan.release`.
        wait, hold: real time before the broker is asked, and between its doing and the answer.
        lag: the broker answers from its books as they were.
        change: the answer in place of the broker's.
        rotates: afterwards the broker gives every account a new hash.
    """

    name: str
    on: Route
    times: Times = Every()  # noqa: RUF009 - frozen
    asks: Asks = Asks.NOW
    after: timedelta | None = None
    wait: timedelta = AT_ONCE
    hold: timedelta = AT_ONCE
    lag: Lag | None = None
    change: Change | None = None
    rotates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """That a fault met the n-th request of its route, at an instant of the virtual clock."""

    fault: str
    number: int
    method: str
    path: str
    account: str | None
    at: datetime
