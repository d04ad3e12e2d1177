"""How much may go out at once, and how old what we know may be: the owner's limits and the guard's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.domain.money import Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The owner's limits in percent of the household, and what the guard insists on.

    `order_most`: one order in dollars, while real accounts are new to the loop. `order_pct`: one order. `day_pct`,
    `day_orders`: all orders of a New York day, both legs of a swap. They are checked when a plan is drawn (but for
    `order_most`, to which orders are cut), and again before each order. `split_pct`: a price that moves further than
    that against its class looks like a split. The rest are ages and distances in time.
    """

    order_pct: Decimal = Decimal(15)
    day_pct: Decimal = Decimal(40)
    day_orders: int = 40
    order_most: Usd | None = None
    spread_pct: Decimal = Decimal(1)
    split_pct: Decimal = Decimal(20)
    quote_age: timedelta = timedelta(seconds=60)
    snapshot_age: timedelta = timedelta(minutes=15)
    clock_skew: timedelta = timedelta(seconds=30)
    wall_drift: timedelta = timedelta(seconds=5)
    close_margin: timedelta = timedelta(minutes=15)
