"""An account that is known from a file alone, behind the broker port; it has no way to send anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.brokers.statement.checks import reading
from adapters.brokers.statement.forms import draft_of
from adapters.files.opening import read_text
from adapters.files.tree import printable
from bot.domain.errors import Reconcile, WrongUse
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.plan import Environment
from bot.domain.readings import AccountReading, Activity, Capabilities, Login, MarketReading, Quote
from bot.ports import Clock

NEW_YORK = ZoneInfo("America/New_York")
LARGEST = 64 * 1024 * 1024  # bytes


class StatementBroker:
    """One account as its last statement shows it; prices come with the reading, orders are its owner's business."""

    def __init__(self, *, account: str, path: Path, clock: Clock, account_ends: str = "") -> None:
        """`account_ends` are the last characters of the account's number, for files that hold several accounts."""
        self._account = account
        self._ends = account_ends
        self._path = path
        self._clock = clock

    def capabilities(self) -> Capabilities:
        """It sends nothing; funds outside a broker's reach are kept in fractions."""
        return Capabilities(sends_orders=False, fractional=True, keyed=False, environment=Environment.DRY_RUN)

    def login(self) -> Login | None:
        """None: a file needs no login."""

    def order_ids(self, account: str) -> tuple[str, ...]:
        """None: nothing was ever sent."""
        self._check_alias(account)
        return ()

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        """None: nothing was ever sent."""
        self._check_alias(account)
        return ()

    def preview(self, intent: Intent) -> Preview:
        """A refusal, always."""
        return Preview(rejects=(f"Orders in {intent.account} are carried out by its owner.",))

    def read(self, account: str) -> AccountReading:
        """The whole statement, or nothing of it.

        Raises:
            FixTheFile: with every mistake in it, each with its line.
        """
        self._check_alias(account)
        text = read_text(self._path, largest=LARGEST)
        today = self._clock.now().astimezone(NEW_YORK).date()
        return reading(draft_of(printable(str(self._path), 400), text, self._ends), account, today)

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:  # noqa: ARG002 - a statement has no past
        """None: a statement is one day."""
        self._check_alias(account)
        return ()

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:  # noqa: ARG002 - it knows of none
        """None: a statement's prices are of its own day."""
        return ()

    def market(self) -> MarketReading:
        """Our own clock; nothing can be traded here at any hour."""
        return MarketReading(at=self._clock.now(), is_open=False)

    def submit(self, intent: Intent) -> Submission:
        """Refused, always: there is nobody to send it to."""
        return Submission(answer=Answer.REFUSED, text=f"Orders in {intent.account} are carried out by its owner.")

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:  # noqa: ARG002 - none was ever sent
        """None: nothing was ever sent."""
        self._check_alias(intent.account)
        return None

    def cancel(self, account: str, broker_id: str) -> None:  # noqa: ARG002 - there is none
        """Nothing can be cancelled that was never sent."""
        raise WrongUse(f"Orders in {account} are carried out by its owner, who alone can cancel them.")

    def _check_alias(self, account: str) -> None:
        if account != self._account:
            raise Reconcile(f"{account!r} is not kept here; this statement is of {self._account!r}.")
