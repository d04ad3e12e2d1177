"""What one cell of a statement may say; ValueError, worded to follow the cell's name, for anything else."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from adapters.files.tree import Unfit, shown
from bot.domain.money import Shares, Usd, exact
from bot.domain.seeds import Origin

SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HOW = {origin.value: origin for origin in Origin if origin is not Origin.OPENING}
LONGEST_NOTE = 200


def read_number(value: object) -> Decimal:
    """An exact number, written plainly."""
    if isinstance(value, Unfit):
        raise ValueError(f"cannot be read: {value.why}")
    try:
        return exact(value)
    except ValueError:
        raise ValueError(f"is {shown(value)}, which is no plain number such as 1234.56") from None


def read_dollars(value: object) -> Usd:
    """Dollars to the cent."""
    try:
        return Usd.of(read_number(value))
    except ValueError as problem:
        finer = str(problem).startswith("finer")
        raise ValueError(f"is {shown(value)}, which is finer than a cent" if finer else str(problem)) from None


def read_cash(value: object) -> Usd:
    """Cash, which may be nothing but no debt."""
    cash = read_dollars(value)
    if cash < Usd():
        raise ValueError(f"is {shown(value)}: a debt cannot be rebalanced")
    return cash


def read_cost(value: object) -> Usd:
    """What was paid for something."""
    cost = read_dollars(value)
    if cost < Usd():
        raise ValueError(f"is {shown(value)}: what was paid is never negative")
    return cost


def read_quantity(value: object) -> Shares:
    """A count of shares that are owned."""
    number = read_number(value)
    if number <= 0:
        raise ValueError(f"is {shown(value)}: only shares that are owned can be written down")
    return Shares(number)


def read_price(value: object) -> Decimal:
    """Dollars a share."""
    number = read_number(value)
    if number <= 0:
        raise ValueError(f"is {shown(value)}: a price is above zero")
    return number


def read_symbol(value: object) -> str:
    """A ticker."""
    if not isinstance(value, str) or not SYMBOL.fullmatch(value):
        raise ValueError(f"is {shown(value)}, which is no ticker in capitals")
    return value


def read_day(value: object) -> date:
    """A day of the calendar."""
    text = value if isinstance(value, str) and DAY.fullmatch(value) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"is {shown(value)}, which is no day such as 2026-11-20") from None


def read_origin(value: object) -> Origin:
    """How shares came into an account."""
    if isinstance(value, str) and value in HOW:
        return HOW[value]
    raise ValueError(f"is {shown(value)}, which is none of {', '.join(HOW)}")


def read_note(value: object) -> str:
    """Words for a person."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_NOTE:
        raise ValueError(f"is {shown(value)}, which is no plain text of at most {LONGEST_NOTE} characters")
    return value
