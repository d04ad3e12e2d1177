"""An order as the broker really has it, and the time and the amounts of this world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.domain.money import Shares
from bot.domain.orders import BrokerOrder, OrderState
from bot.domain.snapshot import Side

MIDNIGHT = datetime(2026, 3, 2, 5, tzinfo=UTC)  # in New York, on a Monday
FIRST_DAY = date(2026, 3, 2)
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000  # milliseconds, as all times of the world
DAY = 24 * HOUR
OPENS, CLOSES = 9 * HOUR + 30 * MINUTE, 16 * HOUR
WEEK = 5  # trading days that this world has
DAYS = [FIRST_DAY + timedelta(days=n) for n in range(WEEK + 2)]
LONGEST_LAG = 10 * SECOND  # until an order shows in a list


@dataclass(slots=True)
class Till:
    """One account: cents and whole shares."""

    settled: int
    shares: dict[str, int]
    unsettled: int = 0


@dataclass(slots=True, kw_only=True)
class Truth:
    """One order as the broker really has it; `key` is our client order id, empty for somebody else's."""

    number: int
    key: str
    account: str
    side: Side
    symbol: str
    quantity: int
    limit: int
    by_program: bool
    at: int
    listed_at: int
    state: OrderState = OrderState.ACKED
    filled: int = 0
    price: int = 0
    text: str = "working"
    earlier: tuple[OrderState, int, str] = (OrderState.ACKED, 0, "working")

    @property
    def broker_id(self) -> str:
        return str(7_000_000 + self.number)

    @property
    def is_live(self) -> bool:
        return self.state in {OrderState.ACKED, OrderState.PARTIAL}

    @property
    def last_day(self) -> int:
        """The session at whose close it expires: after a close the broker keeps an order for the next one."""
        return self.at // DAY + (self.at % DAY >= CLOSES)

    def told(self, *, late: bool = False) -> BrokerOrder:
        """What the broker says of it; `late`: as it stood one change ago."""
        state, filled, text = self.earlier if late else (self.state, self.filled, self.text)
        return BrokerOrder(
            broker_id=self.broker_id,
            client_order_id=self.key,
            account=self.account,
            side=self.side,
            symbol=self.symbol,
            quantity=Shares(Decimal(self.quantity)),
            limit_price=dollars(self.limit),
            state=state,
            filled=Shares(Decimal(filled)),
            average_price=dollars(self.price) if filled else None,
            text=text,
        )


def dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def instant(at: int) -> datetime:
    return MIDNIGHT + timedelta(milliseconds=at)


def is_session(at: int) -> bool:
    return at // DAY < WEEK and OPENS <= at % DAY < CLOSES
