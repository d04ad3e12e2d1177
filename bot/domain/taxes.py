"""What the law and a household's own income say of taxes: brackets of a year, and what a year's income is made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import Usd


class FilingStatus(StrEnum):
    """How a household files (IRC 1(a) to (d)); a surviving spouse files as `married_joint` (IRC 1(a)(2))."""

    SINGLE = "single"
    MARRIED_JOINT = "married_joint"
    MARRIED_SEPARATE = "married_separate"
    HEAD_OF_HOUSEHOLD = "head_of_household"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Brackets: `rates_pct` in percent, one more than `tops`, up to which (and including) each but the last holds."""

    tops: tuple[Usd, ...]
    rates_pct: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        if len(self.rates_pct) != len(self.tops) + 1:
            raise ValueError("a scale has one rate more than tops")
        if list(self.tops) != sorted(set(self.tops)):
            raise ValueError("the tops of a scale ascend")

    def tax(self, cents: int | Decimal, above: int = 0) -> Decimal:
        """The tax on so many cents that lie on top of `above` cents; in cents, exact."""
        start, end = Decimal(above), Decimal(above) + cents
        owed, low = Decimal(0), Decimal(0)
        for top, rate in zip([*(Decimal(top.cents) for top in self.tops), end], self.rates_pct, strict=True):
            high = min(end, top)
            if high > max(start, low):
                owed += (high - max(start, low)) * rate / 100
            low = top
        return owed


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTable:
    """Federal income tax of one year for one filing status.

    `ordinary` and `gains` are scales of taxable income, `minimum` one of what exceeds the exemption of the alternative
    minimum tax, which shrinks by `phase_out_pct` of all beyond `phase_out_from`.
    """

    year: int
    status: FilingStatus
    ordinary: Scale
    gains: Scale
    standard_deduction: Usd
    niit_pct: Decimal
    niit_threshold: Usd
    loss_limit: Usd
    minimum: Scale
    exemption: Usd
    phase_out_from: Usd
    phase_out_pct: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Capital losses carried over from earlier years, never negative (IRC 1212(b))."""

    short: Usd = Usd()
    long: Usd = Usd()

    def __post_init__(self) -> None:
        if self.short.cents < 0 or self.long.cents < 0:
            raise ValueError("a loss that is carried over is written without a sign")

    @property
    def total(self) -> Usd:
        """Short-term and long-term ones together."""
        return self.short + self.long


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """What a household earns in a year, before the standard deduction.

    `ordinary`: wages, pensions, withdrawals and all else that is no income of investments; `interest`: that, and
    dividends that are not qualified; `short` and `long`: capital gains, each netted; a loss is negative.
    """

    ordinary: Usd = Usd()
    interest: Usd = Usd()
    qualified: Usd = Usd()
    short: Usd = Usd()
    long: Usd = Usd()
    carried: Losses = Losses()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxBill:
    """What a year's income costs, to the cent; `federal` holds the alternative minimum tax, `carried` goes on."""

    federal: Usd
    minimum: Usd
    niit: Usd
    state: Usd
    carried: Losses

    @property
    def total(self) -> Usd:
        """All of it."""
        return self.federal + self.niit + self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """A household's own taxes: its income without any sale, and the tables of the years that are known.

    `tables` are of one filing status, at least one, by year. `state_rate_pct` is percent of federal taxable income.
    `pinned_year`: its table counts in every year.
    """

    filing_status: FilingStatus
    income: Income
    tables: tuple[TaxTable, ...]
    state_rate_pct: Decimal = Decimal(0)
    pinned_year: int | None = None

    def __post_init__(self) -> None:
        years = [table.year for table in self.tables]
        if not years or years != sorted(set(years)):
            raise ValueError("tax tables are of ascending years")
        if self.pinned_year is not None and self.pinned_year not in years:
            raise ValueError(f"there is no tax table of {self.pinned_year}")

    def table(self, year: int) -> TaxTable:
        """The table to plan by: the year's own, else the latest one before it, else the first."""
        wanted = year if self.pinned_year is None else self.pinned_year
        return next((table for table in reversed(self.tables) if table.year <= wanted), self.tables[0])

    def knows(self, year: int) -> bool:
        """Whether the year has a table of its own; only then may its taxes be stated as facts."""
        return any(table.year == year for table in self.tables)
