"""What a lots book says: lots with where they came from, sales with the lots they took, and what does not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.lots import Position
from bot.domain.money import Shares, Usd
from bot.domain.seeds import Origin
from bot.domain.snapshot import Remark


class Method(StrEnum):
    """Which lots a sale takes (Treas. Reg. 1.1012-1(c) and (e))."""

    FIFO = "fifo"  # the oldest first: the rule where nothing is said
    LIFO = "lifo"
    HIFO = "hifo"  # the highest cost a share first; an unknown cost comes last
    SPECIFIC = "specific"  # the lots that the sale names, then the oldest
    AVERAGE = "average"  # the pool's average cost; the oldest shares leave first (1.1012-1(e)(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How one sale chose its lots; `lots` are ids in order with their shares, for a specific choice alone."""

    method: Method
    lots: tuple[tuple[str, Shares], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wash:
    """A disallowed loss that was added to the basis of a lot which replaced the shares sold (IRC 1091(d))."""

    sale: str
    amount: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares that came together, and how: `basis` is dollars for the whole lot, wash sales included; None if unknown.

    `basis_for_loss` is the whole lot's too. `held_since_on` starts its term where another holding is tacked on. `place`
    is the id of the activity, or the place in a file, that brought it. `replaces`: it made somebody's loss a wash sale.
    """

    lot_id: str
    account: str
    symbol: str
    quantity: Shares
    basis: Usd | None
    acquired_on: date | None
    origin: Origin
    place: str
    washes: tuple[Wash, ...] = ()
    basis_for_loss: Usd | None = None
    held_since_on: date | None = None
    locked_until_on: date | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What a sale took of one lot.

    `gain` is proceeds less basis, before any wash sale; an unknown basis counts as all gain. `disallowed` of a loss is
    never negative; `forfeited` is the part of it that no basis will ever give back (Rev. Rul. 2008-5).
    """

    lot_id: str
    quantity: Shares
    acquired_on: date | None
    proceeds: Usd
    basis: Usd | None
    gain: Usd
    short_term: bool
    disallowed: Usd = Usd()
    forfeited: Usd = Usd()

    @property
    def recognized(self) -> Usd:
        """What counts for tax."""
        return self.gain + self.disallowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Shares that left for money on a day, lot by lot; without shares it is capital returned beyond its basis."""

    sale_id: str
    account: str
    on: date
    symbol: str
    quantity: Shares
    parts: tuple[Sold, ...]

    @property
    def proceeds(self) -> Usd:
        """What the sale brought."""
        return Usd.total(part.proceeds for part in self.parts)

    @property
    def basis(self) -> Usd | None:
        """What the shares had cost; None where any part of it is unknown."""
        known = [part.basis for part in self.parts if part.basis is not None]
        return Usd.total(known) if len(known) == len(self.parts) else None

    @property
    def realized_gain(self) -> Usd:
        """The gain before any wash sale (negative for a loss)."""
        return Usd.total(part.gain for part in self.parts)

    @property
    def disallowed(self) -> Usd:
        """The part of its losses that wash sales take away."""
        return Usd.total(part.disallowed for part in self.parts)

    @property
    def forfeited(self) -> Usd:
        """The part of those that is lost for good."""
        return Usd.total(part.forfeited for part in self.parts)

    def recognized(self, *, short_term: bool) -> Usd:
        """What counts for tax in this term."""
        return Usd.total(part.recognized for part in self.parts if part.short_term is short_term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One symbol in one account: the position for the engine, the lots behind it, its sales; all oldest first."""

    position: Position
    lots: Sequence[Lot]
    sales: Sequence[Sale]
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The books of a household by account and symbol, and what its owner should know of them."""

    by_account: Mapping[str, Mapping[str, Book]]
    remarks: tuple[Remark, ...] = ()

    def book(self, account: str, symbol: str) -> Book:
        """The book of a symbol in an account; KeyError where nothing of it was ever held or traded."""
        return self.by_account[account][symbol]
