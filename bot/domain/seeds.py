"""Tax lots as somebody wrote them down: a broker's lot export or a list kept by hand, where a lots book starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.money import Shares, Usd


class Origin(StrEnum):
    """How shares came into an account; it decides on their basis and their term."""

    BOUGHT = "bought"
    REINVESTED = "reinvested"  # a dividend that bought shares by itself
    GIFT = "gift"  # the giver's basis and date; a second basis for losses (IRC 1015(a))
    INHERITED = "inherited"  # basis at death (IRC 1014), always long-term (IRC 1223(9))
    TRANSFERRED = "transferred"  # from another account, with what that account knew
    OPENING = "opening"  # was there before anybody remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLot:
    """One lot as it was written down; `cost` is dollars for the whole lot, None where unknown.

    `basis_for_loss` is the whole lot's too, for a gift whose market value was below the giver's basis. `place` says
    where it stands, such as `lots.csv:7`.
    """

    symbol: str
    quantity: Shares
    cost: Usd | None
    acquired_on: date | None
    origin: Origin = Origin.BOUGHT
    basis_for_loss: Usd | None = None
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The lots of an account at the end of one New York day; what happened later is rolled forward from there."""

    account: str
    as_of_on: date
    lots: tuple[SeedLot, ...]
