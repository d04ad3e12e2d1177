"""What sales or interest would cost this household: its own brackets where it told its income, else its flat rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.domain.money import Usd
from bot.domain.plan import Note
from bot.domain.targets import Policy
from bot.domain.taxes import Income, TaxBill, Taxes
from bot.engine.tax.federal import bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Gains that a sale would realise, each netted, in cents; a loss is negative."""

    short: int = 0
    long: int = 0


def on_gains(policy: Policy, gains: Gains, on: date) -> Usd:
    """The tax on gains of that day's year, beyond what is owed without them; a loss in all is no negative tax."""
    if policy.taxes is not None:
        return max(Usd(), more(policy.taxes, with_gains(policy.taxes.income, gains), on.year))
    short, long = gains.short, gains.long
    if short < 0 < long:
        short, long = 0, max(0, long + short)
    elif long < 0 < short:
        short, long = max(0, short + long), 0
    return Usd(max(0, short)).percent(policy.tax_rate_short_pct) + Usd(max(0, long)).percent(policy.tax_rate_ltcg_pct)


def on_interest(policy: Policy, interest: Usd, on: date) -> Usd:
    """The tax on so much more interest in that day's year; the flat rate of short gains where no income was told."""
    if policy.taxes is None:
        return interest.percent(policy.tax_rate_short_pct)
    income = policy.taxes.income
    return more(policy.taxes, replace(income, interest=income.interest + interest), on.year)


def with_gains(income: Income, gains: Gains) -> Income:
    """The income with these gains beside its own."""
    return replace(income, short=income.short + Usd(gains.short), long=income.long + Usd(gains.long))


def more(taxes: Taxes, income: Income, year: int) -> Usd:
    """How much more an income costs in a year than the household's own, by the table that stands for that year."""
    return of_year(taxes, income, year).total - of_year(taxes, taxes.income, year).total


@lru_cache(maxsize=256)  # one plan asks for the same household's tax again and again
def of_year(taxes: Taxes, income: Income, year: int) -> TaxBill:
    """The whole tax on an income in a year, by the table that stands for it."""
    return bill(taxes.table(year), income, taxes.state_rate_pct)


def stand_in(policy: Policy, on: date) -> tuple[Note, ...]:
    """What must be said where the taxes of that day's year are not known, and another year's are used; else nothing."""
    taxes = policy.taxes
    if taxes is None or taxes.knows(on.year):
        return ()
    used = taxes.table(on.year).year
    text = f"The tax table of {on.year} is not known: estimates of tax use that of {used}. {how_to_add(on.year)}"
    return (Note(code="tax_table", message=text),)


def how_to_add(year: int) -> str:
    """What to do about a year without a table."""
    return (
        f"To add it, copy config/tax/2026.yaml to {year}.yaml in a folder beside your settings, write that year's "
        "figures with their sources into it, and name the folder in `tax.tables`."
    )
