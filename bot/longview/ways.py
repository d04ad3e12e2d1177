"""The ways of steering a household that are lived through side by side, each with its name for tables."""

from __future__ import annotations

from enum import StrEnum


class Way(StrEnum):
    """One way; silos rebalance every account alone and sell what grew, the loop never sells in taxable."""

    SILO = "silo"
    SILO_FIFO = "silo_fifo"
    SILO_ANNUAL = "silo_annual"
    SILO_ANNUAL_FIFO = "silo_annual_fifo"
    SELLS = "household_sells"
    LAGGING = "lagging"
    LOCATION = "location"
    ADAPTIVE = "adaptive"
    BANK = "adaptive_bank"
    NEVER = "never"

    @property
    def words(self) -> str:
        """How it is called in a table."""
        return WORDS[self]

    @property
    def oldest_first(self) -> bool:
        """Whether its sales take the oldest lots, as brokers do by themselves; else those of the highest cost."""
        return self in {Way.SILO_FIFO, Way.SILO_ANNUAL_FIFO}


WORDS = {
    Way.SILO: "silo, band, dearest first",
    Way.SILO_FIFO: "silo, band, oldest first",
    Way.SILO_ANNUAL: "silo, yearly, dearest first",
    Way.SILO_ANNUAL_FIFO: "silo, yearly, oldest first",
    Way.SELLS: "household that sells",
    Way.LAGGING: "loop, lagging",
    Way.LOCATION: "loop, location",
    Way.ADAPTIVE: "loop, adaptive",
    Way.BANK: "loop, adaptive, loss bank",
    Way.NEVER: "never rebalance",
}
