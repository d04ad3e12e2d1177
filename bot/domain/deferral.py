"""What naive selling would have realised in place of a plan, and what the plan puts off or lets grow instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.money import Usd


class Scope(StrEnum):
    """How far a naive rebalancer looks."""

    HOUSEHOLD = "household"  # it makes the shift of the shelters by selling in taxable accounts
    ACCOUNT = "account"  # it brings each taxable account back to the targets on its own


class First(StrEnum):
    """Which lots a naive sale takes first."""

    HIGHEST_COST = "highest_cost"
    FIFO = "fifo"


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveSale:
    """What one naive way would have sold in taxable accounts, the gain (negative for a loss), and its tax."""

    scope: Scope
    first: First
    sold: Usd
    gain: Usd
    tax: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """The taxes beside a plan: put off, not cancelled, unless the shares are held to death or given to charity.

    `waiting_gain` sat untaxed in the taxable accounts before the plan; all of it sold that day would have cost
    `waiting_tax` (a net loss costs nothing). `interest` is what the bonds that the plan buys in taxable accounts pay a
    year, and `interest_tax` what that costs every year. `table_year` is the tax table behind it all; None for the flat
    rates of the policy.
    """

    naive: tuple[NaiveSale, ...]
    waiting_gain: Usd
    waiting_tax: Usd
    interest: Usd = Usd()
    interest_tax: Usd = Usd()
    table_year: int | None = None

    def way(self, scope: Scope, first: First) -> NaiveSale:
        """What this naive way would have done; KeyError when it was not looked at."""
        for one in self.naive:
            if (one.scope, one.first) == (scope, first):
                return one
        raise KeyError(f"{scope} {first}")
