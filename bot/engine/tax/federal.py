"""A year's income tax: gains stacked on ordinary income, the minimum tax, the tax on investments, and a state's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import Usd
from bot.domain.taxes import FilingStatus, Income, TaxBill, TaxTable
from bot.engine.tax.losses import carried_on, netted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What is taxed, in cents: `gross` is adjusted gross income, `preferred` its part at the rates of gains."""

    gross: int
    before_floor: int
    preferred: int
    invested: int

    @property
    def taxable(self) -> int:
        return max(0, self.before_floor)

    @property
    def ordinary(self) -> int:
        """Taxable income without the part that pays the rates of gains; the deduction lowers this first."""
        return max(0, self.taxable - self.preferred)


def bill(table: TaxTable, income: Income, state_rate_pct: Decimal = Decimal(0)) -> TaxBill:
    """The tax on a year's income before any credit, each kind to the nearest cent.

    IRC 1(h) (Qualified Dividends and Capital Gain Tax Worksheet), 55 (Form 6251), 1211 and 1212 (Schedule D), 1411
    (Form 8960). A state takes its rate of federal taxable income. Not in it: credits, itemised and senior deductions,
    gains on collectibles and depreciated property, payroll taxes.
    """
    net = netted(income, table.loss_limit)
    invested = income.interest.cents + income.qualified.cents + net.counted
    gross = income.ordinary.cents + invested
    base = _Base(
        gross=gross,
        before_floor=gross - table.standard_deduction.cents,
        preferred=income.qualified.cents + net.preferred,
        invested=invested,
    )
    regular = _regular(table, base)
    federal, plain = _cents(max(regular, _tentative_minimum(table, base))), _cents(regular)
    return TaxBill(
        federal=federal,
        minimum=federal - plain,
        niit=_cents(_on_investments(table, base)),
        state=_cents(base.taxable * state_rate_pct / 100),
        carried=carried_on(net, base.before_floor),
    )


def _regular(table: TaxTable, base: _Base) -> Decimal:
    """Gains lie on top of ordinary income, in brackets of their own; never more than all of it as ordinary."""
    preferred = table.gains.tax(base.taxable - base.ordinary, above=base.ordinary)
    return min(table.ordinary.tax(base.ordinary) + preferred, table.ordinary.tax(base.taxable))


def _tentative_minimum(table: TaxTable, base: _Base) -> Decimal:
    """Form 6251: no standard deduction (IRC 56(b)(1)(D)), an exemption that shrinks, and gains at their own rates."""
    gross = Decimal(max(0, base.gross))
    if table.status is FilingStatus.MARRIED_SEPARATE:
        gross += _added(table, gross)
    shrunk = max(Decimal(0), gross - table.phase_out_from.cents) * table.phase_out_pct / 100
    left = max(Decimal(0), gross - max(Decimal(0), table.exemption.cents - shrunk))
    gains = min(left, Decimal(base.preferred))
    stacked = table.gains.tax(gains, above=base.ordinary)
    return min(table.minimum.tax(left - gains) + stacked, table.minimum.tax(left))


def _added(table: TaxTable, gross: Decimal) -> Decimal:
    """What spouses who file separately count beyond their income, once it has used up the exemption.

    At most the exemption itself (Form 6251 instructions, line 4; Rev. Proc. 2025-32, p. 17).
    """
    used_up = table.phase_out_from.cents + table.exemption.cents * 100 / table.phase_out_pct
    return min(Decimal(table.exemption.cents), max(Decimal(0), gross - used_up) * table.phase_out_pct / 100)


def _on_investments(table: TaxTable, base: _Base) -> Decimal:
    """Net investment income, or what exceeds the threshold of gross income, whichever is less (IRC 1411(a)(1))."""
    taxed = min(max(0, base.invested), max(0, base.gross - table.niit_threshold.cents))
    return taxed * table.niit_pct / 100


def _cents(exact: Decimal) -> Usd:
    return Usd.nearest(exact / 100)
