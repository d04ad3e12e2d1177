"""Tax lots rebuilt from what the account's keeper holds and from the trades that it remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd
from bot.domain.readings import Activity, ActivityKind, HeldReading
from bot.domain.snapshot import Side

_COST_STEP = Decimal("0.0000000001")  # finer than any basis needs: a million shares stay exact to the cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Shares that left the account on a day, and the gain of it (negative for a loss)."""

    on: date
    symbol: str
    quantity: Shares
    realized_gain: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The lots of one symbol in one account, which sum to the keeper's quantity, and its remembered sales."""

    position: Position
    sales: tuple[Sale, ...]


def trades_of(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    """The trades among the activities that still stand, in their order."""
    return tuple(a for a in activities if a.kind is ActivityKind.TRADE and not a.reversed and a.side is not None)


def swap_days(trades: Iterable[Activity]) -> frozenset[date]:
    """The days on which an account both sold and bought.

    What a cash account bought there was paid with money that had not settled; sold before that settlement it is a
    good-faith violation (Regulation T, 12 CFR 220.8).
    """
    seen = {(trade.on, trade.side) for trade in trades}
    return frozenset(on for on, side in seen if side is Side.BUY and (on, Side.SELL) in seen)


def rebuild(held: HeldReading, trades: Sequence[Activity], locked_until: Mapping[date, date]) -> Book:
    """The lots behind a position: remembered purchases less sales, oldest first, and an opening remainder.

    Args:
        held: what the keeper reports; its own lots win where they sum to its quantity.
        trades: the account's standing trades, oldest first; those of other symbols are passed over.
        locked_until: the day of a swap -> the day on which it settles; empty for a taxable account.

    The opening remainder is what no remembered purchase explains, held since long ago, at the cost that makes the whole
    basis agree with the keeper's; None where that is unknown or would be negative. A sale of shares of unknown cost
    counts as all gain, as everywhere (`TaxLot.gain`).
    """
    own = [trade for trade in trades if trade.symbol == held.symbol]
    sold = Shares.total(trade.quantity for trade in own if trade.side is Side.SELL)
    bought = Shares.total(trade.quantity for trade in own if trade.side is Side.BUY)
    queue = _with_opening([], held.quantity + sold - bought)
    left: list[tuple[Activity, list[TaxLot]]] = []
    for trade in own:
        if trade.side is Side.BUY:
            queue.append(_bought(trade, locked_until))
        else:
            gone, queue = _take(queue, trade.quantity)
            left.append((trade, gone))
    queue = _fitted(queue, held.quantity)
    cost = _opening_cost(queue, held.cost_basis)
    lots = held.lots if held.lots and _quantity(held.lots) == held.quantity else _costed(queue, cost)
    sales = tuple(_sale(trade, _costed(gone, cost)) for trade, gone in left)
    return Book(position=Position(symbol=held.symbol, lots=lots), sales=sales)


def _bought(trade: Activity, locked_until: Mapping[date, date]) -> TaxLot:
    return TaxLot(
        quantity=trade.quantity,
        cost_per_share=trade.price,
        acquired_on=trade.on,
        locked_until_on=locked_until.get(trade.on),
    )


def _take(queue: Sequence[TaxLot], quantity: Shares) -> tuple[list[TaxLot], list[TaxLot]]:
    """The oldest shares, and what stays; where the queue holds too few, the rest comes from nowhere at unknown cost."""
    gone, stays = [], []
    for lot in queue:
        part = min(lot.quantity, quantity)
        quantity -= part
        if part:
            gone.append(replace(lot, quantity=part))
        if part < lot.quantity:
            stays.append(replace(lot, quantity=lot.quantity - part))
    return _with_opening(gone, quantity), stays


def _fitted(queue: list[TaxLot], quantity: Shares) -> list[TaxLot]:
    """The queue at exactly the keeper's quantity: the oldest leave when it is too long."""
    surplus = _quantity(queue) - quantity
    if surplus.count > 0:
        return _take(queue, surplus)[1]
    return _with_opening(queue, -surplus)


def _with_opening(queue: list[TaxLot], quantity: Shares) -> list[TaxLot]:
    return [TaxLot(quantity=quantity), *queue] if quantity.count > 0 else queue


def _is_opening(lot: TaxLot) -> bool:
    return lot.acquired_on is None


def _opening_cost(queue: Sequence[TaxLot], basis: Usd | None) -> Decimal | None:
    """Dollars a share of the opening remainder, so that all lots together cost what the keeper says."""
    opening = _quantity([lot for lot in queue if _is_opening(lot)])
    known = [lot.quantity.value(lot.cost_per_share) for lot in queue if lot.cost_per_share is not None]
    if basis is None or not opening or any(not _is_opening(lot) and lot.cost_per_share is None for lot in queue):
        return None
    cost = ((basis - Usd.total(known)).dollars / opening.count).quantize(_COST_STEP)
    return cost if cost >= 0 else None


def _costed(queue: Iterable[TaxLot], cost: Decimal | None) -> tuple[TaxLot, ...]:
    return tuple(replace(lot, cost_per_share=cost) if _is_opening(lot) else lot for lot in queue)


def _sale(trade: Activity, lots: tuple[TaxLot, ...]) -> Sale:
    price = trade.price or Decimal(0)
    gain = Usd.total(lot.gain(lot.quantity, price) for lot in lots)
    return Sale(on=trade.on, symbol=trade.symbol, quantity=trade.quantity, realized_gain=gain)


def _quantity(lots: Iterable[TaxLot]) -> Shares:
    return Shares.total(lot.quantity for lot in lots)
