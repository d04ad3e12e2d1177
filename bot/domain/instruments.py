"""What can be held: a fund or a stock, the asset classes it stands for, and its twins for wash sales."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import Usd, split

AssetClass = str  # a word of the owner's choice: "stocks", "bonds", "intl"
Exposure = tuple[tuple[AssetClass, Decimal], ...]  # classes with weights that sum to 1
CASH: AssetClass = "cash"
ONE = Decimal(1)


class InstrumentType(StrEnum):
    """How an instrument is traded."""

    FUND = "fund"  # or a stock: on an exchange, at a limit
    MUTUAL_FUND = "mutual_fund"  # with its company, in dollars, at the day's closing value: a person carries it out
    BOND = "bond"
    TBILL = "tbill"
    CD = "cd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A fund or a stock.

    `exposure` gives (class, weight) with weights that sum to 1: one entry for an ordinary fund, several for one that is
    looked through. `identical_group` names what the wash-sale rule treats as the same (IRC 1091(a), "substantially
    identical"); it is kept by the owner and is the symbol itself where nothing is said. A fund that is not `tradable`
    is counted and left alone; one that is `taxable_only` is never bought in a shelter (municipal bonds).
    `hold`: the owner keeps it, whatever happens.

    The rules of a mutual fund's company: after a sale it is not bought again in that account for `no_rebuy_days`; a lot
    younger than `min_hold_days` is not sold; `fee` is what each order costs. `price_per` 100: statements give its price
    per 100 of par; everywhere else a price is that of one.
    """

    symbol: str
    exposure: Exposure
    identical_group: str = ""
    tradable: bool = True
    taxable_only: bool = False
    type: InstrumentType = InstrumentType.FUND
    hold: bool = False
    no_rebuy_days: int = 0
    min_hold_days: int = 0
    fee: Usd = Usd()
    price_per: int = 1

    def __post_init__(self) -> None:
        if not self.identical_group:
            object.__setattr__(self, "identical_group", self.symbol)
        if sum((weight for _, weight in self.exposure), Decimal(0)) != ONE:
            raise ValueError(f"the classes of {self.symbol} do not sum to 100 percent")

    @property
    def single_class(self) -> AssetClass | None:
        """The one class it stands for; None for a fund of several."""
        return self.exposure[0][0] if len(self.exposure) == 1 else None

    @property
    def is_held(self) -> bool:
        """Whether it is kept wherever it lies: by the owner's word, or because bonds and deposits run to their end."""
        return self.hold or self.type in {InstrumentType.BOND, InstrumentType.TBILL, InstrumentType.CD}

    @property
    def is_cash(self) -> bool:
        """Whether it is a money fund: cash of the pie, not spendable until sold."""
        return self.single_class == CASH


def main_class(exposure: Exposure) -> AssetClass:
    """The class of the largest weight, the first by name of several."""
    return min(exposure, key=lambda part: (-part[1], part[0]))[0]


def look_through(asset_class: AssetClass, exposure: Exposure, cents: int) -> list[tuple[AssetClass, int]]:
    """Cents of a fund by class, none lost; an empty exposure stands for the one class named."""
    if not exposure:
        return [(asset_class, cents)]
    parts = split(cents, [weight for _, weight in exposure])
    return [(name, part) for (name, _), part in zip(exposure, parts, strict=True)]
