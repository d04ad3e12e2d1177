"""Tax lots: shares bought together, with what they cost and since when they are held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.money import Shares, Usd


def _anniversary(on: date) -> date:
    """The same day a year later; the last of February after a leap day (Rev. Rul. 66-7)."""
    try:
        return on.replace(year=on.year + 1)
    except ValueError:
        return on.replace(year=on.year + 1, day=28)


def is_short(since: date | None, on: date) -> bool:
    """Whether what is held since then is sold within a year (IRC 1222(1)); None is long ago."""
    if since is None or (on - since).days > 366:  # no year is longer
        return False
    return on <= _anniversary(since)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLot:
    """Shares bought together.

    `cost_per_share` in dollars, None where unknown: then it is never a loss, and counts as zero cost in an estimate of
    tax. `acquired_on` None means long ago. The lot may be sold from `locked_until_on` on. `basis_for_loss`, in dollars
    a share: a gift that was worth less than its giver's basis is a loss only below it (IRC 1015(a)). `held_since_on`:
    the day from which its term counts, where that is not the day of acquisition (IRC 1223).
    """

    quantity: Shares
    cost_per_share: Decimal | None = None
    acquired_on: date | None = None
    locked_until_on: date | None = None
    basis_for_loss: Decimal | None = None
    held_since_on: date | None = None

    def is_locked(self, on: date) -> bool:
        """Whether it may not be sold yet on that day."""
        return self.locked_until_on is not None and on < self.locked_until_on

    def is_short_term(self, on: date) -> bool:
        """Whether a sale on that day is held one year or less (IRC 1222(1); the day of purchase does not count)."""
        return is_short(self.held_since_on or self.acquired_on, on)

    def is_loss(self, price: Decimal) -> bool:
        """Whether a sale at this price would realise a loss; never, when the cost is unknown."""
        return self.cost_per_share is not None and self._cost_for_loss(self.cost_per_share) > price

    def held_for(self, on: date) -> timedelta | None:
        """How long it has been in these hands by that day; None for long ago."""
        return None if self.acquired_on is None else on - self.acquired_on

    def gain(self, quantity: Shares, price: Decimal) -> Usd:
        """The gain (a loss is negative) of selling `quantity` of it at `price`; an unknown cost counts as zero.

        Between the two bases of a gift there is neither (Treas. Reg. 1.1015-1(a)(2)).
        """
        cost = self.cost_per_share or Decimal(0)
        return quantity.value(price - min(cost, max(price, self._cost_for_loss(cost))))

    def _cost_for_loss(self, cost: Decimal) -> Decimal:
        return cost if self.basis_for_loss is None else min(cost, self.basis_for_loss)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """All lots of one instrument in one account."""

    symbol: str
    lots: tuple[TaxLot, ...]

    @property
    def quantity(self) -> Shares:
        """The shares of all lots together."""
        return Shares.total(lot.quantity for lot in self.lots)
