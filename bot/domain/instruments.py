"""What can be held: a fund or a stock, the asset classes it stands for, and its twins for wash sales."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

AssetClass = str  # a word of the owner's choice: "stocks", "bonds", "intl"
CASH: AssetClass = "cash"
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A fund or a stock.

    `exposure` gives (class, weight) with weights that sum to 1: one entry for an ordinary fund, several for one that is
    looked through. `identical_group` names what the wash-sale rule treats as the same (IRC 1091(a), "substantially
    identical"); it is kept by the owner and is the symbol itself where nothing is said. A fund that is not `tradable`
    is counted and left alone; one that is `taxable_only` is never bought in a shelter (municipal bonds).
    """

    symbol: str
    exposure: tuple[tuple[AssetClass, Decimal], ...]
    identical_group: str = ""
    tradable: bool = True
    taxable_only: bool = False

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
    def is_cash(self) -> bool:
        """Whether it is a money fund: cash of the pie, not spendable until sold."""
        return self.single_class == CASH
