"""Members of enumerations by their bare names: to reach one through its class takes long in Python 3.11.

It is a third of a microsecond, which a past of tens of thousands of entries pays again and again.
"""

from __future__ import annotations

from typing import Final

from bot.domain.readings import ActivityKind
from bot.domain.seeds import Origin
from bot.domain.snapshot import Side
from bot.engine.lots.nouns import Method

BUY: Final = Side.BUY
SELL: Final = Side.SELL

TRADE: Final = ActivityKind.TRADE
SPLIT: Final = ActivityKind.SPLIT
RENAME: Final = ActivityKind.RENAME
TRANSFER: Final = ActivityKind.TRANSFER
RETURN_OF_CAPITAL: Final = ActivityKind.RETURN_OF_CAPITAL

BOUGHT: Final = Origin.BOUGHT
REINVESTED: Final = Origin.REINVESTED
TRANSFERRED: Final = Origin.TRANSFERRED
OPENING: Final = Origin.OPENING

FIFO: Final = Method.FIFO
LIFO: Final = Method.LIFO
HIFO: Final = Method.HIFO
AVERAGE: Final = Method.AVERAGE
