"""The rows of an account's history: fills and everything else that touched the cash or the shares."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from adapters.simulator.books.orders import OrderState, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRow:
    """One execution."""

    row_id: str
    created_at: datetime
    order_id: str
    symbol: str
    side: Side
    qty: Decimal
    price: Decimal
    cum_qty: Decimal
    leaves_qty: Decimal
    order_state: OrderState
    cents: int
    fee_cents: int = 0
    activity_type: str = "FILL"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One entry that is no trade: a dividend, a transfer, a journal, a fee, a split."""

    row_id: str
    created_at: datetime
    activity_type: str
    on: date
    cents: int
    sub_type: str | None = None
    symbol: str | None = None
    qty: Decimal | None = None
    per_share: Decimal | None = None
    description: str = ""
    status: str = "executed"


Row = FillRow | EntryRow
