"""Price paths: one price per session, exact decimals, scripted by the day."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
BASIS_POINT = Decimal("0.0001")


def exact(value: Decimal | str | int) -> Decimal:
    """A decimal from text, an integer or a decimal; `TypeError` for a float, `ValueError` for nonsense."""
    if not isinstance(value, Decimal | str | int) or isinstance(value, bool):
        raise TypeError(f"an exact number is text, an integer or a Decimal, not {type(value).__name__}")
    try:
        number = Decimal(value)
    except ArithmeticError as error:
        raise ValueError(f"not a number: {value!r}") from error
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    return number


@dataclass(frozen=True, slots=True)
class PricePath:
    """Prices in dollars per share, each valid from its date until the next one; the first also holds before."""

    steps: tuple[tuple[date, Decimal], ...]

    def __post_init__(self) -> None:
        days = [on for on, _ in self.steps]
        if not days or days != sorted(set(days)):
            raise ValueError("a price path needs at least one step, in rising order of dates")
        if any(price <= 0 for _, price in self.steps):
            raise ValueError("a price must be above zero")

    @classmethod
    def scripted(cls, steps: Iterable[tuple[date, Decimal | str | int]]) -> "PricePath":
        """A path from pairs of a date and a price."""
        return cls(tuple((on, exact(price)) for on, price in steps))

    @classmethod
    def flat(cls, price: Decimal | str | int) -> "PricePath":
        """One price for all time."""
        return cls.scripted([(date.min, price)])

    def on(self, day: date) -> Decimal:
        """The price of a session."""
        index = bisect_right(self.steps, day, key=lambda step: step[0])
        return self.steps[max(index - 1, 0)][1]


def bid_and_ask(price: Decimal) -> tuple[Decimal, Decimal]:
    """Whole-cent bid and ask that enclose a price, a cent or a basis point apart, whichever is wider."""
    spread = max(CENT, (price * BASIS_POINT).quantize(CENT, ROUND_HALF_EVEN))
    bid = max((price - (spread - CENT) / 2).quantize(CENT, ROUND_DOWN), CENT)
    return bid, bid + spread
