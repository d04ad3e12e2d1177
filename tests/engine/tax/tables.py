"""The tax tables that come along, and short ways to ask them."""

from __future__ import annotations

from functools import cache

from adapters.files.tax_tables import read_tax_tables
from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income, Losses, TaxBill, Taxes, TaxTable
from bot.engine.tax.federal import bill

SINGLE, JOINT = FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT
SEPARATE, HEAD = FilingStatus.MARRIED_SEPARATE, FilingStatus.HEAD_OF_HOUSEHOLD


@cache
def tables(status: FilingStatus) -> tuple[TaxTable, ...]:
    """All years of one filing status."""
    return read_tax_tables(status)


def table(year: int = 2026, status: FilingStatus = SINGLE) -> TaxTable:
    """The table of one year."""
    return next(one for one in tables(status) if one.year == year)


def earning(
    ordinary: str = "0",
    *,
    interest: str = "0",
    qualified: str = "0",
    short: str = "0",
    long: str = "0",
    carried: tuple[str, str] = ("0", "0"),
) -> Income:
    """A year's income in dollars; `carried` are short and long losses of earlier years."""
    return Income(
        ordinary=Usd.of(ordinary),
        interest=Usd.of(interest),
        qualified=Usd.of(qualified),
        short=Usd.of(short),
        long=Usd.of(long),
        carried=Losses(short=Usd.of(carried[0]), long=Usd.of(carried[1])),
    )


def owed(income: Income, status: FilingStatus = SINGLE, year: int = 2026) -> TaxBill:
    """The bill of that income."""
    return bill(table(year, status), income)


def taxes(ordinary: str = "90000", status: FilingStatus = SINGLE) -> Taxes:
    """A household's own taxes."""
    return Taxes(filing_status=status, income=earning(ordinary), tables=tables(status))
