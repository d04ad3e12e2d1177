"""What the household holds at one moment, with a fingerprint that does not depend on any order of lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.canonical import Fingerprinted, canonical_json
from bot.domain.lots import Position, TaxLot
from bot.domain.money import Shares, Usd


class Side(StrEnum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order that already works at the broker: its open quantity counts as done."""

    side: Side
    symbol: str
    quantity: Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A trade of the past, of any account and either spouse; `realized_gain` is negative for a loss."""

    on: date
    account: str
    owner: str
    side: Side
    symbol: str
    quantity: Shares
    realized_gain: Usd = Usd()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one account holds: settled and unsettled cash (together its whole cash), positions, open orders."""

    account: str
    cash_settled: Usd = Usd()
    cash_unsettled: Usd = Usd()
    positions: tuple[Position, ...] = ()
    open_orders: tuple[OpenOrder, ...] = ()

    def position(self, symbol: str) -> Position:
        """The position in this symbol; an empty one when there is none."""
        return next((p for p in self.positions if p.symbol == symbol), Position(symbol=symbol, lots=()))

    @property
    def cash(self) -> Usd:
        """Settled and unsettled cash together."""
        return self.cash_settled + self.cash_unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something about an account that its owner should know, and how to mend it.

    `code` is one word for programs, such as `lots_mismatch` or `reinvestment_on`. Where `stops` is set no plan is drawn
    until it is mended.
    """

    code: str
    account: str
    message: str
    symbol: str = ""
    mend: str = ""
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Fingerprinted):
    """All holdings of a household on one trade date.

    `prices` in dollars a share, None where unknown. `taken_at` is None for a household that was read from a file.
    """

    as_of_on: date
    holdings: tuple[Holding, ...]
    prices: tuple[tuple[str, Decimal | None], ...]
    history: tuple[Trade, ...] = ()
    taken_at: datetime | None = None
    remarks: tuple[Remark, ...] = ()

    def holding(self, account: str) -> Holding:
        """The holding of this account; KeyError when there is none."""
        for holding in self.holdings:
            if holding.account == account:
                return holding
        raise KeyError(account)

    def price(self, symbol: str) -> Decimal | None:
        """The price of a share in dollars, None where unknown."""
        return dict(self.prices).get(symbol)

    def sorted(self) -> Snapshot:
        """The same snapshot with every list in canonical order, so that a permutation changes nothing."""
        holdings = (replace(h, positions=tuple(_sorted_lots(p) for p in h.positions)) for h in self.holdings)
        return replace(self, holdings=tuple(holdings)).in_order()

    def in_order(self) -> Snapshot:
        """The same, but for the lots of a position: there may be very many, and who needs them in order sorts them."""
        return replace(
            self,
            holdings=tuple(sorted((_sorted_holding(h) for h in self.holdings), key=lambda h: h.account)),
            prices=tuple(sorted(self.prices, key=lambda pair: pair[0])),
            history=tuple(sorted(self.history, key=canonical_json)),
        )

    def _bound(self) -> Snapshot:
        """What is held and at which prices; the moment of taking it and all remarks are left out."""
        return replace(self.sorted(), taken_at=None, remarks=())


def _sorted_lots(position: Position) -> Position:
    return replace(position, lots=tuple(sorted(position.lots, key=lot_order)))


def lot_order(lot: TaxLot) -> tuple[date, date, Decimal, Decimal, Decimal, date]:
    """Oldest first; every field counts, so that equal keys are equal lots."""
    unknown = Decimal(-1)  # before any cost, which is never negative
    cost = unknown if lot.cost_per_share is None else lot.cost_per_share
    for_loss = unknown if lot.basis_for_loss is None else lot.basis_for_loss
    return (
        lot.acquired_on or date.min,
        lot.locked_until_on or date.min,
        cost,
        lot.quantity.count,
        for_loss,
        lot.held_since_on or date.min,
    )


def _sorted_holding(holding: Holding) -> Holding:
    return replace(
        holding,
        positions=tuple(sorted(holding.positions, key=lambda p: p.symbol)),
        open_orders=tuple(sorted(holding.open_orders, key=canonical_json)),
    )
