"""How the vendor writes numbers, instants and identifiers."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from adapters.simulator.market.clock import NEW_YORK
from adapters.simulator.wire import Double

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZERO = Double(0)
CENT = Decimal("0.01")


def double(amount: Decimal | int) -> Double:
    """A quantity, price or amount, exactly."""
    return Double(amount)


def dollars(cents: int) -> Double:
    """Cents as dollars."""
    return Double(Decimal(cents) / 100)


def money(amount: Decimal) -> Double:
    """Dollars, to the cent."""
    return Double(amount.quantize(CENT, ROUND_HALF_EVEN))


def percent(part: Decimal, whole: Decimal) -> Double:
    """A ratio in percent, to the hundredth."""
    return money(part / whole * 100) if whole else ZERO


def stamp(at: datetime) -> str:
    """An instant as in orders and transactions: to the second, with an offset without a colon."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"


def midnight(on: date) -> datetime:
    """New York's midnight at the start of a date: 04:00 or 05:00 UTC."""
    return datetime.combine(on, time(), NEW_YORK).astimezone(UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970: the identifier of what happened at an instant, as no two events share one."""
    return (at - EPOCH) // timedelta(microseconds=1)


def millis(at: datetime) -> int:
    """Milliseconds since 1970."""
    return micros(at) // 1000


def made_up(*parts: object) -> str:
    """64 hexadecimal digits, the same in every run."""
    return hashlib.sha256(".".join(map(str, parts)).encode()).hexdigest()


def instrument_id(symbol: str) -> int:
    """A stable made-up identifier of an instrument."""
    return int(made_up("instrument", symbol)[:7], 16)


def cusip(symbol: str) -> str:
    """A stable made-up CUSIP."""
    return made_up("cusip", symbol)[:9].upper()
