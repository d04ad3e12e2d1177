"""The broker in memory, on the test's own clock, failing exactly where a test says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum, auto

from bot.domain.errors import RebaloopError, TryLater
from bot.domain.money import Shares
from bot.domain.orders import BrokerOrder, Intent, Submission
from bot.domain.readings import AccountReading, Capabilities, MarketReading, Quote
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import FakeClock


class Fate(StrEnum):
    """What becomes of an order, beside filling as a whole."""

    REFUSED = auto()
    LOST = auto()  # never arrives, and nobody says so
    SILENT = auto()  # arrives and fills, but the answer is lost
    CUT_OFF = auto()  # arrives, and then the broker cannot be reached any more
    RESTING = auto()
    EXPIRED_IN_PART = auto()  # half of it fills, the rest expires
    ANOTHER = auto()  # the broker shows another order than the one that was sent
    CRASH_BEFORE = auto()  # our own process dies before the order leaves
    CRASH_AFTER = auto()  # our own process dies before the answer is read


class Crash(BaseException):
    """The end of our own process."""


class ScriptedBroker(FakeBroker):
    """`fates` by symbol; `unreadable` says what reading an account raises, from the first order on with `later`."""

    def __init__(
        self, *, clock: FakeClock, cash: dict[str, str], shares: dict[str, dict[str, str]], prices: dict[str, str]
    ) -> None:
        super().__init__(cash=cash, shares=shares, prices=prices, at=clock.now(), fractional=False)
        self.clock = clock
        self.keyed = True
        self.fates: dict[str, Fate] = {}
        self.quote_age = timedelta(0)
        self.unreadable: dict[str, RebaloopError] = {}
        self.later = False

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), keyed=self.keyed)

    def read(self, account: str) -> AccountReading:
        self.at = self.clock.now()
        if account in self.unreadable and (self.sent or not self.later):
            raise self.unreadable[account]
        return super().read(account)

    def quotes(self, symbols: Sequence[str]) -> tuple[Quote, ...]:
        self.at = self.clock.now()
        return tuple(replace(quote, at=quote.at - self.quote_age) for quote in super().quotes(symbols))

    def market(self) -> MarketReading:
        self.at = self.clock.now()
        return super().market()

    def submit(self, intent: Intent) -> Submission:
        self.at = self.clock.now()
        self.fill_at_most.pop(intent.symbol, None)
        match self.fates.get(intent.symbol):
            case Fate.CRASH_BEFORE:
                raise Crash
            case Fate.REFUSED:
                self.refuse[intent.symbol] = "insufficient buying power"
            case Fate.LOST:
                self.never_arrives.add(intent.symbol)
            case Fate.SILENT:
                self.lose_reply.add(intent.symbol)
            case Fate.CUT_OFF:
                self.trouble = TryLater("unreachable")
            case Fate.RESTING:
                self.fill_at_most[intent.symbol] = Shares()
            case Fate.EXPIRED_IN_PART:
                self.fill_at_most[intent.symbol] = Shares.of(intent.quantity.count / 2).whole()
            case Fate.CRASH_AFTER:
                super().submit(intent)
                raise Crash
        return super().submit(intent)

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        found = super().find(intent, broker_id)
        fate = self.fates.get(intent.symbol)
        if found is not None and fate is Fate.ANOTHER:
            return replace(found, quantity=found.quantity + Shares.of(1))
        if found is not None and fate is Fate.EXPIRED_IN_PART:
            self.expire()
            return super().find(intent, broker_id)
        return found
