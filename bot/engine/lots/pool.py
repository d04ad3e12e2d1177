"""The average basis method: one cost for all shares of a fund in an account."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.engine.lots.members import AVERAGE, FIFO
from bot.engine.lots.nouns import Method
from bot.engine.lots.open_lot import OpenLot, portion, shared
from bot.engine.lots.shelf import Shelf


class Pool(Shelf):
    """A shelf under the average basis method: one cost for all shares, dates as they came (Treas. Reg. 1.1012-1(e)).

    Once shares of unknown cost are in it the average is unknown, until the pool is empty.
    """

    def __init__(self, account: str, symbol: str) -> None:
        super().__init__(account, symbol, AVERAGE)
        self.cents: int | None = 0

    def add(self, lot: OpenLot) -> None:
        """A gift joins with its basis for loss: only at that value may it be averaged (1.1012-1(e)(1)(ii))."""
        cents = lot.cents if lot.loss_cents is None else lot.loss_cents or None
        self.cents = None if self.cents is None or cents is None or lot.cents is None else self.cents + cents
        lot.loss_cents = None
        super().add(lot)

    def take(
        self, quantity: Decimal, method: Method = FIFO, named: Sequence[tuple[str, Decimal]] = ()
    ) -> list[OpenLot]:
        """Take shares off the shelf, each at the average."""
        whole = self.quantity
        parts = super().take(quantity, method, named)
        for part in parts:
            part.cents = None if self.cents is None else portion(self.cents, part.quantity, whole)
            self.cents = None if self.cents is None or part.cents is None else self.cents - part.cents
            whole -= part.quantity
        if not self.lots:
            self.cents = 0
        return parts

    def carve(self, lot: OpenLot, quantity: Decimal, number: int, more: int) -> OpenLot:
        """Make two lots of one; what is added to the basis of one is added to all."""
        self.raise_basis(lot, more)
        return super().carve(lot, quantity, number, 0)

    def raise_basis(self, lot: OpenLot, cents: int) -> None:  # noqa: ARG002 - the pool's basis is every lot's
        """Add a disallowed loss to what the pool cost (1.1012-1(e)(3))."""
        self.cents = None if self.cents is None else self.cents + cents

    def give_back(self, cents: int) -> list[tuple[OpenLot, int]]:
        """Lower the pool's basis; what is beyond it is told of the oldest lot."""
        if self.cents is None:
            return []
        beyond = cents - self.cents
        self.cents = max(0, -beyond)
        return [(self.in_order()[0], beyond)] if beyond > 0 else []

    def settle(self) -> list[OpenLot]:
        """All lots, oldest first, each with its part of the pool."""
        lots = self.in_order()
        spread(lots, self.cents)
        return lots


def spread(lots: Sequence[OpenLot], cents: int | None) -> None:
    """Give the lots one cost a share, these cents altogether."""
    if not lots:
        return
    parts: Sequence[int | None] = [None] * len(lots) if cents is None else shared(cents, lots)
    for lot, part in zip(lots, parts, strict=True):
        lot.cents = part
