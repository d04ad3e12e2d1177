"""The kinds of value that may stand in our files: exact numbers, money, days, names."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from adapters.files.tree import Keys, Unfit, shown
from bot.domain.money import Usd, exact

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
# Every key must be known and every value has exactly its own type.
STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)
FINEST_PERCENT = 20  # decimals; a sum of percents of that many stays exact within 28 digits


def wrong(message: str, *, code: str = "bad_input", hint: str = "", at: Keys = ()) -> PydanticCustomError:
    """A mistake found while a value is checked; `at` leads on from the value to the part of it that is wrong."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "code": code, "hint": hint, "at": at})


def to_100(total: Decimal) -> str:
    """A hint at what is missing from a sum of percents, or too much in it."""
    return f"{100 - total:f} is missing" if total < 100 else f"{total - 100:f} is too much"


def number(value: object) -> Decimal:
    """An exact number: an int, a decimal, or plain decimal text; ValueError-like for anything else."""
    if isinstance(value, Unfit):
        raise wrong(value.why)
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise wrong(f"should be a number, got {shown(value)}")
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value):
        raise wrong(f"should be a plain number such as 1234.5, got {shown(value)}", hint=_without_commas(value))
    try:
        found = exact(value)
    except ValueError as problem:
        raise wrong(str(problem)) from None
    if isinstance(exponent := found.as_tuple().exponent, int) and exponent < -28:
        raise wrong("has more than 28 decimals")
    return found + 0  # "-0" is 0


def _without_commas(text: str) -> str:
    plain = text.replace(",", "").replace("$", "").replace("_", "").removesuffix("%").strip()
    return f"write `{plain}`" if len(plain) < 30 and _PLAIN_NUMBER.fullmatch(plain) else ""


def not_negative(value: object) -> Decimal:
    """A number of at least 0."""
    # a short decimal without a sign breaks no limit, and of those a file may hold tens of thousands
    if type(value) is Decimal and len(digits := str(value)) < 16 and digits.replace(".", "", 1).isdigit():
        return value
    found = number(value)
    if found < 0:
        raise wrong(f"must not be negative, got {found}")
    return found


def positive(value: object) -> Decimal:
    """A number above 0."""
    found = number(value)
    if found <= 0:
        raise wrong(f"must be more than 0, got {found}")
    return found


def percent(value: object) -> Decimal:
    """A number of at least 0 with at most 20 decimals, so that sums of them are exact."""
    found = not_negative(value)
    if isinstance(exponent := found.as_tuple().exponent, int) and exponent < -FINEST_PERCENT:
        raise wrong(f"has more than {FINEST_PERCENT} decimals")
    return found


def rate(value: object) -> Decimal:
    """A percentage between 0 and 100."""
    found = percent(value)
    if found > 100:
        raise wrong(f"must lie between 0 and 100, got {found}")
    return found


def weight(value: object) -> Decimal:
    """A share of one: above 0, at most 1, with at most 4 decimals."""
    found = positive(value)
    if found > 1:
        raise wrong(f"must be at most 1, got {found}")
    if found * 10_000 != (found * 10_000).to_integral_value():
        raise wrong(f"has more than 4 decimals: {found}")
    return found


def price(value: object) -> Decimal:
    """Dollars a share; a price of 0 or less is refused with a code of its own."""
    found = number(value)
    if found <= 0:
        raise wrong(f"a price must be more than 0, got {found}", code="bad_price")
    return found


def money(value: object) -> Usd:
    """Dollars, to the nearest cent; negative is a debt."""
    return Usd.nearest(number(value))


def allowance(value: object) -> Usd:
    """Dollars that cannot be negative, to the nearest cent."""
    return Usd.nearest(not_negative(value))


def amount(value: object) -> Usd:
    """Dollars above 0, to the nearest cent."""
    return Usd.nearest(positive(value))


def day(value: object) -> date:
    """A calendar date as `YYYY-MM-DD`."""
    if not isinstance(value, str):
        raise wrong(f"should be a date such as 2026-03-02, got {shown(value)}")
    return _day_of(value)


@lru_cache(maxsize=2**14)  # lots are many, days are few
def _day_of(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise wrong(f"should be a date such as 2026-03-02, got {shown(text)}")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(f"there is no such day: {shown(text)}", hint=_days_of(text)) from None


def _days_of(text: str) -> str:
    year, month = int(text[:4]), int(text[5:7])
    return f"that month has {monthrange(year, month)[1]} days" if year and 1 <= month <= 12 else "months are 01 to 12"


def trade_day(value: object) -> date:
    """A date on which a plan can be drawn: far enough from the ends of the calendar for every rule."""
    found = day(value)
    if not 1900 <= found.year <= 2200:
        raise wrong(f"should be a trade date, got {shown(value)}")
    return found


def word(longest: int, *, blanks: bool) -> Callable[[object], str]:
    """A check for a printable name of at most so many characters, with or without blanks inside."""

    def check(value: object) -> str:
        if isinstance(value, Unfit):
            raise wrong(value.why)
        if isinstance(value, bool | int | Decimal):
            raise wrong(f"should be text, got {shown(value)}", hint="put it in quotes")
        if not isinstance(value, str):
            raise wrong(f"should be text, got {shown(value)}")
        if not value or value != value.strip():
            raise wrong(f"should be a name without blanks around it, got {shown(value)}")
        if not value.isprintable() or (not blanks and " " in value):
            raise wrong(f"holds a blank or a character that cannot be printed: {shown(value)}")
        if len(value) > longest:
            raise wrong(f"is longer than {longest} characters: {shown(value)}")
        return value

    return check


# What an editor may take for a number or a day, before one of the checks above has the last word.
_NUMBER = WithJsonSchema({"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
_DATE = WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})

Number = Annotated[Decimal, PlainValidator(number), _NUMBER]
NotNegative = Annotated[Decimal, PlainValidator(not_negative), _NUMBER]
Positive = Annotated[Decimal, PlainValidator(positive), _NUMBER]
Percent = Annotated[Decimal, PlainValidator(percent), _NUMBER]
Rate = Annotated[Decimal, PlainValidator(rate), _NUMBER]
Weight = Annotated[Decimal, PlainValidator(weight), _NUMBER]
Price = Annotated[Decimal, PlainValidator(price), _NUMBER]
Money = Annotated[Usd, PlainValidator(money), _NUMBER]
Allowance = Annotated[Usd, PlainValidator(allowance), _NUMBER]
Amount = Annotated[Usd, PlainValidator(amount), _NUMBER]
Day = Annotated[date, PlainValidator(day), _DATE]
TradeDay = Annotated[date, PlainValidator(trade_day), _DATE]
Word = Annotated[str, BeforeValidator(word(64, blanks=True))]
Symbol = Annotated[str, BeforeValidator(word(32, blanks=False))]
