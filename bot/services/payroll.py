"""A keeper whose statements are carried forward by what payroll has put in since, and looked at when new ones come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.domain.facts import StatementRead
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.readings import AccountReading, Activity, Capabilities, Login, MarketReading, Quote
from bot.domain.schedule import Contribution
from bot.domain.snapshot import Remark
from bot.engine.statements import contributed, contribution_remark, projected
from bot.ports import Broker, Clock, Ledger, MarketCalendar
from bot.services.terms import new_york_date


class PayrollBroker:
    """A `bot.ports.Broker` in front of another one; all but its readings is the other's."""

    def __init__(
        self, keeper: Broker, contributions: Sequence[Contribution], calendar: MarketCalendar, clock: Clock
    ) -> None:
        self._keeper = keeper
        self._contributions = tuple(contributions)
        self._calendar = calendar
        self._clock = clock

    def stated(self, account: str) -> AccountReading:
        """The statement as it stands."""
        return self._keeper.read(account)

    def read(self, account: str) -> AccountReading:
        """The statement with what payroll has bought since."""
        reading = self.stated(account)
        if reading.stated_on is None:
            return reading
        today = new_york_date(self._clock.now())
        return projected(
            reading, contributed(self._contributions, account, reading.stated_on, today, self._calendar.session)
        )

    def check(self, account: str, ledger: Ledger) -> Remark | None:
        """Compare a statement that is new with the one before, and remember it; what its owner should know."""
        reading = self.stated(account)
        if reading.stated_on is None:
            return None
        earlier = next((fact for fact in ledger.latest(StatementRead) if fact.account == account), None)
        if earlier is not None and earlier.stated_on >= reading.stated_on:
            return None
        remark = None if earlier is None else self._compared(earlier, reading, reading.stated_on)
        shares = tuple((held.symbol, held.quantity) for held in reading.held)
        ledger.record(StatementRead(at=self._clock.now(), account=account, stated_on=reading.stated_on, shares=shares))
        return remark

    def _compared(self, earlier: StatementRead, reading: AccountReading, stated_on: date) -> Remark | None:
        sessions = self._calendar.session
        money = contributed(self._contributions, reading.account, earlier.stated_on, stated_on, sessions)
        return contribution_remark(reading.account, dict(earlier.shares), reading, money)

    def capabilities(self) -> Capabilities:
        """The other's."""
        return self._keeper.capabilities()

    def login(self) -> Login | None:
        """The other's."""
        return self._keeper.login()

    def activities(self, account: str, since: date) -> tuple[Activity, ...]:
        """The other's."""
        return self._keeper.activities(account, since)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        """The other's."""
        return self._keeper.quotes(symbols)

    def market(self) -> MarketReading:
        """The other's."""
        return self._keeper.market()

    def order_ids(self, account: str) -> tuple[str, ...]:
        """The other's."""
        return self._keeper.order_ids(account)

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        """The other's."""
        return self._keeper.recent(account)

    def preview(self, intent: Intent) -> Preview:
        """The other's."""
        return self._keeper.preview(intent)

    def submit(self, intent: Intent) -> Submission:
        """Refused, always: a statement sends nothing."""
        return Submission(answer=Answer.REFUSED, text=f"Orders in {intent.account} are carried out by its owner.")

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        """The other's."""
        return self._keeper.find(intent, broker_id)

    def cancel(self, account: str, broker_id: str) -> None:
        """The other's."""
        self._keeper.cancel(account, broker_id)
