"""What the ledger remembers: one small fact for each station, never changed once written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from bot.domain.approval import Approval
from bot.domain.money import Shares, Usd
from bot.domain.orders import Intent, OrderState
from bot.domain.plan import Proposal
from bot.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTaken:
    """sync: what was held."""

    at: datetime
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposed:
    """propose: what should be done."""

    at: datetime
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDecided:
    """approve: what a person, or the clock, said of it."""

    at: datetime
    approval: Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class LegTicked:
    """approve: a person says that a manual line of the plan has been carried out."""

    at: datetime
    plan: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPutOff:
    """execute: only something that passes kept these lines of the plan from leaving; the newest such word holds."""

    at: datetime
    plan: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntended:
    """execute: an order is about to be sent."""

    at: datetime
    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved:
    """execute, reconcile: an order changed its state; `filled` is cumulative."""

    at: datetime
    client_order_id: str
    state: OrderState
    broker_id: str = ""
    filled: Shares = Shares()
    average_price: Decimal | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """reconcile: the broker holds something else than our books expect (`symbol` "" means cash)."""

    account: str
    symbol: str
    expected: str
    found: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """reconcile: books and broker were compared after a plan."""

    at: datetime
    plan: str
    breaks: tuple[Break, ...]
    realized_gain: Usd = Usd()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSent:
    """report: a letter left the house."""

    at: datetime
    on: date
    plan: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccepted:
    """sync: its owner looked at an account and says that what it holds is right; it lifts what stopped it before.

    `orders` are the broker's ids of the orders that a program placed lately: those are right too.
    """

    at: datetime
    account: str
    by: str
    why: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CashHeld:
    """sync: cash of an account that no plan may spend until its owner assigns it; `source` is the entry it came by.

    The cash that was there at the first run with real orders has the source `before`.
    """

    at: datetime
    account: str
    amount: Usd
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashAssigned:
    """sync: its owner says that all cash of an account that was held so far may be invested."""

    at: datetime
    account: str
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRead:
    """reconcile: a statement that was not known yet, and how many shares it lists of each symbol."""

    at: datetime
    account: str
    stated_on: date
    shares: tuple[tuple[str, Shares], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSalesHalted:
    """reconcile: a sale that was to realise a loss realised a gain, so the account sells no more of them."""

    at: datetime
    account: str
    symbol: str
    gain: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """approve: one of those who decide on a plan has said yes; `by` is the door and the person."""

    at: datetime
    plan: str
    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseRefused:
    """approve: somebody typed a passphrase for a plan that is not this person's."""

    at: datetime
    plan: str
    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLocked:
    """approve: after too many wrong passphrases nobody (`person` empty), or one person, may try until then."""

    at: datetime
    person: str
    wrong: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseSet:
    """approve: a person has chosen a passphrase at the terminal, which also lifts what was locked before."""

    at: datetime
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """arm: its owner has named every account and confirmed the limits; `terms` is the fingerprint of both."""

    at: datetime
    terms: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disarmed:
    """arm: nothing is sent to a real account from now on."""

    at: datetime
    by: str
    why: str


Fact = (
    SnapshotTaken
    | PlanProposed
    | PlanDecided
    | LegTicked
    | LinesPutOff
    | OrderIntended
    | OrderMoved
    | Reconciled
    | ReportSent
    | AccountAccepted
    | LossSalesHalted
    | CashHeld
    | CashAssigned
    | StatementRead
    | ConsentGiven
    | PassphraseRefused
    | GateLocked
    | PassphraseSet
    | Armed
    | Disarmed
)
Kind = TypeVar("Kind", bound=Fact)
