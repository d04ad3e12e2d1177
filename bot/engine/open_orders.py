"""Open orders count as done: what an account will hold when everything that works at the broker has filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.lots import TaxLot
from bot.domain.money import Shares
from bot.domain.snapshot import Holding, Side, Snapshot, lot_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """An account with its open orders filled: cash in cents, lots by symbol, and what open buys will add."""

    settled: int
    unsettled: int
    lots: Mapping[str, tuple[TaxLot, ...]]
    bought: Mapping[str, Shares]


def project(holding: Holding, snapshot: Snapshot) -> Projection:
    """Fill the open orders of one account at today's prices.

    Buys are paid from the proceeds of open sells first, then from settled cash, then from unsettled cash; what is left
    of the proceeds is not settled yet. Shares from open buys are counted but cannot be sold today. An order without a
    price changes nothing.
    """
    lots = {position.symbol: position.lots for position in holding.positions}
    bought: dict[str, Shares] = {}
    proceeds = cost = 0
    for order in holding.open_orders:
        price = snapshot.price(order.symbol)
        if price is None:
            continue
        cents = order.quantity.value(price).cents
        if order.side is Side.SELL:
            proceeds += cents
            lots[order.symbol] = _without(lots.get(order.symbol, ()), order.quantity)
        else:
            cost += cents
            bought[order.symbol] = bought.get(order.symbol, Shares()) + order.quantity
            lots.setdefault(order.symbol, ())
    unpaid = max(0, cost - proceeds)
    settled, unsettled = holding.cash_settled.cents, holding.cash_unsettled.cents
    beyond = min(max(0, unpaid - max(0, settled)), max(0, unsettled))
    return Projection(
        settled=settled - unpaid + beyond,
        unsettled=unsettled - beyond + max(0, proceeds - cost),
        lots=lots,
        bought=bought,
    )


def _without(lots: tuple[TaxLot, ...], quantity: Shares) -> tuple[TaxLot, ...]:
    """The lots that stay when this many shares leave, oldest first: the brokers' default order of disposal."""
    kept = []
    for lot in sorted(lots, key=lot_order):
        leaving = min(lot.quantity, quantity)
        quantity -= leaving
        if leaving < lot.quantity:
            kept.append(replace(lot, quantity=lot.quantity - leaving))
    return tuple(kept)
