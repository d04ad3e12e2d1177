"""One JSON object of the vendor's, read field by field: strict in what we use, blind to the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal

from bot.domain.discretion import is_private
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd, exact

SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,20}")


@dataclass(frozen=True, slots=True)
class Row:
    """A JSON object and what it stands for in a sentence; every reader raises Reconcile for what makes no sense.

    Money and shares come as text (JSON numbers are taken too, as decimals); null and absent are the same.
    """

    fields: Mapping[str, object]
    what: str

    @classmethod
    def of(cls, raw: object, what: str) -> Row:
        """A row from parsed JSON; Reconcile when it is no object."""
        if not isinstance(raw, dict):
            raise Reconcile(f"Alpaca sent no {what}.")
        return cls(raw, what)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.fields.get(name) is not None

    def text(self, name: str, *, default: str | None = None) -> str:
        """Text that is not empty; the default where it is absent, if there is one."""
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not (value or default == ""):
            raise self._strange(name)
        return value

    def symbol(self, name: str = "symbol") -> str:
        """A ticker: capitals, digits, dots, slashes and hyphens."""
        value = self.text(name)
        if not SYMBOL.fullmatch(value) or is_private(value):
            raise self._strange(name)
        return value

    def number(self, name: str) -> Decimal:
        """A finite number with its sign."""
        try:
            return exact(self.fields.get(name))
        except ValueError:
            raise self._strange(name) from None

    def optional_number(self, name: str) -> Decimal | None:
        """A finite number, or None where it is absent."""
        return self.number(name) if self.has(name) else None

    def amount(self, name: str) -> Decimal:
        """A number that is not negative."""
        value = self.number(name)
        if value < 0:
            raise self._strange(name)
        return value

    def shares(self, name: str) -> Shares:
        """A count of shares that is not negative."""
        return Shares(self.amount(name))

    def price(self, name: str) -> Decimal | None:
        """A price in dollars above zero, or None where it is absent or zero."""
        return (self.amount(name) or None) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """A boolean that has to be there."""
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise self._strange(name)
        return value

    def is_set(self, name: str) -> bool:
        """A boolean that is off where it is absent."""
        return self.flag(name) if self.has(name) else False

    def at(self, name: str) -> datetime:
        """An instant in UTC; nanoseconds are cut to microseconds."""
        try:
            instant = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._strange(name) from None
        if instant.tzinfo is None or not 1970 <= instant.year < 2200:
            raise self._strange(name)
        return instant.astimezone(UTC)

    def on(self, name: str) -> date:
        """A calendar date; a time of day behind it is not looked at."""
        try:
            return date.fromisoformat(self.text(name)[:10])
        except ValueError:
            raise self._strange(name) from None

    def _strange(self, name: str) -> Reconcile:
        return Reconcile(f"Alpaca sent a {self.what} whose {name} is missing or makes no sense.")


def rows(raw: object, what: str) -> list[Row]:
    """A JSON list of objects; Reconcile for anything else."""
    if not isinstance(raw, list):
        raise Reconcile(f"Alpaca sent no list of {what}s.")
    return [Row.of(item, what) for item in raw]


def whole_cents(dollars: Decimal) -> Usd:
    """Signed dollars as cents, a fraction of a cent rounded against us: less cash, a smaller gain, a larger cost."""
    return Usd(int((dollars * 100).to_integral_value(rounding=ROUND_FLOOR)))
