"""Capital gains and losses of a year set against each other, the yearly limit of a loss, and what is carried on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.money import Usd
from bot.domain.taxes import Income, Losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Netted:
    """A year's capital gains in cents, earlier losses taken off; `short` and `long` may be negative.

    `counted` is what goes into income: the net gain, or a loss down to the limit, which is negative.
    """

    short: int
    long: int
    counted: int

    @property
    def preferred(self) -> int:
        """The net capital gain, which pays the lower rates (IRC 1222(11)): long gains beyond short losses."""
        return max(0, min(self.long, self.long + self.short))


def netted(income: Income, limit: Usd) -> Netted:
    """Short and long gains after the losses carried over (IRC 1212(b)); a loss counts up to the limit (IRC 1211(b))."""
    short = income.short.cents - income.carried.short.cents
    long = income.long.cents - income.carried.long.cents
    return Netted(short=short, long=long, counted=max(short + long, -limit.cents))


def carried_on(net: Netted, before_floor: int) -> Losses:
    """What goes into the next year: short-term losses are used up first (Capital Loss Carryover Worksheet).

    `before_floor` is taxable income in cents before it is lifted to zero: a loss that found no income to lower was not
    used (IRC 1212(b)(2)(A)(ii)).
    """
    if net.short + net.long >= 0:
        return Losses()
    counted = -net.counted
    used = min(counted, max(0, before_floor + counted))
    short = max(0, -net.short - used - max(0, net.long))
    rest = max(0, used - max(0, -net.short))
    long = max(0, -net.long - max(0, net.short) - rest)
    return Losses(short=Usd(short), long=Usd(long))
