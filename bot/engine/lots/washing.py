"""Which losses of a household are wash sales, and which shares take over what they had cost.

IRC 1091 and Treas. Reg. 1.1091-1: a loss is disallowed as far as identical shares were bought within 30 days before or
after the sale. Losses are looked at in the order of disposal (b), replacements in the order of their purchase (c, d),
and a share replaces only once (e). The loss joins the basis of what replaced it (1091(d)), which counts as held as long
as both together (1223(3)); where that lies in a shelter, it is gone for good (Rev. Rul. 2008-5). Both spouses count as
one (Publication 550). What is left of the very purchase that was sold in part replaces nothing (Rev. Rul. 56-602), nor
does what was itself sold by then.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.money import SHARE_STEP
from bot.engine.lots.members import BOUGHT, REINVESTED
from bot.engine.lots.open_lot import OpenLot, portion

WINDOW = timedelta(days=30)
PURCHASES = frozenset({BOUGHT, REINVESTED})  # a gift or an inheritance is no purchase (1.1091-1(f))
_LONG = timedelta(days=367)  # more than a year on the very day on which it is acquired


def long_before(on: date) -> date:
    """A day that makes what is held since then long-term on this day."""
    return on - _LONG


class _Loss:
    """What is left to replace of a lot that was sold at a loss: shares and cents."""

    __slots__ = ("cents", "lot", "quantity", "sale_id", "symbol")

    def __init__(self, sale_id: str, symbol: str, lot: OpenLot, cents: int) -> None:
        self.sale_id = sale_id
        self.symbol = symbol
        self.lot = lot
        self.quantity = lot.quantity
        self.cents = cents


class Washing:
    """The losses that wait for a purchase and the purchases that may replace a sale, by identical group.

    `_fresh` are the lots that have replaced nothing yet, by their age, oldest first.
    """

    def __init__(self, sheltered: frozenset[str], number: Callable[[], int]) -> None:
        self._sheltered = sheltered
        self._number = number
        self._losses: dict[str, deque[_Loss]] = defaultdict(deque)
        self._splits: set[tuple[str, date]] = set()
        self._fresh: dict[str, dict[int, OpenLot]] = defaultdict(dict)

    def sold(self, group: str, symbol: str, sale_id: str, lost: list[tuple[OpenLot, int]]) -> None:
        """Look at what a taxable sale sold at a loss: lots, and the cents lost on each."""
        fresh = self._fresh[group]
        for lot, cents in sorted(lost, key=_age) if len(lost) > 1 else lost:
            loss = _Loss(sale_id, symbol, lot, cents)
            self._against_fresh(fresh, loss)
            if loss.quantity:
                self._losses[group].append(loss)

    def bought(self, group: str, lot: OpenLot) -> None:
        """Look at a purchase of any account, in the order of acquisition."""
        if lot.origin not in PURCHASES or lot.acquired_on is None or lot.replaces:
            return
        losses = self._losses[group]
        if losses:
            self._against_losses(losses, lot, lot.acquired_on - WINDOW)
        if not lot.replaces:
            self._fresh[group][lot.age] = lot

    def moved(self, group: str, lot: OpenLot) -> None:
        """Part of a purchase lies in another account now; it may still replace a sale."""
        if lot.origin in PURCHASES and lot.acquired_on is not None and not lot.replaces:
            fresh = self._fresh[group]
            fresh[lot.age] = lot
            self._fresh[group] = dict(sorted(fresh.items()))

    def split(self, group: str, symbol: str, on: date, ratio: Decimal) -> None:
        """After a split as many shares more replace what was sold before it; each split is told once a household."""
        if (symbol, on) not in self._splits:
            self._splits.add((symbol, on))
            for loss in self._losses[group]:
                if loss.symbol == symbol:
                    loss.quantity = (loss.quantity * ratio).quantize(SHARE_STEP)

    def _against_losses(self, losses: deque[_Loss], lot: OpenLot, since: date) -> None:
        while losses and losses[0].lot.sold_on < since:
            losses.popleft()
        done = []
        for loss in losses:
            if lot.purchase != loss.lot.purchase:
                some_left = self._match(loss, lot)
                if not loss.quantity:
                    done.append(loss)
                if not some_left:
                    break
        for loss in done:
            losses.remove(loss)

    def _against_fresh(self, fresh: dict[int, OpenLot], loss: _Loss) -> None:
        since, purchase, gone = loss.lot.sold_on - WINDOW, loss.lot.purchase, []
        for age, lot in fresh.items():
            moved = lot.age != age  # it has another entry
            if lot.shelf is None or moved or lot.acquired_on is None or lot.acquired_on < since:
                gone.append(age)
            elif lot.purchase != purchase:
                if not self._match(loss, lot):
                    gone.append(age)
                if not loss.quantity:
                    break
        for age in gone:
            del fresh[age]

    def _match(self, loss: _Loss, lot: OpenLot) -> bool:
        """Let shares of a lot replace shares sold; whether something is left of the lot."""
        shelf, sold = lot.shelf, loss.lot
        assert shelf is not None
        sheltered = shelf.account in self._sheltered
        whole = lot.quantity <= loss.quantity
        count = lot.quantity if whole else loss.quantity
        cents = portion(loss.cents, count, loss.quantity) if whole else loss.cents
        more = 0 if sheltered else cents
        taken = lot if whole else shelf.carve(lot, count, self._number(), more)
        loss.cents -= cents
        loss.quantity -= count
        sold.disallowed += cents
        taken.replaces = True
        if sheltered:
            sold.forfeited += cents
        else:
            if whole:
                shelf.raise_basis(lot, cents)
            taken.washes = (*taken.washes, (loss.sale_id, cents))
            taken.held_since_on = _tacked(taken, sold)
        return not whole


def _age(lost: tuple[OpenLot, int]) -> int:
    return lost[0].age


def _tacked(lot: OpenLot, sold: OpenLot) -> date:
    """The day since which a replacement counts as held: as much earlier as the sold shares were held (IRC 1223(3))."""
    since = lot.held_since_on
    assert since is not None
    if sold.held_since_on is None:
        return long_before(since)
    return since - (sold.sold_on - sold.held_since_on)
