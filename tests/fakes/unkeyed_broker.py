"""A broker in memory that knows no client ids: orders are found by its own ids, or by their shape."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.domain.errors import Reconcile
from bot.domain.money import Usd
from bot.domain.orders import Answer, BrokerOrder, Intent, Preview, Submission
from bot.domain.readings import AccountReading, Capabilities
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_broker import Crash, ScriptedBroker

NO_ANSWER = Submission(answer=Answer.UNKNOWN, text="no answer (timeout)")


class Mishap(StrEnum):
    """What goes wrong with the next order for a symbol."""

    REPLY_LOST = auto()  # accepted, and the answer never comes
    NEVER_ARRIVES = auto()
    ARRIVES_LATE = auto()  # only when the test says `arrive`
    WRONG_LOCATION = auto()  # accepted, and the receipt names another order
    THROTTLED = auto()  # 429, not accepted
    REFUSED = auto()  # an answer with the broker's own words, not accepted
    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()


REPLIES: dict[Mishap | None, Submission] = {
    Mishap.NEVER_ARRIVES: NO_ANSWER,
    Mishap.ARRIVES_LATE: NO_ANSWER,
    Mishap.THROTTLED: Submission(answer=Answer.UNKNOWN, text="answered 429: too many requests"),
    Mishap.REFUSED: Submission(answer=Answer.REFUSED, text="This account is restricted (422)"),
}


class UnkeyedBroker(ScriptedBroker):
    """`mishaps` by symbol; `hidden` ids are not in its list yet; `previewed` are all orders that were only shown to it.

    `answers` say what it says of an order for a symbol that is shown to it; `costs` what positions cost, by account and
    symbol.
    """

    def __init__(
        self,
        *,
        clock: FakeClock,
        cash: dict[str, str],
        shares: dict[str, dict[str, str]],
        prices: dict[str, str],
        previews: bool = False,
    ) -> None:
        super().__init__(clock=clock, cash=cash, shares=shares, prices=prices)
        self.keyed = False
        self.previews = previews
        self.mishaps: dict[str, Mishap] = {}
        self.hidden: set[str] = set()
        self.answers: dict[str, Preview] = {}
        self.previewed: list[Intent] = []
        self.costs: dict[tuple[str, str], str] = {}
        self._late: list[Intent] = []

    def capabilities(self) -> Capabilities:
        return replace(super().capabilities(), dearest_first=True, previews=self.previews)

    def read(self, account: str) -> AccountReading:
        told = super().read(account)
        costs = {symbol: Usd.of(cost) for (of, symbol), cost in self.costs.items() if of == account}
        return replace(told, held=tuple(replace(one, cost_basis=costs.get(one.symbol)) for one in told.held))

    def order_ids(self, account: str) -> tuple[str, ...]:
        return tuple(one for one in super().order_ids(account) if one not in self.hidden)

    def recent(self, account: str) -> tuple[BrokerOrder, ...]:
        return tuple(_unnamed(one) for one in super().recent(account) if one.client_order_id.startswith("rl-"))

    def preview(self, intent: Intent) -> Preview:
        self.previewed.append(intent)
        return self.answers.get(intent.symbol, Preview())

    def submit(self, intent: Intent) -> Submission:
        mishap = self.mishaps.pop(intent.symbol, None)
        if mishap is Mishap.CRASH_BEFORE:
            raise Crash
        if mishap in REPLIES:
            self.sent.append(intent)
            self._late += [intent] if mishap is Mishap.ARRIVES_LATE else []
            return REPLIES[mishap]
        answer = super().submit(intent)
        if mishap is Mishap.CRASH_AFTER:
            raise Crash
        if mishap is Mishap.WRONG_LOCATION:
            return replace(answer, broker_id="order-1")
        return NO_ANSWER if mishap is Mishap.REPLY_LOST else answer

    def find(self, intent: Intent, broker_id: str = "") -> BrokerOrder | None:
        self._till(intent.account)
        fitting = [
            self._look(order)
            for order in list(self._orders.values())
            if order.matches(intent) and order.broker_id not in intent.baseline
        ]
        named = [order for order in fitting if order.broker_id == broker_id]
        if not named and len(fitting) > 1:
            raise Reconcile(f"{len(fitting)} orders look like the one for {intent.quantity} {intent.symbol}.")
        return next((_unnamed(order) for order in named or fitting), None)

    def arrive(self) -> None:
        """What was on its way arrives now."""
        for intent in self._late:
            super().submit(intent)
            self.sent.pop()
        self._late.clear()

    def close_the_day(self, span: timedelta = timedelta(hours=7, minutes=30)) -> datetime:
        """Let day orders expire, and time pass until the evening."""
        self.expire()
        self.clock.pass_by(span)
        return self.clock.now()


def _unnamed(order: BrokerOrder) -> BrokerOrder:
    return replace(order, client_order_id="")


def an_unkeyed_broker(
    clock: FakeClock, shares: Mapping[str, Mapping[str, str]] | None = None, *, previews: bool = False
) -> UnkeyedBroker:
    """Brokerage: 1,000 VTI and no cash. Rollover: 800 VTI, 400 BND and $100."""
    held = shares or {"brokerage": {"VTI": "1000"}, "rollover": {"VTI": "800", "BND": "400"}}
    return UnkeyedBroker(
        clock=clock,
        cash={"brokerage": "0", "rollover": "100"},
        shares={account: dict(count) for account, count in held.items()},
        prices={"VTI": "100", "BND": "50"},
        previews=previews,
    )
