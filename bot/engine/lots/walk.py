"""One walk through a household's past: every entry changes the lots that it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from bot.domain.readings import Activity
from bot.domain.seeds import Origin
from bot.engine.lots.events import journeys
from bot.engine.lots.figures import cost_of, fraction_paid, proceeds_of
from bot.engine.lots.members import (
    AVERAGE,
    BOUGHT,
    BUY,
    OPENING,
    REINVESTED,
    RENAME,
    RETURN_OF_CAPITAL,
    SPLIT,
    TRADE,
    TRANSFERRED,
)
from bot.engine.lots.open_lot import ZERO, OpenLot, portion
from bot.engine.lots.pool import Pool
from bot.engine.lots.rules import Arrival, Place, Rules
from bot.engine.lots.shelf import Shelf
from bot.engine.lots.washing import Washing

Told = tuple[Activity, list[OpenLot]]  # the entry of a sale, and what it took


class Walk:
    """The shelves and sales of a household while its past is told; without `washing` its shelves alone."""

    def __init__(self, rules: Rules, activities: Sequence[Activity], *, washing: bool) -> None:
        self.rules = rules
        self.shelves: dict[Place, Shelf] = {}
        self.sales: dict[Place, list[Told]] = defaultdict(list)
        self._number = count().__next__
        self._activities = activities
        self._journeys = journeys(activities, rules.sheltered)
        self._aliases = {a.symbol: a.new_symbol for a in activities if a.kind is RENAME}
        self._washing = Washing(rules.sheltered, self._number) if washing else None

    def tell(self, arrivals: Sequence[Arrival]) -> None:
        """Tell everything, oldest first; `arrivals` are sorted by their day of acquisition, those of long ago first."""
        waiting = list(reversed(arrivals))
        for place, one in enumerate(self._activities):
            while waiting and (waiting[-1].acquired_on or date.min) <= one.on:
                self._arrive(waiting.pop())
            self._tell_one(place, one)
        while waiting:
            self._arrive(waiting.pop())

    def shelf(self, account: str, symbol: str) -> Shelf:
        """The shelf of a place; a new one where there was none."""
        shelf = self.shelves.get((account, symbol))
        if shelf is None:
            method = self.rules.method(account, symbol)
            shelf = Pool(account, symbol) if method is AVERAGE else Shelf(account, symbol, method)
            self.shelves[account, symbol] = shelf
        return shelf

    def let_go(self) -> None:
        """Take every lot off its shelf in the end: what knows each other waits for the garbage collector."""
        for shelf in self.shelves.values():
            for lot in shelf.lots.values():
                lot.shelf = None

    def _group(self, symbol: str) -> str:
        """The identical group of a symbol, under its latest name."""
        if not self._aliases:
            return self.rules.groups.get(symbol, symbol)
        seen = {symbol}
        while symbol in self._aliases and self._aliases[symbol] not in seen:
            symbol = self._aliases[symbol]
            seen.add(symbol)
        return self.rules.groups.get(symbol, symbol)

    def _tell_one(self, place: int, one: Activity) -> None:
        if one.kind is TRADE:  # most of a past, and never a journey
            if not self.rules.covers(one):
                self._trade(one)
            return
        other = self._journeys.get(place)
        if other is not None and not self.rules.covers(one) and not self.rules.covers(self._activities[other]):
            if place < other:
                pair = one, self._activities[other]
                self._move(*(pair if one.quantity.count < 0 else reversed(pair)))
        elif one.kind is RENAME:
            self._rename(one)
        elif not self.rules.covers(one):
            self._change(one)

    def _trade(self, one: Activity) -> None:
        if one.side is BUY:
            self._buy(one)
        else:
            taken = self._taken(one, one.quantity.count)
            self._sold(one, taken, one.quantity.count, proceeds_of(one))

    def _change(self, one: Activity) -> None:
        if one.kind is SPLIT:
            self._split(one)
        elif one.kind is RETURN_OF_CAPITAL:
            self._return_capital(one)
        elif one.quantity.count > 0:
            self.shelf(one.account, one.symbol).add(self._unknown(one, one.quantity.count, TRANSFERRED))
        else:
            self.shelf(one.account, one.symbol).take(-one.quantity.count)

    def _arrive(self, arrival: Arrival) -> None:
        lot = arrival.opened(self._number())
        self.shelf(arrival.account, arrival.symbol).add(lot)
        self._bought(arrival.symbol, lot)

    def _bought(self, symbol: str, lot: OpenLot) -> None:
        if self._washing:
            self._washing.bought(self._group(symbol), lot)

    def _buy(self, one: Activity) -> None:
        number = self._number()
        name = one.activity_id or f"{one.symbol}:{one.on}"
        lot = OpenLot(
            lot_id=name,
            number=number,
            quantity=one.quantity.count,
            cents=cost_of(one),
            acquired_on=one.on,
            origin=REINVESTED if one.reinvested else BOUGHT,
            place=one.activity_id,
            purchase=f"{one.account}:{one.order_id or one.activity_id or number}",
        )
        if self.rules.locks:
            lot.locked_until_on = self.rules.locks.get(one.account, {}).get(one.on)
        self.shelf(one.account, one.symbol).add(lot)
        self._bought(one.symbol, lot)

    def _taken(self, one: Activity, quantity: Decimal) -> list[OpenLot]:
        """The shares that leave; what no lot explains comes from nowhere, at unknown cost."""
        shelf = self.shelf(one.account, one.symbol)
        choice = self.rules.choice(one)
        short = quantity - shelf.quantity
        parts = shelf.take(quantity, choice.method, [(lot_id, shares.count) for lot_id, shares in choice.lots])
        if short > 0:
            shelf.missing += short
            parts.append(self._unknown(one, short, OPENING))
        return parts

    def _unknown(self, one: Activity, quantity: Decimal, origin: Origin) -> OpenLot:
        return OpenLot(
            lot_id=one.activity_id or f"{one.symbol}:{one.on}",
            number=self._number(),
            quantity=quantity,
            cents=None,
            acquired_on=None,
            origin=origin,
            place=one.activity_id,
        )

    def _sold(self, one: Activity, taken: list[OpenLot], left: Decimal, proceeds: int) -> None:
        """Share the proceeds among the shares that left, and look for wash sales where losses count."""
        if self._washing is None:
            return
        losses = []
        for lot in taken:
            share = portion(proceeds, lot.quantity, left)
            proceeds, left = proceeds - share, left - lot.quantity
            gain = lot.sell(share, one.on)
            if gain < 0:
                losses.append((lot, -gain))
        self.sales[one.account, one.symbol].append((one, taken))
        if losses and one.account not in self.rules.sheltered:
            self._washing.sold(self._group(one.symbol), one.symbol, one.activity_id, losses)

    def _split(self, one: Activity) -> None:
        """Spread the shares after a split over the lots; a fraction paid out in cash is sold (Rev. Rul. 66-365)."""
        shelf = self.shelf(one.account, one.symbol)
        before, after = shelf.quantity, shelf.quantity + one.quantity.count
        if before <= 0 or after < 0:
            return
        crumb = fraction_paid(one, before, after)
        if after + crumb <= 0:
            return
        shelf.scale(after + crumb)
        if self._washing:
            self._washing.split(self._group(one.symbol), one.symbol, one.on, (after + crumb) / before)
        if crumb:
            self._sold(one, shelf.take(crumb), crumb, one.net.cents)

    def _return_capital(self, one: Activity) -> None:
        """Lower the basis; what is beyond it, or too late for it, is gain (IRC 301(c)(3)): a sale of no shares."""
        if one.net.cents <= 0:
            return
        shelf, parts = self.shelf(one.account, one.symbol), []
        late = [(self._unknown(one, ZERO, OPENING), one.net.cents)]
        for lot, beyond in shelf.give_back(one.net.cents) if shelf.lots else late:
            nothing = lot.cut(ZERO) if lot.quantity else lot
            nothing.cents = 0
            nothing.sell(beyond, one.on)
            parts.append(nothing)
        if parts:
            self.sales[one.account, one.symbol].append((one, parts))

    def _move(self, out: Activity, into: Activity) -> None:
        """Shares travel between two accounts of the household, with all that is known of them."""
        there = self.shelf(into.account, into.symbol)
        for lot in self._taken(out, -out.quantity.count):
            lot.renumber(self._number())
            lot.origin = TRANSFERRED if lot.origin is OPENING else lot.origin
            there.add(lot)
            if self._washing:
                self._washing.moved(self._group(into.symbol), lot)

    def _rename(self, one: Activity) -> None:
        """All lots go on under the new symbol, with their dates and basis (IRC 358, 1223(1))."""
        shelf = self.shelves.pop((one.account, one.symbol), None)
        if shelf is not None and not self.rules.covers(one, one.new_symbol):
            there = self.shelf(one.account, one.new_symbol)
            there.missing += shelf.missing
            for lot in shelf.settle():
                there.add(lot)
