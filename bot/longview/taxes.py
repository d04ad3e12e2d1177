"""A year's taxes of the long view: flat rates, or the brackets of one year moved along with consumer prices."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.money import Usd
from bot.domain.taxes import Income, Losses, Taxes
from bot.engine.tax.federal import bill
from bot.engine.tax.losses import carried_on, netted
from bot.longview.home import Home, Rates
from bot.longview.units import PPM, UNIT, rounded

PLENTY = 10**15  # cents of other income: a flat rate always finds something to lower


class TaxYear:
    """What is taxed of the year so far, and the losses that earlier years left. In cents, gains in parts of one.

    `interest`, `dividends` and `distributed` (paid out before tax) are incomes; `sold_gain` is all that was realised
    above basis by sales, over all years.
    """

    __slots__ = ("carried", "distributed", "dividends", "interest", "long", "short", "sold_gain")

    def __init__(self) -> None:
        self.short = self.long = self.interest = self.dividends = self.distributed = 0
        self.carried = Losses()
        self.sold_gain = 0

    def realise(self, short: int, long: int) -> None:
        """Count the gains of a sale, in `UNIT` parts of a cent."""
        self.short += short
        self.long += long
        self.sold_gain += max(0, short) + max(0, long)

    @property
    def bank(self) -> int:
        """The losses that gains of this year could still use, in cents; never negative."""
        return max(0, self.carried.total.cents - (self.short + self.long) // UNIT)

    def close(self, home: Home, level: int) -> tuple[int, int]:
        """End the year: the tax on capital gains and all tax, in cents; a loss can make both negative.

        `level` are consumer prices in millionths of those at the start.
        """
        gains, whole = _by_brackets(self, home.taxes, home.rates, level) if home.taxes else _flat(self, home.rates)
        self.short = self.long = self.interest = self.dividends = self.distributed = 0
        return gains, whole


def _flat(year: TaxYear, rates: Rates) -> tuple[int, int]:
    gains = 0
    if year.short or year.long or year.carried != Losses():
        income = Income(short=Usd(year.short // UNIT), long=Usd(year.long // UNIT), carried=year.carried)
        net = netted(income, Usd(rates.loss_limit))
        year.carried = carried_on(net, PLENTY)
        gains = rounded(net.preferred, rates.gains) + rounded(net.counted - net.preferred, rates.ordinary)
    qualified = year.dividends * rates.qualified_ppm // PPM
    other = year.interest + year.dividends - qualified + year.distributed
    return gains, gains + rounded(qualified, rates.gains) + rounded(other, rates.ordinary)


def _by_brackets(year: TaxYear, taxes: Taxes, rates: Rates, level: int) -> tuple[int, int]:
    """Incomes are brought back to the dollars of the table's year, and the tax forward again (IRC 1(f))."""

    def back(cents: int) -> Usd:
        return Usd(cents * PPM // level)

    qualified = year.dividends * rates.qualified_ppm // PPM
    own, table = taxes.income, taxes.table(9999)
    quiet = replace(
        own,
        interest=own.interest + back(year.interest + year.dividends - qualified),
        qualified=own.qualified + back(qualified),
        ordinary=own.ordinary + back(year.distributed),
    )
    carried = Losses(short=back(year.carried.short.cents), long=back(year.carried.long.cents))
    loud = replace(
        quiet, short=own.short + back(year.short // UNIT), long=own.long + back(year.long // UNIT), carried=carried
    )
    without, before = (bill(table, one, taxes.state_rate_pct).total for one in (own, quiet))
    after = bill(table, loud, taxes.state_rate_pct)
    left = after.carried
    year.carried = Losses(short=Usd(left.short.cents * level // PPM), long=Usd(left.long.cents * level // PPM))
    gains, whole = after.total - before, after.total - without
    return gains.cents * level // PPM, whole.cents * level // PPM


def on_all(home: Home, short: int, long: int, carried: Losses) -> int:
    """The tax on selling everything at the end, at the flat rates; losses lower it, in cents."""
    net = netted(Income(short=Usd(short), long=Usd(long), carried=carried), Usd(PLENTY))
    return rounded(net.preferred, home.rates.gains) + _rest(net.counted - net.preferred, net.preferred, home.rates)


def _rest(counted: int, preferred: int, rates: Rates) -> int:
    """Short-term gains pay the ordinary rate; a loss beyond all gains is worth what a gain of its size would cost."""
    return rounded(counted, rates.gains if counted < 0 and not preferred else rates.ordinary)
