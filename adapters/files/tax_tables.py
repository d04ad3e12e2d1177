"""Reads the tax tables: one YAML file a year, each block of figures with its source."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from adapters.files.complaints import Complaints
from adapters.files.marked import read_tree
from adapters.files.models import Part
from adapters.files.words import Allowance, Rate, Word, wrong
from bot.domain.errors import Fault, FixTheFile
from bot.domain.taxes import FilingStatus, Scale, TaxTable

OWN = Path("tax")  # in the package `config`
_NAMES = "[0-9][0-9][0-9][0-9].yaml"
_Amounts = dict[Annotated[FilingStatus, Field(strict=False)], Allowance]
_Tops = dict[Annotated[FilingStatus, Field(strict=False)], list[Allowance]]


class _Sourced(Part):
    """Figures, and where they stand in the law."""

    source: Annotated[str, Field(min_length=5, max_length=400)]


class _ScalePart(_Sourced):
    """Rates by bracket, the tops of all brackets but the last for each filing status."""

    rates_pct: list[Rate]
    tops_usd: _Tops

    @model_validator(mode="after")
    def _ascending(self) -> _ScalePart:
        _every_status(self.tops_usd, "tops_usd")
        for status, tops in self.tops_usd.items():
            if len(tops) != len(self.rates_pct) - 1 or any(low >= high for low, high in pairwise(tops)):
                message = f"should be {len(self.rates_pct) - 1} ascending amounts"
                raise wrong(message, at=("tops_usd", status.value))
        return self

    def of(self, status: FilingStatus) -> Scale:
        """The scale of one filing status."""
        return Scale(tops=tuple(self.tops_usd[status]), rates_pct=tuple(self.rates_pct))


class _AmountPart(_Sourced):
    """One amount for each filing status."""

    usd: _Amounts

    @model_validator(mode="after")
    def _whole(self) -> _AmountPart:
        _every_status(self.usd, "usd")
        return self


class _InvestmentPart(_Sourced):
    """The tax on net investment income."""

    rate_pct: Rate
    threshold_usd: _Amounts

    @model_validator(mode="after")
    def _whole(self) -> _InvestmentPart:
        _every_status(self.threshold_usd, "threshold_usd")
        return self


class _MinimumPart(_ScalePart):
    """The alternative minimum tax."""

    exemption_usd: _Amounts
    phase_out_from_usd: _Amounts
    phase_out_pct: Rate

    @model_validator(mode="after")
    def _whole(self) -> _MinimumPart:
        _every_status(self.exemption_usd, "exemption_usd")
        _every_status(self.phase_out_from_usd, "phase_out_from_usd")
        return self


class _YearPart(Part):
    """The top of a file."""

    year: Annotated[int, Field(ge=1913, le=9999)]
    note: Word = ""
    ordinary: _ScalePart
    long_term_gains: _ScalePart
    standard_deduction: _AmountPart
    net_investment_income: _InvestmentPart
    loss_limit: _AmountPart
    minimum_tax: _MinimumPart


def _every_status(given: dict[FilingStatus, Allowance] | dict[FilingStatus, list[Allowance]], key: str) -> None:
    missing = [status.value for status in FilingStatus if status not in given]
    if missing:
        raise wrong(f"says nothing of {', '.join(missing)}", at=(key,))


def read_tax_tables(status: FilingStatus, own: Path | None = None) -> tuple[TaxTable, ...]:
    """The tables of one filing status by year; files in the folder `own` add years, and win over those that came along.

    Raises:
        FixTheFile: with every mistake of a file.
    """
    found = {table.year: table for table in _along(status)}
    if own is not None:
        files = sorted(own.glob(_NAMES)) if own.is_dir() else []
        if not files:
            fault = Fault(message="there is no tax table here", hint="put a file such as 2027.yaml there")
            raise FixTheFile(str(own), (fault,))
        found |= {table.year: table for file in files for table in [_read(file, status)]}
    return tuple(found[year] for year in sorted(found))


def _along(status: FilingStatus) -> Iterator[TaxTable]:
    with resources.as_file(resources.files("config").joinpath(str(OWN))) as folder:
        for file in sorted(folder.glob(_NAMES)):
            yield _read(file, status)


def _read(file: Path, status: FilingStatus) -> TaxTable:
    tree = read_tree(file)
    complaints = Complaints(tree)
    part = complaints.part(_YearPart, (), tree.root)
    if part is not None and str(part.year) != file.stem:
        complaints.add(("year",), f"should be the year of the file's name, {file.stem}")
    complaints.finish()
    assert part is not None
    return TaxTable(
        year=part.year,
        status=status,
        ordinary=part.ordinary.of(status),
        gains=part.long_term_gains.of(status),
        standard_deduction=part.standard_deduction.usd[status],
        niit_pct=part.net_investment_income.rate_pct,
        niit_threshold=part.net_investment_income.threshold_usd[status],
        loss_limit=part.loss_limit.usd[status],
        minimum=part.minimum_tax.of(status),
        exemption=part.minimum_tax.exemption_usd[status],
        phase_out_from=part.minimum_tax.phase_out_from_usd[status],
        phase_out_pct=part.minimum_tax.phase_out_pct,
    )
