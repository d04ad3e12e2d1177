"""What the settings say of the household's taxes: how it files, its income without any sale, and its state's rate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from adapters.files.models import Part
from adapters.files.tax_tables import read_tax_tables
from adapters.files.words import Allowance, Rate, Word, word
from bot.domain.errors import Fault, FixTheFile
from bot.domain.money import Usd
from bot.domain.targets import Policy
from bot.domain.taxes import FilingStatus, Income, Losses, Taxes


class TaxPart(Part):
    """One household's taxes; dollars of a year, before the standard deduction, without any sale."""

    filing_status: Annotated[FilingStatus, Field(strict=False)]
    ordinary_income_usd: Allowance
    interest_usd: Allowance = Usd()
    qualified_dividends_usd: Allowance = Usd()
    carried_short_losses_usd: Allowance = Usd()
    carried_long_losses_usd: Allowance = Usd()
    state_rate_pct: Rate = Decimal(0)
    year: Annotated[int, Field(ge=1913, le=9999)] | None = None
    interest_pct: dict[Word, Rate] | None = None
    tables: Annotated[str, BeforeValidator(word(400, blanks=True))] | None = None


def with_taxes(policy: Policy, part: TaxPart | None, settings: Path) -> Policy:
    """The policy with the household's own taxes; unchanged where the settings say nothing of them.

    The name of a folder with tables of the owner's own starts beside the file `settings`.

    Raises:
        FixTheFile: for a table that is wrong, or a year that none is of.
    """
    if part is None:
        return policy
    taxes = _taxes(part, settings)
    return (
        replace(policy, taxes=taxes)
        if part.interest_pct is None
        else replace(policy, taxes=taxes, interest_pct=tuple(part.interest_pct.items()))
    )


def _taxes(part: TaxPart, settings: Path) -> Taxes:
    tables = read_tax_tables(part.filing_status, None if part.tables is None else settings.parent / part.tables)
    years = [table.year for table in tables]
    if part.year is not None and part.year not in years:
        message = f"there is no tax table of {part.year}; there are those of {', '.join(map(str, years))}"
        raise FixTheFile(str(settings), (Fault(message=message, place="tax.year"),), settings=True)
    return Taxes(
        filing_status=part.filing_status,
        income=Income(
            ordinary=part.ordinary_income_usd,
            interest=part.interest_usd,
            qualified=part.qualified_dividends_usd,
            carried=Losses(short=part.carried_short_losses_usd, long=part.carried_long_losses_usd),
        ),
        tables=tables,
        state_rate_pct=part.state_rate_pct,
        pinned_year=part.year,
    )
