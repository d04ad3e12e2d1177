"""Price paths out of real monthly returns, 1926 to 2023, laid over the months of the virtual calendar.

Source: `config/market_monthly_pddl_1926_2023.csv`, computed from public-domain series (Shiller's S&P 500, FRED GS10,
BLS CPI). A fund's price leaves out what it pays: total return less a twelfth of the dividend yield for stocks, total
return less the coupon for bonds.
"""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from functools import cache
from importlib import resources

from adapters.simulator.market.calendar import ExchangeCalendar
from adapters.simulator.market.prices import PricePath, exact

SERIES = "market_monthly_pddl_1926_2023.csv"
TEN_THOUSANDTH = Decimal("0.0001")


class Column(StrEnum):
    """Which fund the path imitates."""

    STOCK = "stock"
    BOND = "bond"


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with resources.files("config").joinpath(SERIES).open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


def price_return(column: Column, month: str) -> Decimal:
    """The price return of a real month, such as "1987-10"; `ValueError` outside the series."""
    row = _rows()[_index(month)]
    if column is Column.STOCK:
        return Decimal(row["stock_tr"]) - Decimal(row["div_yield"]) / 12
    return Decimal(row["bond_tr"]) - Decimal(row["bond_inc"])


def _index(month: str) -> int:
    for index, row in enumerate(_rows()):
        if row["month"].startswith(month) and len(month) == 7:
            return index
    raise ValueError(f"no real month {month!r} in the series")


def start_month_for_seed(seed: int, months: int) -> str:
    """The first real month of a window that a seed picks; the same seed picks the same month on every machine."""
    room = len(_rows()) - months + 1
    if room < 1:
        raise ValueError(f"the series is shorter than {months} months")
    digest = hashlib.sha256(str(seed).encode()).digest()
    return _rows()[int.from_bytes(digest[:8], "big") % room]["month"][:7]


def monthly_path(
    column: Column | str, start_month: str, base_price: Decimal | str, first_day: date, months: int
) -> PricePath:
    """A path that repeats a window of real months from the month of `first_day` on.

    Each session steps by the same ratio, so that the month's last session ends at the month's real price return
    (within a hundredth of a cent); `base_price` holds before `first_day`.
    """
    first = _index(start_month)
    real = [row["month"][:7] for row in _rows()[first : first + months]]
    if len(real) < months:
        raise ValueError(f"the series ends before {months} months from {start_month}")
    level = exact(base_price)
    steps = [(date.min, level)]
    with localcontext() as context:
        context.prec = 34
        for month, sessions in zip(real, _virtual_months(first_day, months), strict=True):
            growth = 1 + price_return(Column(column), month)
            for count, on in enumerate(sessions, start=1):
                price = level * growth ** (Decimal(count) / len(sessions))
                steps.append((on, price.quantize(TEN_THOUSANDTH)))
            level *= growth
    return PricePath(tuple(steps))


def _virtual_months(first_day: date, months: int) -> Iterator[list[date]]:
    calendar = ExchangeCalendar()
    begins = first_day
    for _ in range(months):
        following = date(begins.year + begins.month // 12, begins.month % 12 + 1, 1)
        days = [s.on for s in calendar.sessions(begins, following) if s.on < following]
        if not days:
            raise ValueError(f"no session is left in the month of {begins}")
        yield days
        begins = following
