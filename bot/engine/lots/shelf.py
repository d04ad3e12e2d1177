"""The open lots of one symbol in one account, and which of them leave first."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from decimal import Decimal

from bot.domain.money import SHARE_STEP, split
from bot.engine.lots.nouns import Method
from bot.engine.lots.open_lot import ZERO, OpenLot

_Key = tuple[Decimal | int, int, int]
_Entry = tuple[_Key, int, OpenLot]  # the number in the key is the lot's own, so two lots are never compared


class Shelf:
    """Lots by id, and a heap for every method that a sale has asked for; what has left the shelf leaves a heap late."""

    def __init__(self, account: str, symbol: str) -> None:
        self.account = account
        self.symbol = symbol
        self.lots: dict[str, OpenLot] = {}
        self.quantity = ZERO
        self.missing = ZERO
        self._names: dict[str, int] = {}
        self._heaps: dict[Method, list[_Entry]] = {}

    def add(self, lot: OpenLot) -> None:
        """Put a lot on the shelf; an id that is taken gets a number."""
        self.quantity += lot.quantity
        self._place(lot)

    def carve(self, lot: OpenLot, quantity: Decimal, number: int) -> OpenLot:
        """Make two lots of one that lies here; the new one has so many shares."""
        part = lot.cut(quantity)
        part.renumber(number)
        self._place(part)
        return part

    def take(
        self, quantity: Decimal, method: Method = Method.FIFO, named: Sequence[tuple[str, Decimal]] = ()
    ) -> list[OpenLot]:
        """Take shares off the shelf in the order of the method, the named lots first; fewer where there are fewer."""
        parts = []
        for lot_id, wanted in named:
            lot = self.lots.get(lot_id)
            if lot is not None and quantity > 0:
                part = self._off(lot, min(wanted, quantity))
                quantity -= part.quantity
                parts.append(part)
        while quantity > 0 and self.lots:
            part = self._off(self._first(method), quantity)
            quantity -= part.quantity
            parts.append(part)
        return parts

    def raise_basis(self, lot: OpenLot, cents: int) -> None:
        """Add a disallowed loss to what a lot cost."""
        if lot.cents is not None:
            lot.cents += cents
        if lot.loss_cents is not None:
            lot.loss_cents += cents
        self.touch(lot)

    def touch(self, lot: OpenLot) -> None:
        """Tell the heaps that what a lot cost has changed."""
        lot.version += 1
        self._push(lot)

    def give_back(self, cents: int) -> list[tuple[OpenLot, int]]:
        """Lower every basis by its part of returned capital, down to zero; lots with the cents beyond it (IRC 301(c)).

        What falls on a lot of unknown cost lowers nothing and is no known gain.
        """
        lots, beyond = self.in_order(), []
        for lot, part in zip(lots, split(cents, [lot.quantity for lot in lots]), strict=True):
            lot.returned += part / lot.quantity * lot.ratio
            if lot.cents is not None:
                if part > lot.cents:
                    beyond.append((lot, part - lot.cents))
                lot.cents = max(0, lot.cents - part)
            if lot.loss_cents is not None:
                lot.loss_cents = max(0, lot.loss_cents - part)
            lot.version += 1
        self._heaps.clear()
        return beyond

    def scale(self, quantity: Decimal) -> None:
        """Spread so many shares over the lots as they are spread now; basis and dates stay (IRC 307, 1223(4))."""
        lots = self.in_order()
        step = min(SHARE_STEP, Decimal(1).scaleb(int(quantity.as_tuple().exponent)))
        units = split(int(quantity / step), [lot.quantity for lot in lots])
        for lot, count in zip(lots, units, strict=True):
            lot.ratio *= quantity / self.quantity
            lot.quantity = count * step
            lot.version += 1
        self.quantity = quantity
        self._heaps.clear()
        self._sweep(lots)

    def _sweep(self, lots: list[OpenLot]) -> None:
        """Join the basis of crumbs, of which a reverse split left nothing, to the largest lot."""
        heir = max(lots, key=lambda lot: lot.quantity)
        for lot in lots:
            if not lot.quantity:
                del self.lots[lot.lot_id]
                lot.shelf = None
                heir.cents = None if heir.cents is None or lot.cents is None else heir.cents + lot.cents

    def round_by(self, quantity: Decimal) -> None:
        """Take over a keeper's rounding: its largest lot has so many shares more, or fewer."""
        largest = max(self.lots.values(), key=lambda lot: (lot.quantity, lot.lot_id))
        if largest.quantity + quantity > 0:
            largest.quantity += quantity
            self.quantity += quantity
            self.touch(largest)

    def in_order(self) -> list[OpenLot]:
        """All lots, oldest first."""
        return sorted(self.lots.values(), key=lambda lot: lot.age)

    def settle(self) -> list[OpenLot]:
        """All lots, oldest first, with their own basis."""
        return self.in_order()

    def _off(self, lot: OpenLot, quantity: Decimal) -> OpenLot:
        if quantity < lot.quantity:
            part = lot.cut(quantity)
        else:
            part = self.lots.pop(lot.lot_id)
            part.shelf = None
        self.quantity -= part.quantity
        return part

    def _first(self, method: Method) -> OpenLot:
        if method is Method.SPECIFIC or method is Method.AVERAGE:
            method = Method.FIFO
        heap = self._heaps.get(method)
        if heap is None:
            heap = self._heaps[method] = [_entry(lot, method) for lot in self.lots.values()]
            heapq.heapify(heap)
        while True:
            _, version, lot = heap[0]
            if lot.shelf is self and lot.version == version:
                return lot
            heapq.heappop(heap)

    def _place(self, lot: OpenLot) -> None:
        seen = self._names.get(lot.lot_id, 0) + 1
        self._names[lot.lot_id] = seen
        if seen > 1:
            lot.lot_id = f"{lot.lot_id}.{seen}"
        self.lots[lot.lot_id] = lot
        lot.shelf = self
        self._push(lot)

    def _push(self, lot: OpenLot) -> None:
        for method, heap in self._heaps.items():
            heapq.heappush(heap, _entry(lot, method))


def _entry(lot: OpenLot, method: Method) -> _Entry:
    day, number = lot.age
    if method is Method.HIFO:
        return (-_cost(lot), day, number), lot.version, lot
    return (0, -day, -number) if method is Method.LIFO else (0, day, number), lot.version, lot


def _cost(lot: OpenLot) -> Decimal:
    return Decimal(-1) if lot.cents is None else lot.cents / lot.quantity
