"""A plan that was carried out, as the ledger of naive selling needs it: what was held before, and what was filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.deferral import First, Scope
from bot.domain.money import Shares, Usd
from bot.domain.snapshot import Side, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Shares that an order of a plan bought or sold, at `price` dollars each."""

    account: str
    side: Side
    symbol: str
    quantity: Shares
    price: Decimal

    @property
    def cents(self) -> int:
        """What they came to."""
        return self.quantity.value(self.price).cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One plan with fills; `before` is the snapshot that it was drawn from, `drift` what it was before and after."""

    plan_id: str
    on: date
    before: Snapshot
    fills: tuple[Fill, ...]
    drift: tuple[Usd, Usd]


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveYear:
    """What one naive way would have sold in a year, its gain (negative for a loss), and the tax on all of it together.

    No loss is carried from one year into the next, so after a year of losses the tax is too high.
    """

    year: int
    scope: Scope
    first: First
    sold: Usd
    gain: Usd
    tax: Usd
