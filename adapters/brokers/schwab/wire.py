"""One JSON object of the vendor's, read field by field: strict about money and shares, blind to what is not used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from bot.domain.discretion import discreet, is_private
from bot.domain.errors import Reconcile
from bot.domain.money import LARGEST, Shares, Usd, exact

NEW_YORK = ZoneInfo("America/New_York")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,20}")
DIGITS = re.compile(r"[0-9]{1,20}")
KEY = re.compile(r"[0-9A-Za-z_.-]{1,64}")
BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1970, 2200)  # beyond any account, and far from the ends of the calendar
MIDNIGHTS = frozenset(time(hour) for hour in (0, 4, 5))  # of UTC itself, and of New York in summer and in winter
SMALLEST = -30  # decimal places
PRICE_STEP = Decimal("0.0000000001")  # finer than any price: a million shares stay exact to the cent


@dataclass(frozen=True, slots=True)
class Row:
    """A JSON object and what it stands for in a sentence; every reader raises Reconcile for what makes no sense.

    Money and shares come as JSON numbers, parsed to decimals (text is taken too); null and absent are the same. Ids and
    account numbers come as numbers in one place and as text in another: here they are always text.
    """

    fields: Mapping[str, object]
    what: str

    @classmethod
    def of(cls, raw: object, what: str) -> Row:
        """A row from parsed JSON; Reconcile when it is no object."""
        if not isinstance(raw, dict):
            raise Reconcile(f"Schwab sent no {what}.")
        return cls(raw, what)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.fields.get(name) is not None

    def inner(self, name: str, what: str) -> Row:
        """The object in a field; an empty one where it is absent."""
        return Row.of(self.fields[name] if self.has(name) else {}, what)

    def rows(self, name: str, what: str) -> list[Row]:
        """The objects of a list in a field; none where it is absent."""
        return rows(self.fields[name] if self.has(name) else [], what)

    def text(self, name: str, *, default: str | None = None) -> str:
        """Text that is not empty; the default where it is absent, if there is one."""
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not (value or default == ""):
            raise self.strange(name)
        return value

    def said(self, name: str) -> str:
        """Foreign words for a person, as one discreet line; empty where there are none."""
        value = self.fields.get(name)
        return discreet(value) if isinstance(value, str) else ""

    def symbol(self, name: str = "symbol") -> str:
        """A ticker or a CUSIP: capitals, digits, dots, slashes and hyphens."""
        value = self.text(name)
        if not SYMBOL.fullmatch(value) or is_private(value):
            raise self.strange(name)
        return value

    def identity(self, name: str) -> str:
        """A number that names something, as text; Reconcile where it is absent."""
        value = self.fields.get(name)
        if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < 20 and value == int(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**20:
            value = str(value)
        if not isinstance(value, str) or not DIGITS.fullmatch(value):
            raise self.strange(name)
        return value

    def key(self, name: str) -> str:
        """What an entry is told apart by, as text; it is never read."""
        value = self.fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
            value = str(value)
        if not isinstance(value, str) or not KEY.fullmatch(value):
            raise self.strange(name)
        return value

    def number(self, name: str) -> Decimal:
        """A finite number with its sign, and not one so small that it could only be an error."""
        try:
            value = exact(self.fields.get(name))
        except ValueError:
            raise self.strange(name) from None
        if value and value.adjusted() < SMALLEST:
            raise self.strange(name)
        return value

    def optional_number(self, name: str) -> Decimal | None:
        """A finite number, or None where it is absent."""
        return self.number(name) if self.has(name) else None

    def amount(self, name: str) -> Decimal:
        """A number that is not negative."""
        value = self.number(name)
        if value < 0:
            raise self.strange(name)
        return value

    def shares(self, name: str) -> Shares:
        """A count of shares that is not negative."""
        return Shares(self.amount(name))

    def price(self, name: str) -> Decimal | None:
        """A price in dollars above zero, or None where it is absent or zero."""
        return (self.amount(name) or None) if self.has(name) else None

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """A boolean; the default where it is absent, if there is one."""
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self.strange(name)
        return value

    def at(self, name: str) -> datetime:
        """An instant in UTC."""
        try:
            instant = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self.strange(name) from None
        if instant.tzinfo is None or instant.year not in YEARS:
            raise self.strange(name)
        return instant.astimezone(UTC)

    def at_milliseconds(self, name: str) -> datetime:
        """An instant in UTC from the milliseconds since 1970."""
        value = self.number(name)
        if not 0 <= value < 7 * 10**12:
            raise self.strange(name)
        return EPOCH + timedelta(milliseconds=int(value))

    def on(self, name: str) -> date:
        """A New York day: a bare date, its midnight (of New York or of UTC), or the day of an instant."""
        value = self.text(name)
        if BARE_DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise self.strange(name) from None
            if day.year not in YEARS:
                raise self.strange(name)
            return day
        instant = self.at(name)
        return instant.date() if instant.time() in MIDNIGHTS else instant.astimezone(NEW_YORK).date()

    def strange(self, name: str) -> Reconcile:
        """The refusal of a field."""
        return Reconcile(f"Schwab sent a {self.what} whose {name} is missing or makes no sense.")


def rows(raw: object, what: str) -> list[Row]:
    """A JSON list of objects; Reconcile for anything else."""
    if not isinstance(raw, list):
        raise Reconcile(f"Schwab sent no list of {what}s.")
    return [Row.of(item, what) for item in raw]


def same_number(one: str, other: str) -> bool:
    """Whether two account numbers are one; as a JSON number it has lost its leading zeros."""
    return one.lstrip("0") == other.lstrip("0")


def whole_cents(dollars: Decimal) -> Usd:
    """Signed dollars as cents, a fraction of a cent rounded against us: less cash, a smaller gain, a larger cost."""
    return Usd(int((dollars * 100).to_integral_value(rounding=ROUND_FLOOR)))


def worth(quantity: Decimal, price: Decimal) -> Usd:
    """What a quantity is worth at a price, to the nearest cent; Reconcile where no household could own it."""
    product = quantity * price
    if abs(product) > LARGEST:
        raise Reconcile("Schwab tells of an amount that no household owns.")
    return Usd.nearest(product)


def per_share(dollars: Decimal, quantity: Decimal) -> Decimal | None:
    """Dollars a share, to ten decimals; None where that is nothing, or more than any share costs."""
    price = dollars / quantity
    if not 0 < price <= LARGEST:
        return None
    rounded = price.quantize(PRICE_STEP)
    return (price if price == rounded else rounded) or None
