"""Tax tables: those that come along are whole and sourced, an owner's own add years, and mistakes are shown."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from adapters.files.tax_tables import read_tax_tables
from bot.domain.errors import FixTheFile
from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus

OURS = resources.files("config").joinpath("tax", "2026.yaml").read_text(encoding="utf-8")


def own(folder: Path, text: str, year: int = 2027) -> Path:
    (folder / f"{year}.yaml").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path, text: str) -> FixTheFile:
    with pytest.raises(FixTheFile) as caught:
        read_tax_tables(FilingStatus.SINGLE, own(folder, text))
    return caught.value


@pytest.mark.parametrize("status", FilingStatus)
def test_the_tables_of_two_years_come_along(status: FilingStatus) -> None:
    tables = read_tax_tables(status)

    assert [(table.year, table.status) for table in tables] == [(2025, status), (2026, status)]


def test_a_table_says_what_its_file_says() -> None:
    table = read_tax_tables(FilingStatus.MARRIED_JOINT)[1]

    assert table.ordinary.tops[0] == Usd.of(24800)
    assert table.ordinary.rates_pct[-1] == 37
    assert table.gains.tops == (Usd.of(98900), Usd.of(613700))
    assert (table.standard_deduction, table.loss_limit) == (Usd.of(32200), Usd.of(3000))
    assert (table.niit_pct, table.niit_threshold) == (Decimal("3.8"), Usd.of(250000))
    assert (table.exemption, table.phase_out_from) == (Usd.of(140200), Usd.of(1000000))
    assert table.phase_out_pct == 50


def test_a_file_of_the_owners_own_adds_a_year(tmp_path: Path) -> None:
    folder = own(tmp_path, OURS.replace("year: 2026", "year: 2027").replace("single: 16100", "single: 16500"))
    tables = read_tax_tables(FilingStatus.SINGLE, folder)

    assert [table.year for table in tables] == [2025, 2026, 2027]
    assert tables[2].standard_deduction == Usd.of(16500)


def test_a_file_of_the_owners_own_wins(tmp_path: Path) -> None:
    folder = own(tmp_path, OURS.replace("single: 16100", "single: 99"), 2026)

    assert read_tax_tables(FilingStatus.SINGLE, folder)[1].standard_deduction == Usd.of(99)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixTheFile, match="no tax table here"):
        read_tax_tables(FilingStatus.SINGLE, tmp_path / "none")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year: 2026", "year: 2028", "should be the year of the file's name, 2027"),
        ("rates_pct: [10, 12,", "rates_pct: [12,", "should be 5 ascending amounts"),
        ("single: [49450, 545500]", "single: [545500, 49450]", "should be 2 ascending amounts"),
        ("    head_of_household: 24150\n", "", "says nothing of head_of_household"),
        ('  source: "IRC 1211(b); not indexed"\n', "", "this key is missing"),
        ("rate_pct: 3.8", "rate_pct: 138", "between 0 and 100"),
        ("single: 200000", "single: -1", "negative"),
        ("loss_limit:", "los_limit:", "los_limit"),
    ],
)
def test_a_mistake_is_shown(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = OURS.replace("year: 2026", "year: 2027") if old != "year: 2026" else OURS
    assert old in text

    faults = refused(tmp_path, text.replace(old, new, 1)).faults

    assert any(message in f"{fault.place} {fault.message}" for fault in faults), faults
