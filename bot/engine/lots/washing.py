"""Which losses of a household are wash sales, and which shares take over what they had cost.

IRC 1091 and Treas. Reg. 1.1091-1: a loss is disallowed as far as identical shares were bought within 30 days before or
after the sale. Losses are looked at in the order of disposal (b), replacements in the order of their purchase (c, d),
and a share replaces only once (e). The loss joins the basis of what replaced it (1091(d)), which counts as held as long
as both together (1223(3)); where that lies in a shelter, it is gone for good (Rev. Rul. 2008-5). Both spouses count as
one (Publication 550). What is left of the very purchase that was sold in part replaces nothing (Rev. Rul. 56-602), nor
does what was itself sold by then.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.lots import is_short
from bot.domain.money import SHARE_STEP, Shares, Usd
from bot.domain.seeds import Origin
from bot.engine.lots.nouns import Sold, Wash
from bot.engine.lots.open_lot import OpenLot, portion

WINDOW = timedelta(days=30)
PURCHASES = frozenset({Origin.BOUGHT, Origin.REINVESTED})  # a gift or an inheritance is no purchase (1.1091-1(f))
_NONE = Usd()
_LONG = timedelta(days=367)  # more than a year on the very day on which it is acquired


def long_before(on: date) -> date:
    """A day that makes what is held since then long-term on this day."""
    return on - _LONG


class SoldPart:
    """What a sale took of one lot, while later purchases may still take its loss away."""

    __slots__ = ("basis", "disallowed", "forfeited", "lot", "on", "proceeds")

    def __init__(self, lot: OpenLot, proceeds: int, on: date) -> None:
        self.lot = lot
        self.proceeds = proceeds
        self.on = on
        self.basis = _basis(lot, proceeds)
        self.disallowed = 0
        self.forfeited = 0

    @property
    def gain(self) -> int:
        """Proceeds less basis in cents; an unknown basis counts as zero."""
        return self.proceeds - (self.basis or 0)

    def written(self) -> Sold:
        """The same for good."""
        lot = self.lot
        return Sold(
            lot_id=lot.lot_id,
            quantity=Shares(lot.quantity),
            acquired_on=lot.acquired_on,
            proceeds=Usd(self.proceeds),
            basis=None if self.basis is None else Usd(self.basis),
            gain=Usd(self.gain),
            short_term=is_short(lot.held_since_on, self.on),
            disallowed=Usd(self.disallowed) if self.disallowed else _NONE,
            forfeited=Usd(self.forfeited) if self.forfeited else _NONE,
        )


def _basis(lot: OpenLot, proceeds: int) -> int | None:
    """The basis that counts at these proceeds: a gift has two, and between them no gain and no loss (IRC 1015(a))."""
    if lot.cents is None or lot.loss_cents is None:
        return lot.cents
    return min(lot.cents, max(proceeds, lot.loss_cents))


class _Loss:
    __slots__ = ("cents", "part", "quantity", "sale_id", "symbol")

    def __init__(self, sale_id: str, symbol: str, part: SoldPart) -> None:
        self.sale_id = sale_id
        self.symbol = symbol
        self.part = part
        self.quantity = part.lot.quantity
        self.cents = -part.gain


class Washing:
    """The losses that wait for a purchase and the purchases that may replace a sale, by identical group."""

    def __init__(self, sheltered: frozenset[str], number: Callable[[], int]) -> None:
        self._sheltered = sheltered
        self._number = number
        self._losses: dict[str, deque[_Loss]] = defaultdict(deque)
        self._splits: set[tuple[str, date]] = set()
        self._fresh: dict[str, OrderedDict[int, OpenLot]] = defaultdict(OrderedDict)

    def sold(self, group: str, symbol: str, sale_id: str, parts: list[SoldPart]) -> None:
        """Look at the losses of a taxable sale."""
        for part in sorted((part for part in parts if part.basis is not None and part.gain < 0), key=_age):
            loss = _Loss(sale_id, symbol, part)
            self._against_fresh(group, loss)
            if loss.quantity:
                self._losses[group].append(loss)

    def bought(self, group: str, lot: OpenLot) -> None:
        """Look at a purchase of any account, in the order of acquisition."""
        if lot.origin not in PURCHASES or lot.acquired_on is None or lot.replaces:
            return
        losses = self._losses[group]
        while losses and losses[0].part.on < lot.acquired_on - WINDOW:
            losses.popleft()
        done = []
        for loss in losses:
            if _may_replace(lot, loss):
                left = self._match(loss, lot)
                if not loss.quantity:
                    done.append(loss)
                if left is None:
                    break
        for loss in done:
            losses.remove(loss)
        if not lot.replaces:
            self._fresh[group][lot.number] = lot

    def moved(self, group: str, lot: OpenLot) -> None:
        """Part of a purchase lies in another account now; it may still replace a sale."""
        if lot.origin in PURCHASES and lot.acquired_on is not None and not lot.replaces:
            fresh = self._fresh[group]
            fresh[lot.number] = lot
            self._fresh[group] = OrderedDict(sorted(fresh.items(), key=_when))

    def split(self, group: str, symbol: str, on: date, ratio: Decimal) -> None:
        """After a split as many shares more replace what was sold before it; each split is told once a household."""
        if (symbol, on) not in self._splits:
            self._splits.add((symbol, on))
            for loss in self._losses[group]:
                if loss.symbol == symbol:
                    loss.quantity = (loss.quantity * ratio).quantize(SHARE_STEP)

    def _against_fresh(self, group: str, loss: _Loss) -> None:
        fresh, gone = self._fresh[group], []
        for number, lot in fresh.items():
            if not loss.quantity:
                break
            stale = lot.shelf is None or lot.acquired_on is None or lot.acquired_on < loss.part.on - WINDOW
            if stale or (_may_replace(lot, loss) and self._match(loss, lot) is None):
                gone.append(number)
        for number in gone:
            del fresh[number]

    def _match(self, loss: _Loss, lot: OpenLot) -> OpenLot | None:
        """Let shares of a lot replace shares sold; what is left of the lot, if anything."""
        shelf = lot.shelf
        assert shelf is not None
        count = min(loss.quantity, lot.quantity)
        whole = count == lot.quantity
        taken = lot if whole else shelf.carve(lot, count, self._number())
        cents = portion(loss.cents, count, loss.quantity)
        loss.cents -= cents
        loss.quantity -= count
        loss.part.disallowed += cents
        taken.replaces = True
        if shelf.account in self._sheltered:
            loss.part.forfeited += cents
        else:
            shelf.raise_basis(taken, cents)
            taken.washes = (*taken.washes, Wash(sale=loss.sale_id, amount=Usd(cents)))
            taken.held_since_on = _tacked(taken, loss.part)
        return None if whole else lot


def _may_replace(lot: OpenLot, loss: _Loss) -> bool:
    return lot.purchase != loss.part.lot.purchase


def _when(entry: tuple[int, OpenLot]) -> tuple[int, int]:
    return entry[1].age


def _age(part: SoldPart) -> tuple[int, int]:
    return part.lot.age


def _tacked(lot: OpenLot, part: SoldPart) -> date:
    """The day since which a replacement counts as held: as much earlier as the sold shares were held (IRC 1223(3))."""
    since = lot.held_since_on
    assert since is not None
    if part.lot.held_since_on is None:
        return long_before(since)
    return since - (part.on - part.lot.held_since_on)
