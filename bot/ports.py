"""What we ask of the world, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.domain.approval import Approval
from bot.domain.facts import Fact, Kind
from bot.domain.gate import Link, Passphrase
from bot.domain.letter import Letter
from bot.domain.orders import BrokerOrder, Intent, OrderRecord, Preview, Submission
from bot.domain.plan import Proposal
from bot.domain.post import OutboxState
from bot.domain.readings import AccountReading, Activity, Capabilities, Login, MarketReading, Quote, Session
from bot.domain.schedule import Due, DueRecord, PayDate


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""

    def wait(self, seconds: int) -> None:
        """Let some time pass before asking again."""

    def steady(self) -> timedelta:
        """A stopwatch that nobody can set: only the difference between two readings means something."""


class MarketCalendar(Protocol):
    """The exchange's trading days."""

    def session(self, on: date) -> Session | None:
        """The session of that New York day; None when the exchange stays shut."""

    def next_session(self, after: date) -> Session:
        """The first session on a later day."""


class Broker(Protocol):
    """Whoever keeps one or more of the household's accounts, named by their aliases.

    Every read raises LogIn (credentials), TryLater (busy, unreachable) or Reconcile (an answer that makes no sense);
    it never returns part of the truth. Reads may be repeated inside; `submit` never is.
    """

    def capabilities(self) -> Capabilities:
        """What it can do, and in which environment; asked of the broker itself where it can tell."""

    def login(self) -> Login | None:
        """The login that opens its accounts; None for credentials that do not die."""

    def read(self, account: str) -> AccountReading:
        """Cash, positions and open orders of one account."""

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        """Everything that happened in the account since that New York day, oldest first, each once."""

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        """Fresh quotes; a symbol without a usable one is left out."""

    def market(self) -> MarketReading:
        """The broker's own clock, and whether it says that the regular session is open now."""

    def order_ids(self, account: str) -> tuple[str, ...]:
        """The ids of all orders that it knows of the last two days: the baseline of a broker without client ids."""

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        """The orders of the last two days that came in through a program: by client id, or as the broker marks them.

        Whatever has become of them. What a person typed into the broker's own pages is left out as far as it can tell.
        """

    def preview(self, intent: Intent) -> Preview:
        """Show an order without placing it; an empty preview from a broker that has none."""

    def submit(self, intent: Intent) -> Submission:
        """Send one order: exactly one POST, no retry. The answer never decides; `find` does. Does not raise."""

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        """Read an order back; None where the broker does not show it.

        With client ids None is a proof. Without them the order is searched by its shape among those that are not in
        the intent's baseline; None then proves something only after the session, and two that fit raise Reconcile.
        """

    def cancel(self, account: str, broker_id: str) -> None:
        """Ask for an order to be cancelled; whether it was is for `find` to say."""


class Ledger(Protocol):
    """The books: facts are only ever added, and are on the disk when a call returns.

    Raises Reconcile for a change that the life of an order or of a proposal does not allow.
    """

    def record(self, fact: Fact) -> None:
        """Add one fact, and update what follows from it (the state of a proposal or an order)."""

    def decide(self, approval: Approval) -> bool:
        """Add a verdict if the proposal still waits for one (or is approved, and is now voided); False otherwise."""

    def facts(self, *, plan: str = "") -> Iterable[Fact]:
        """All facts, oldest first; only those of one plan (its fingerprint) where given."""

    def latest(self, kind: type[Kind]) -> Iterable[Kind]:
        """All facts of one kind, the newest first; cheap for a reader that stops early."""

    def proposals(self) -> Sequence[tuple[Proposal, Approval | None]]:
        """Every proposal, oldest first, with its latest verdict; None while it waits."""

    def orders(self, *, plan: str = "") -> Sequence[OrderRecord]:
        """Every order that was ever intended, oldest first; only those of one plan where given."""


class Gate(Protocol):
    """Who may say yes: links, the people who decide, and their passphrases; kept in the same books as the ledger."""

    def at_once(self) -> AbstractContextManager[None]:
        """All that gate and ledger write inside it is there whole or not at all, and nobody else writes meanwhile."""

    def name_deciders(self, plan: str, people: Sequence[str]) -> None:
        """Lay down whose yes a plan needs; from then on the books refuse to approve it without. Once for each plan."""

    def deciders(self, plan: str) -> tuple[str, ...]:
        """Whose yes a plan needs; empty where nobody was named."""

    def add(self, link: Link) -> None:
        """Keep a new link, for one of those who decide on its plan."""

    def link(self, token_sha: str) -> Link | None:
        """The link with this SHA-256; None where there is none."""

    def use(self, token_sha: str, plan: str, at: datetime) -> bool:
        """Use up a link to this plan; False where it is used, has run out, or leads elsewhere."""

    def passphrase(self, person: str) -> Passphrase | None:
        """What is kept of a person's passphrase."""

    def keep(self, passphrase: Passphrase) -> None:
        """Keep a person's passphrase in place of the one before."""


class Brake(Protocol):
    """The emergency brake: while it is pulled nothing is sent."""

    def pulled(self) -> str:
        """Why it is pulled; empty when it is not. Whoever cannot tell for sure says that it is."""

    def pull(self, why: str) -> None:
        """Pull it, and keep the reason; it stays pulled when the program ends. TryLater when that cannot be kept."""

    def release(self) -> bool:
        """Release it; False when it was not pulled. NotAllowed for what only a person can take away."""


class Postbox(Protocol):
    """Where letters leave the house."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over; returns when it is on a disk and safe to forget. TryLater when it could not be kept."""

    def deliver(self) -> None:
        """Carry away what waits; what cannot leave now goes on waiting, and nothing is raised for it."""

    def outbox_state(self) -> OutboxState:
        """What waits, and what never arrived lately: told elsewhere, since no letter can tell it."""


class DueBook(Protocol):
    """What was due when, and what became of it: whoever writes a due date into it first has it, nobody has it twice.

    Raises TryLater and Reconcile like the ledger.
    """

    def begun_on(self) -> date | None:
        """The day from which it counts; None for one that was never begun."""

    def begin(self, on: date) -> date:
        """Count from this day; the day that holds, where somebody was faster."""

    def newest_on(self, upto: date) -> date | None:
        """The latest day up to that one of which it says anything."""

    def records(self, since: date) -> Sequence[DueRecord]:
        """What it says of the days from that one on, and whatever older is not over."""

    def claim(self, records: Iterable[DueRecord]) -> tuple[Due, ...]:
        """Write all of these down at once, new or moved on; those that are ours because of it."""

    def move(self, records: Iterable[DueRecord]) -> None:
        """Say at once what became of all of these, which were claimed."""

    def expect(self, pay_dates: Iterable[PayDate]) -> None:
        """From now on these pay dates are expected, and no others."""

    def expected(self) -> tuple[PayDate, ...]:
        """The pay dates that are expected, in order."""


class Pause(Protocol):
    """A holiday from trading: until its day nothing is drawn or sent, and everything else goes on."""

    def until(self) -> date | None:
        """The New York day on which it ends; None where there is none. What cannot be read lasts for ever."""

    def begin(self, until: date, why: str) -> None:
        """Pause until that day; TryLater when it cannot be kept."""

    def end(self) -> bool:
        """End it now; False where there was none."""


class Announcer(Protocol):
    """A keeper that knows ahead when funds pay."""

    def pay_dates(self, account: str, symbols: Sequence[str], since: date, until: date) -> tuple[PayDate, ...]:
        """The announced pay dates of these symbols between two days; raises like every read of a broker."""
