"""Exact money and exact share counts, which refuse floats and refuse each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CENT = Decimal("0.01")
SHARE_STEP = Decimal("0.000000001")  # nine decimals: the finest quantity a broker takes (Alpaca order API)
LARGEST = Decimal(10) ** 15  # beyond any household; keeps every sum far inside the 28 digits of the context


def exact(number: object) -> Decimal:
    """A finite Decimal of at most 28 digits from a Decimal, an int or plain decimal text.

    Raises:
        ValueError: for a float, a bool, text such as "1,234.5", NaN, infinity, or a number too large or too long.
    """
    if isinstance(number, bool) or not isinstance(number, Decimal | int | str):
        raise ValueError(f"not an exact number: {number!r}")
    if isinstance(number, str) and not number.lstrip("-").replace(".", "", 1).isascii():
        raise ValueError(f"not a plain decimal number: {number!r}")
    if isinstance(number, str) and not number.removeprefix("-").replace(".", "", 1).isdigit():
        raise ValueError(f"not a plain decimal number: {number!r}")
    try:
        value = Decimal(number)
    except InvalidOperation as problem:
        raise ValueError(f"not a number: {number!r}") from problem
    if not value.is_finite():
        raise ValueError(f"not a finite number: {number}")
    if value.adjusted() > LARGEST.adjusted() or abs(value) > LARGEST:
        raise ValueError(f"larger than any household needs: {value:.3E}")
    if len(value.as_tuple().digits) > 28:
        raise ValueError("more than 28 digits")
    return value


@dataclass(frozen=True, slots=True, order=True)
class Usd:
    """Dollars as a whole number of cents; negative is a debt."""

    cents: int = 0

    def __post_init__(self) -> None:
        if type(self.cents) is not int:
            raise TypeError(f"cents are a whole number, not {self.cents!r}")

    @classmethod
    def of(cls, dollars: Decimal | int | str) -> Self:
        """Dollars with at most two decimals, e.g. ``Usd.of("12.34")``; ValueError for anything finer."""
        value = exact(dollars)
        cents = value * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"finer than a cent: {value}")
        return cls(int(cents))

    @classmethod
    def nearest(cls, dollars: Decimal) -> Self:
        """Dollars rounded to the cent, halves to the even cent."""
        return cls(int((dollars * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)))

    @classmethod
    def total(cls, amounts: Iterable[Usd]) -> Self:
        """The sum of the amounts; zero when there are none."""
        return cls(sum(amount.cents for amount in amounts))

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.cents + other.cents) if isinstance(other, Usd) else NotImplemented

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.cents - other.cents) if isinstance(other, Usd) else NotImplemented

    def __mul__(self, times: int) -> Usd:
        return Usd(self.cents * times) if type(times) is int else NotImplemented

    def __neg__(self) -> Usd:
        return Usd(-self.cents)

    def __abs__(self) -> Usd:
        return Usd(abs(self.cents))

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        return f"{sign}${abs(self.cents) // 100:,}.{abs(self.cents) % 100:02d}"

    def __repr__(self) -> str:
        return f"Usd({self.plain!r})"

    @property
    def dollars(self) -> Decimal:
        """The amount as an exact Decimal of dollars."""
        return Decimal(self.cents).scaleb(-2)

    @property
    def plain(self) -> str:
        """The amount for machines: dollars with two decimals, no sign of currency, e.g. ``-12.30``."""
        return str(self.dollars)

    def percent(self, rate_pct: Decimal) -> Usd:
        """This share of the amount, to the nearest cent."""
        return Usd.nearest(self.dollars * rate_pct / 100)


@dataclass(frozen=True, slots=True, order=True)
class Shares:
    """A count of shares, whole or fractional, exact."""

    count: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not isinstance(self.count, Decimal) or not self.count.is_finite():
            raise TypeError(f"shares are counted in finite decimals, not {self.count!r}")

    @classmethod
    def of(cls, count: Decimal | int | str) -> Self:
        """A count from plain decimal text, an int or a Decimal."""
        return cls(exact(count))

    @classmethod
    def total(cls, counts: Iterable[Shares]) -> Shares:
        """The sum of the counts; zero when there are none."""
        return cls(sum((c.count for c in counts), Decimal(0)))

    @classmethod
    def affordable(cls, money: Usd, price: Decimal, *, whole: bool) -> Self:
        """The most shares at ``price`` dollars that ``money`` pays for: whole ones, or down to nine decimals."""
        if money.cents <= 0:
            return cls()
        with localcontext(prec=40):
            step = Decimal(1) if whole else SHARE_STEP
            return cls((money.dollars / price).quantize(step, rounding=ROUND_DOWN))

    def __add__(self, other: Shares) -> Shares:
        return Shares(self.count + other.count) if isinstance(other, Shares) else NotImplemented

    def __sub__(self, other: Shares) -> Shares:
        return Shares(self.count - other.count) if isinstance(other, Shares) else NotImplemented

    def __neg__(self) -> Shares:
        return Shares(-self.count)

    def __bool__(self) -> bool:
        return self.count != 0

    def __str__(self) -> str:
        return self.plain

    @property
    def plain(self) -> str:
        """The count for machines and people: no exponent, no trailing zeros, e.g. ``12.5``."""
        text = f"{self.count:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"

    @property
    def is_whole(self) -> bool:
        """Whether no fraction of a share is left."""
        return self.count == self.count.to_integral_value()

    def whole(self) -> Shares:
        """The whole shares among them."""
        return Shares(self.count.to_integral_value(rounding=ROUND_DOWN))

    def value(self, price: Decimal) -> Usd:
        """What they are worth at ``price`` dollars a share, to the nearest cent."""
        return Usd.nearest(self.count * price)


def split(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split a whole number in proportion to weights without losing a unit; the largest remainders get the rest.

    Negative totals are split as their opposite. Ties go to the earlier weight. Weights are not negative and not all 0.
    """
    if total < 0:
        return [-part for part in split(-total, weights)]
    whole = sum(weights, Decimal(0))
    with localcontext(prec=60):
        shares = [Decimal(total) * weight / whole for weight in weights]
        parts = [int(share) for share in shares]
        order = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
