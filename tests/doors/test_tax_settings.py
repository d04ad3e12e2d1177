"""What the settings say of taxes: brackets in place of flat rates, and whose tables they are."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Losses
from tests.doors.test_settings import fault, refused, small

TAX = "tax: {filing_status: married_joint, ordinary_income_usd: 150000}\n"


def test_without_a_word_on_taxes_the_flat_rates_stand(tmp_path: Path) -> None:
    assert small(tmp_path).policy.taxes is None


def test_all_that_is_said_is_read(tmp_path: Path) -> None:
    text = """\
tax:
  filing_status: single
  ordinary_income_usd: 90000
  interest_usd: 100.50
  qualified_dividends_usd: 2000
  carried_short_losses_usd: 10
  carried_long_losses_usd: 20
  state_rate_pct: 5.3
  year: 2025
  interest_pct: {bonds: 4, munis: 3.1}
"""
    policy = small(tmp_path, new=text).policy
    taxes = policy.taxes

    assert taxes is not None
    assert taxes.filing_status is FilingStatus.SINGLE
    assert (taxes.income.ordinary, taxes.income.interest) == (Usd.of(90000), Usd.of("100.50"))
    assert taxes.income.qualified == Usd.of(2000)
    assert taxes.income.carried == Losses(short=Usd.of(10), long=Usd.of(20))
    assert (taxes.state_rate_pct, taxes.pinned_year) == (Decimal("5.3"), 2025)
    assert policy.interest_pct == (("bonds", Decimal(4)), ("munis", Decimal("3.1")))
    assert [table.year for table in taxes.tables] == [2025, 2026]


def test_what_bonds_pay_has_a_default(tmp_path: Path) -> None:
    assert small(tmp_path, new=TAX).policy.interest_pct == (("bonds", Decimal("4.47")),)


def test_other_taxes_end_an_approval(tmp_path: Path) -> None:
    prints = {
        small(tmp_path).fingerprint,
        small(tmp_path, new=TAX).fingerprint,
        small(tmp_path, new=TAX.replace("150000", "150001")).fingerprint,
    }

    assert len(prints) == 3


def test_tables_of_the_owners_own_lie_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    text = resources.files("config").joinpath("tax", "2026.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine" / "2027.yaml").write_text(text.replace("year: 2026", "year: 2027"), encoding="utf-8")
    taxes = small(tmp_path, new=TAX.replace("}", ", tables: mine}")).policy.taxes

    assert taxes is not None
    assert taxes.knows(2027)


def test_a_mistake_in_a_table_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "2027.yaml").write_text("year: 2027\n", encoding="utf-8")

    assert "2027.yaml" in refused(tmp_path, new=TAX.replace("}", ", tables: mine}")).file


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("married_joint", "maried", "tax.filing_status", "single"),
        ("150000", "-1", "tax.ordinary_income_usd", "negative"),
        ("}", ", state_rate_pct: 101}", "tax.state_rate_pct", "between 0 and 100"),
        ("}", ", stat_rate_pct: 1}", "tax.stat_rate_pct", ""),
        ("}", ", year: 1999}", "tax.year", "there is no tax table of 1999; there are those of 2025, 2026"),
        (", ordinary_income_usd: 150000", "", "tax.ordinary_income_usd", "missing"),
    ],
)
def test_a_mistake_is_shown_at_its_place(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    found = fault(tmp_path, new=TAX.replace(old, new))

    assert found.place == place
    assert message in found.message
