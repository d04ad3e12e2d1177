"""A connection to Schwab that says whatever a test tells it to, and remembers what it was asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.refusals import Refused
from bot.domain.money import Shares
from bot.domain.orders import Answer, Intent, Submission
from bot.domain.plan import Environment
from bot.domain.readings import Login
from bot.domain.snapshot import Side

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
IRA, TAXABLE = "11110001", "22220002"
LOST = Refused("Schwab refused the question.", status=400, said="Invalid account number")
UNKNOWN_ORDER = Refused("Schwab refused the question.", status=404, said="Order not found")

BUY = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(4),
    limit_price=Decimal("299.50"),
)


def position(symbol: str = "VTI", count: object = 10, **fields: object) -> dict[str, Any]:
    """A position of an exchange-traded fund at $300, bought at $250."""
    told: dict[str, Any] = {
        "shortQuantity": 0,
        "averagePrice": Decimal("250.0"),
        "longQuantity": count,
        "settledLongQuantity": count,
        "marketValue": Decimal(str(count)) * 300,
        "instrument": {"assetType": "COLLECTIVE_INVESTMENT", "symbol": symbol, "type": "EXCHANGE_TRADED_FUND"},
    }
    return told | fields


def account(
    *positions: dict[str, Any], number: str = IRA, kind: str = "CASH", balances: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """An account with $1,000 of settled cash, unless its balances are told."""
    told: dict[str, object] = {"totalCash": 1000, "cashAvailableForTrading": 1000, "unsettledCash": 0}
    return {
        "securitiesAccount": {
            "type": kind,
            "accountNumber": number,
            "positions": list(positions),
            "currentBalances": balances or told,
        }
    }


def order(number: object = 1001, **fields: object) -> dict[str, Any]:
    """The order of `BUY`, working."""
    leg = {
        "orderLegType": "EQUITY",
        "legId": 1,
        "instrument": {"assetType": "EQUITY", "symbol": fields.pop("symbol", "VTI")},
        "instruction": fields.pop("instruction", "BUY"),
        "quantity": fields.get("quantity", 4),
    }
    told: dict[str, Any] = {
        "session": "NORMAL",
        "duration": "DAY",
        "orderType": "LIMIT",
        "quantity": 4,
        "filledQuantity": 0,
        "remainingQuantity": 4,
        "price": Decimal("299.5"),
        "orderLegCollection": [leg],
        "orderStrategyType": "SINGLE",
        "orderId": number,
        "status": "WORKING",
        "accountNumber": int(IRA),
    }
    return told | fields


def executed(*pieces: tuple[int, str]) -> list[dict[str, object]]:
    """The executions of an order: counts and prices."""
    legs = [{"legId": 1, "quantity": count, "price": Decimal(price)} for count, price in pieces]
    return [{"activityType": "EXECUTION", "executionType": "FILL", "executionLegs": legs}]


def open_day(on: date) -> dict[str, Any]:
    """The market hours of an ordinary day in winter."""
    hours = {"regularMarket": [{"start": f"{on}T09:30:00-05:00", "end": f"{on}T16:00:00-05:00"}]}
    return {"equity": {"EQ": {"date": f"{on}", "product": "EQ", "isOpen": True, "sessionHours": hours}}}


def listing(turn: str) -> list[dict[str, str]]:
    """The login's accounts, under the hashes of some turn."""
    return [
        {"accountNumber": IRA, "hashValue": f"ira{turn}"},
        {"accountNumber": TAXABLE, "hashValue": f"taxable{turn}"},
    ]


class Replies(list[Any]):
    """One after the other; the last one is repeated."""


@dataclass
class ToldLine:
    """Two accounts, empty but for $1,000 each; a reply that is an exception is raised."""

    at: datetime | None = None
    sends_orders: bool = True
    numbers: Any = field(default_factory=lambda: listing("1"))
    accounts: dict[str, Any] = field(default_factory=dict)
    listed: Any = field(default_factory=list)
    by_number: dict[str, Any] = field(default_factory=dict)
    entries: Callable[[datetime, datetime], object] = lambda first, last: list[object]()
    prices: Any = field(default_factory=dict)
    hours: Any = None
    preferences: Any = field(default_factory=dict)
    kinds: Any = field(default_factory=dict)
    previews: Any = field(default_factory=lambda: {"orderValidationResult": {}})
    submission: Submission = field(default_factory=lambda: Submission(answer=Answer.ACCEPTED, broker_id="1001"))
    cancelled: Any = None
    asked: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def answered_at(self) -> datetime | None:
        return self.at

    def _say(self, question: tuple[object, ...], replies: object) -> object:
        self.asked.append(question)
        self.at = self.at or MONDAY
        reply = replies
        if isinstance(replies, Replies):
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def account_numbers(self) -> object:
        return self._say(("account_numbers",), self.numbers)

    def account(self, account_hash: str) -> object:
        known = {"ira1": account(), "taxable1": account(number=TAXABLE)} | self.accounts
        return self._say(("account", account_hash), known.get(account_hash, LOST))

    def orders(self, account_hash: str, from_at: datetime, to_at: datetime) -> object:
        return self._say(("orders", account_hash, from_at, to_at), self.listed)

    def order(self, account_hash: str, order_id: str) -> object:
        return self._say(("order", account_hash, order_id), self.by_number.get(order_id, UNKNOWN_ORDER))

    def transactions(self, account_hash: str, start_at: datetime, end_at: datetime) -> object:
        return self._say(("transactions", account_hash, start_at, end_at), self.entries(start_at, end_at))

    def quotes(self, symbols: Sequence[str]) -> object:
        return self._say(("quotes", tuple(symbols)), self.prices)

    def market_hours(self, on: date) -> object:
        return self._say(("market_hours", on), self.hours or open_day(on))

    def user_preferences(self) -> object:
        return self._say(("user_preferences",), self.preferences)

    def instruments(self, symbols: Sequence[str]) -> object:
        return self._say(("instruments", tuple(symbols)), self.kinds)

    def preview(self, account_hash: str, body: Mapping[str, object]) -> object:
        return self._say(("preview", account_hash, body), self.previews)

    def cancel(self, account_hash: str, order_id: str) -> None:
        self._say(("cancel", account_hash, order_id), self.cancelled)

    def send(self, account_hash: str, body: Mapping[str, object]) -> Submission:
        self.asked.append(("send", account_hash, body))
        return self.submission

    def login(self) -> Login:
        return Login(name="alex", logged_in_at=MONDAY, expires_at=MONDAY + timedelta(days=7))

    def count(self, question: str) -> int:
        """How often it was asked that."""
        return sum(one[0] == question for one in self.asked)


def broker_over(
    line: ToldLine, *, environment: Environment = Environment.PAPER, fractions: bool = False
) -> SchwabBroker:
    """The adapter over such a line."""
    aliases = {"ira": IRA, "taxable": TAXABLE}
    return SchwabBroker(line=line, aliases=aliases, environment=environment, fractional_sales=fractions)
