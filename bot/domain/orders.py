"""The life of an order: what we meant to send, what the broker says of it, and which changes are possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from bot.domain.canonical import fingerprint
from bot.domain.money import Shares
from bot.domain.snapshot import Side


class OrderState(StrEnum):
    """Where an order stands; a status that we do not know is `unknown` and never final."""

    APPROVED = "approved"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACKED = "acked"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    NOT_PLACED = "not_placed"
    HUMAN = "human"

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self in _FINAL

    @property
    def may_be_live(self) -> bool:
        """Whether the broker may still hold it open."""
        return self in {OrderState.SENDING, OrderState.UNKNOWN, OrderState.ACKED, OrderState.PARTIAL}

    def may_become(self, other: OrderState) -> bool:
        """Whether the life cycle has a step from here to there; staying is always possible."""
        return other is self or other in _STEPS[self]


_FINAL = frozenset(
    {
        OrderState.FILLED,
        OrderState.CANCELED,
        OrderState.REJECTED,
        OrderState.EXPIRED,
        OrderState.NOT_PLACED,
        OrderState.HUMAN,
    }
)
_CLOSED = frozenset({OrderState.FILLED, OrderState.CANCELED, OrderState.REJECTED, OrderState.EXPIRED})
_KNOWN = _CLOSED | {OrderState.ACKED, OrderState.PARTIAL}
_STEPS: dict[OrderState, frozenset[OrderState]] = {
    OrderState.APPROVED: frozenset({OrderState.SENDING, OrderState.NOT_PLACED}),
    OrderState.SENDING: _KNOWN | {OrderState.UNKNOWN, OrderState.NOT_PLACED},
    OrderState.UNKNOWN: _KNOWN | {OrderState.NOT_PLACED, OrderState.HUMAN},
    OrderState.ACKED: _CLOSED | {OrderState.PARTIAL, OrderState.HUMAN},
    OrderState.PARTIAL: _CLOSED | {OrderState.HUMAN},
    **{state: frozenset[OrderState]() for state in _FINAL},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One order that we mean to send, written down before it is on the wire.

    A day limit order: `quantity` at `limit_price` dollars or better. `plan` is the proposal's fingerprint, `line` the
    line's number in it, `attempt` counts from 1 and moves on only after a proven final state. `dearest_first` asks the
    broker to sell the lots of the highest cost. `baseline` are the ids of the orders that a broker without client ids
    knew before: none of them can be this one.
    """

    plan: str
    line: int
    attempt: int
    account: str
    side: Side
    symbol: str
    quantity: Shares
    limit_price: Decimal
    dearest_first: bool = False
    baseline: tuple[str, ...] = ()

    @property
    def client_order_id(self) -> str:
        """The key under which the broker knows it: a hash of plan, line and attempt, so that it can be said again."""
        return _key(self.plan, self.line, self.attempt)


@lru_cache(maxsize=1024)  # the books are asked for it again and again
def _key(plan: str, line: int, attempt: int) -> str:
    return "rl-" + fingerprint({"plan": plan, "line": line, "attempt": attempt})[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An intent and where it stands now; `filled` is the broker's cumulative number."""

    intent: Intent
    state: OrderState
    intended_at: datetime
    broker_id: str = ""
    filled: Shares = Shares()
    average_price: Decimal | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOrder:
    """What a broker says of one order; `text` is its own word for the state or the reason of a rejection."""

    broker_id: str
    client_order_id: str
    account: str
    side: Side
    symbol: str
    quantity: Shares
    limit_price: Decimal | None
    state: OrderState
    filled: Shares
    average_price: Decimal | None
    text: str = ""

    def matches(self, intent: Intent) -> bool:
        """Whether it is the order that this intent describes, by everything but its id."""
        return (
            (self.account, self.side, self.symbol) == (intent.account, intent.side, intent.symbol)
            and self.quantity == intent.quantity
            and self.limit_price == intent.limit_price
        )


class Answer(StrEnum):
    """What a broker's reply to a new order proves; it never proves that the order failed unless it says so."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The reply to one POST; `text` is the broker's reason or our description of what went missing."""

    answer: Answer
    broker_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a broker says of an order that it was only shown: why it would refuse it, and what it warns of."""

    rejects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
