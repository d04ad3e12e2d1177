"""The open lots of one symbol in one account, and which of them leave first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from heapq import heapify, heappop, heappush, heapreplace

from bot.domain.money import SHARE_STEP
from bot.engine.lots.members import FIFO, HIFO, LIFO, OPENING
from bot.engine.lots.nouns import Method
from bot.engine.lots.open_lot import ONE, ZERO, OpenLot, shared

_Entry = tuple[Decimal | int, int, int]  # what decides, the lot's age (which is its own), and its version


class Shelf:
    """Lots by age and by id, and a heap for each method that a sale asked for.

    A lot that has left leaves a heap late, and one that costs less by now sinks late: once it has come to the top.
    """

    def __init__(self, account: str, symbol: str, method: Method = FIFO) -> None:
        self.account = account
        self.symbol = symbol
        self.method = method
        self.lots: dict[int, OpenLot] = {}
        self.quantity = ZERO
        self.missing = ZERO
        self._in_order = True  # whether the lots lie by age
        self._youngest = -1  # no lot here is of a higher age
        self._named: dict[str, OpenLot] = {}  # all that ever lay here
        self._numbers: dict[str, int] = {}  # the last number of each id that came more than once
        self._ages: list[int] | None = None  # the heap for the oldest first: numbers are quick to compare
        self._heaps: dict[Method, list[_Entry]] = {}

    def add(self, lot: OpenLot) -> None:
        """Put a lot on the shelf; an id that is taken gets a number."""
        self.quantity += lot.quantity
        self._place(lot)

    def carve(self, lot: OpenLot, quantity: Decimal, number: int, more: int) -> OpenLot:
        """Make two lots of one that lies here; the new one has so many shares, whose basis is more by some cents."""
        part = lot.cut(quantity)
        part.renumber(number)
        _raise(part, more)
        self._place(part)
        return part

    def take(
        self, quantity: Decimal, method: Method = FIFO, named: Sequence[tuple[str, Decimal]] = ()
    ) -> list[OpenLot]:
        """Take shares off the shelf in the order of the method, the named lots first; fewer where there are fewer."""
        parts = []
        for lot_id, wanted in named:
            lot = self._named.get(lot_id)
            if lot is not None and lot.shelf is self and quantity > 0:
                part = self._off(lot, min(wanted, quantity))
                quantity -= part.quantity
                parts.append(part)
        if quantity > 0 and self.lots:
            ranked = method is HIFO or method is LIFO
            parts += self._ranked(quantity, method) if ranked else self._oldest(quantity)
        return parts

    def raise_basis(self, lot: OpenLot, cents: int) -> None:
        """Add a disallowed loss to what a lot cost."""
        _raise(lot, cents)
        self.touch(lot)

    def touch(self, lot: OpenLot) -> None:
        """Tell the heaps that a lot may cost more by now."""
        lot.version += 1
        for method, heap in self._heaps.items():
            heappush(heap, _ENTRIES[method](lot))

    def give_back(self, cents: int) -> list[tuple[OpenLot, int]]:
        """Lower every basis by its part of returned capital, down to zero; lots with the cents beyond it (IRC 301(c)).

        What falls on a lot of unknown cost lowers nothing and is no known gain.
        """
        lots, beyond = self.in_order(), []
        for lot, part in zip(lots, shared(cents, lots), strict=True):
            if lot.origin is OPENING:
                lot.returned += part / lot.quantity * lot.ratio
            if lot.cents is not None:
                lot.cents -= part
                if lot.cents < 0:
                    beyond.append((lot, -lot.cents))
                    lot.cents = 0
            if lot.loss_cents is not None:
                lot.loss_cents = max(0, lot.loss_cents - part)
            lot.version += 1
        return beyond

    def scale(self, quantity: Decimal) -> None:
        """Spread so many shares over the lots as they are spread now; basis and dates stay (IRC 307, 1223(4))."""
        lots = self.in_order()
        step = min(SHARE_STEP, Decimal(1).scaleb(int(quantity.as_tuple().exponent)))
        units = shared(int(quantity / step), lots)
        for lot, count in zip(lots, units, strict=True):
            lot.ratio *= quantity / self.quantity
            lot.quantity = count * step
        self.quantity = quantity
        self._heaps.clear()
        self._sweep(lots)

    def _sweep(self, lots: list[OpenLot]) -> None:
        """Join the basis of crumbs, of which a reverse split left nothing, to the largest lot."""
        heir = max(lots, key=lambda lot: lot.quantity)
        for lot in lots:
            if not lot.quantity:
                self._remove(lot)
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
        if not self._in_order:
            self.lots = dict(sorted(self.lots.items()))
            self._in_order = True
        return list(self.lots.values())

    def settle(self) -> list[OpenLot]:
        """All lots, oldest first, with their own basis."""
        return self.in_order()

    def _off(self, lot: OpenLot, quantity: Decimal) -> OpenLot:
        if quantity < lot.quantity:
            part = lot.cut(quantity)
        else:
            part = lot
            self._remove(lot)
        self.quantity -= part.quantity
        return part

    def _remove(self, lot: OpenLot) -> None:
        del self.lots[lot.age]
        lot.shelf = None

    def _oldest(self, quantity: Decimal) -> list[OpenLot]:
        """Take the oldest shares, until there are so many, or none are left."""
        if self._ages is None:
            self._ages = sorted(self.lots)
        parts = []
        while quantity and self.lots:
            lot = self.lots.get(self._ages[0])
            if lot is None:
                heappop(self._ages)
            else:
                part = self._off(lot, quantity)
                quantity -= part.quantity
                parts.append(part)
        return parts

    def _ranked(self, quantity: Decimal, method: Method) -> list[OpenLot]:
        """Take shares in the order of a heap, until there are so many, or none are left."""
        heap, lots, parts = self._heap(method), self.lots, []
        while quantity and lots:
            _, age, version = heap[0]
            lot = lots.get(age)
            if lot is None:
                heappop(heap)
            elif lot.version != version:
                heapreplace(heap, _ENTRIES[method](lot))
            else:
                part = self._off(lot, quantity)
                quantity -= part.quantity
                parts.append(part)
        return parts

    def _heap(self, method: Method) -> list[_Entry]:
        heap = self._heaps.get(method)
        if heap is None:
            entry = _ENTRIES[method]
            heap = self._heaps[method] = [entry(lot) for lot in self.lots.values()]
            heapify(heap)
        return heap

    def _place(self, lot: OpenLot) -> None:
        if lot.lot_id in self._named:
            lot.lot_id = self._numbered(lot.lot_id)
        age = lot.age
        self._named[lot.lot_id] = self.lots[age] = lot
        lot.shelf = self
        if age > self._youngest:
            self._youngest = age
        else:
            self._in_order = False
        if self._ages is not None:
            heappush(self._ages, age)
        for method, heap in self._heaps.items():
            heappush(heap, _ENTRIES[method](lot))

    def _numbered(self, lot_id: str) -> str:
        """An id that no lot here ever had."""
        number = self._numbers.get(lot_id, 1) + 1
        while (name := f"{lot_id}.{number}") in self._named:
            number += 1
        self._numbers[lot_id] = number
        return name


def _raise(lot: OpenLot, cents: int) -> None:
    if lot.cents is not None:
        lot.cents += cents
    if lot.loss_cents is not None:
        lot.loss_cents += cents


def _youngest(lot: OpenLot) -> _Entry:
    return -lot.age, lot.age, lot.version


def _dearest(lot: OpenLot) -> _Entry:
    """A cost that is not known comes after every cost."""
    return ONE if lot.cents is None else -lot.cents / lot.quantity, lot.age, lot.version


_ENTRIES: dict[Method, Callable[[OpenLot], _Entry]] = {
    LIFO: _youngest,
    HIFO: _dearest,
}
