"""What a walk through the past begins with: the rules of the household, and the lots that no entry brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.readings import Activity
from bot.domain.seeds import Origin
from bot.engine.lots.members import AVERAGE, FIFO
from bot.engine.lots.nouns import Choice, Method
from bot.engine.lots.open_lot import OpenLot

Place = tuple[str, str]  # an account and a symbol

_PLAIN = {method: Choice(method=method) for method in Method}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a walk must know beside the past itself.

    `groups`: symbol -> identical group. `methods`: what a sale takes that names nothing, by account and symbol, or by
    account and "" for all others. `choices`: what a sale named, by order id. `locks`: account -> day of a swap -> the
    day on which it settles. `since`: the day at whose end the lots of a place were written down.
    """

    sheltered: frozenset[str]
    groups: Mapping[str, str]
    methods: Mapping[Place, Method]
    choices: Mapping[str, Choice]
    locks: Mapping[str, Mapping[date, date]]
    since: Mapping[Place, date]

    def method(self, account: str, symbol: str) -> Method:
        """What a sale takes that names nothing."""
        return self.methods.get((account, symbol), self.methods.get((account, ""), FIFO))

    def choice(self, one: Activity) -> Choice:
        """What a sale took; under the average basis method nothing can be chosen any more (1.1012-1(e)(7))."""
        method = self.method(one.account, one.symbol)
        plain = _PLAIN[method]
        return plain if method is AVERAGE or not one.order_id else self.choices.get(one.order_id, plain)

    def covers(self, one: Activity, symbol: str = "") -> bool:
        """Whether the lots of its place were written down after it happened."""
        written_on = self.since.get((one.account, symbol or one.symbol))
        return written_on is not None and one.on <= written_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A lot that no entry brings: it was written down, or it was there before anybody remembers."""

    account: str
    symbol: str
    lot_id: str
    quantity: Decimal
    cents: int | None
    acquired_on: date | None
    held_since_on: date | None
    origin: Origin
    place: str
    loss_cents: int | None = None

    def opened(self, number: int) -> OpenLot:
        """The lot as a walk begins with it."""
        lot = OpenLot(
            lot_id=self.lot_id,
            number=number,
            quantity=self.quantity,
            cents=self.cents,
            acquired_on=self.acquired_on,
            origin=self.origin,
            place=self.place,
            purchase=f"{self.account}:{self.lot_id}",
        )
        lot.held_since_on, lot.loss_cents = self.held_since_on, self.loss_cents
        return lot
