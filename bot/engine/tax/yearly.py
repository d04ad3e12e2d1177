"""The taxes of one year as facts: what taxable accounts realised by the lots book, and what that cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.household import Household
from bot.domain.money import Usd
from bot.domain.readings import Activity, ActivityKind
from bot.domain.targets import Policy
from bot.engine.lots.nouns import Books, Sale
from bot.engine.tax.estimate import Gains, how_to_add, on_gains


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxYear:
    """What the taxable accounts of a household did in a year.

    `short` and `long` are what counts for tax, wash sales taken off; `disallowed` of a loss went into other lots, of
    which `forfeited` is gone for good. `unknown` sales have no known basis and count as all gain. `tax` is what the
    gains cost; None where the year has no table, and `why_not` says what to do. `flat`: by the policy's flat rates.
    """

    year: int
    sales: tuple[Sale, ...]
    proceeds: Usd
    short: Usd
    long: Usd
    disallowed: Usd
    forfeited: Usd
    unknown: int
    dividends: Usd
    interest: Usd
    tax: Usd | None
    why_not: str = ""
    flat: bool = False


def tax_year(household: Household, policy: Policy, books: Books, activities: Iterable[Activity], year: int) -> TaxYear:
    """The figures of a year; sales inside shelters are left out, they realise nothing (IRC 408(e))."""
    taxable = {account.id for account in household.accounts if not account.kind.sheltered}
    sales = tuple(
        sorted(_sales(books, taxable, year), key=lambda sale: (sale.on, sale.account, sale.symbol, sale.sale_id))
    )
    short = Usd.total(sale.recognized(short_term=True) for sale in sales)
    long = Usd.total(sale.recognized(short_term=False) for sale in sales)
    tax, why_not = _tax(policy, Gains(short=short.cents, long=long.cents), year)
    received = [one for one in activities if one.account in taxable and one.on.year == year and not one.reversed]
    return TaxYear(
        year=year,
        sales=sales,
        proceeds=Usd.total(sale.proceeds for sale in sales),
        short=short,
        long=long,
        disallowed=Usd.total(sale.disallowed for sale in sales),
        forfeited=Usd.total(sale.forfeited for sale in sales),
        unknown=sum(sale.basis is None for sale in sales),
        dividends=Usd.total(one.net for one in received if one.kind is ActivityKind.DIVIDEND),
        interest=Usd.total(one.net for one in received if one.kind is ActivityKind.INTEREST),
        tax=tax,
        why_not=why_not,
        flat=policy.taxes is None,
    )


def _sales(books: Books, taxable: set[str], year: int) -> Iterator[Sale]:
    for account, symbols in books.by_account.items():
        for book in symbols.values() if account in taxable else ():
            yield from (sale for sale in book.sales if sale.on.year == year)


def _tax(policy: Policy, gains: Gains, year: int) -> tuple[Usd | None, str]:
    """Only a year's own table states a fact; a table that the owner pinned for estimates does not."""
    if policy.taxes is None:
        return on_gains(policy, gains, date(year, 12, 31)), ""
    if not policy.taxes.knows(year):
        return None, f"The tax table of {year} is not known. {how_to_add(year)}"
    own = replace(policy, taxes=replace(policy.taxes, pinned_year=None))
    return on_gains(own, gains, date(year, 12, 31)), ""
