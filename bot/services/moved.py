"""What prices have done since a plan was drawn: whether it is still the plan that was agreed to."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.household import Household
from bot.domain.instruments import CASH, AssetClass
from bot.domain.snapshot import Snapshot
from bot.domain.violations import Violation

MOVED_PCT = Decimal(5)  # a price that moved further makes it another plan
MOVED_POINTS = Decimal(1)  # so does a class whose share of the household moved further


def moved_prices(planned: Snapshot, fresh: Snapshot) -> list[Violation]:
    """Prices that are too far from the plan's."""
    found = []
    for symbol, before in planned.prices:
        now = fresh.price(symbol)
        if before and now is not None and abs(now - before) * 100 > MOVED_PCT * before:
            message = f"{symbol} moved from {before:f} to {now:f}, more than {MOVED_PCT}%."
            found.append(Violation(code="price_moved", message=message))
    return found


def moved_weights(household: Household, planned: Snapshot, fresh: Snapshot) -> list[Violation]:
    """Classes whose share of what was held then is another at the prices of now; fills and new cash do not count."""
    prices = {symbol: fresh.price(symbol) or before for symbol, before in planned.prices}
    then, now = _weights(household, planned, dict(planned.prices)), _weights(household, planned, prices)
    found = []
    for name in sorted(then):
        moved = (now[name] - then[name]) * 100
        if abs(moved) > MOVED_POINTS:
            message = f"{name} moved from {then[name] * 100:.1f}% to {now[name] * 100:.1f}% of the household by prices."
            found.append(Violation(code="price_moved", message=message))
    return found


def _weights(household: Household, held: Snapshot, prices: dict[str, Decimal | None]) -> dict[AssetClass, Decimal]:
    amounts: dict[AssetClass, Decimal] = {CASH: Decimal(0)}
    exposures = {instrument.symbol: instrument.exposure for instrument in household.instruments}
    for holding in held.holdings:
        amounts[CASH] += holding.cash.dollars
        for position in holding.positions:
            value = position.quantity.count * (prices.get(position.symbol) or Decimal(0))
            for name, part in exposures.get(position.symbol, ()):
                amounts[name] = amounts.get(name, Decimal(0)) + value * part
    whole = sum(amounts.values(), Decimal(0))
    return {name: amount / whole if whole else Decimal(0) for name, amount in amounts.items()}
