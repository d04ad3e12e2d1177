"""What an entry of the history moved: shares by symbol, and whether anything else than shares and dollars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from adapters.brokers.schwab.wire import Row, per_share
from bot.domain.errors import Reconcile

KEPT = frozenset({"EQUITY", "COLLECTIVE_INVESTMENT", "MUTUAL_FUND", "FIXED_INCOME", "CASH_EQUIVALENT"})
CURRENCY, SWEEP, PAR = "CURRENCY", "SWEEP_VEHICLE", "FIXED_INCOME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Shares of one symbol: `amount` is what came (or, negative, left), `cost` the signed dollars for it.

    `price` is None where it cannot be told. `opens` and `closes` are the vendor's word for the position before it.
    """

    symbol: str
    asset: str
    amount: Decimal
    cost: Decimal
    price: Decimal | None
    opens: bool
    closes: bool

    @property
    def is_short(self) -> bool:
        """Whether it sold what was not owned, or bought that back."""
        return (self.amount > 0 and self.closes) or (self.amount < 0 and self.opens)


def shares_moved(row: Row) -> tuple[Moved, ...]:
    """The shares of each symbol, pieces added up, in the order in which they stand; fees and dollars are left out."""
    pieces: dict[str, list[tuple[Row, str]]] = {}
    for item, asset in _items(row):
        if asset in KEPT and not _is_sweep(item):
            instrument = item.inner("instrument", "instrument")
            symbol = instrument.symbol("symbol" if instrument.has("symbol") else "cusip")
            pieces.setdefault(symbol, []).append((item, asset))
    return tuple(_together(symbol, found) for symbol, found in pieces.items())


def moved_other_things(row: Row) -> bool:
    """Whether options, futures or the like changed hands."""
    return any(asset not in KEPT and asset != CURRENCY for _, asset in _items(row))


def touched_sweep(row: Row) -> bool:
    """Whether cash went into or out of the vehicle that it rests in."""
    return any(asset in KEPT and _is_sweep(item) for item, asset in _items(row))


def _items(row: Row) -> list[tuple[Row, str]]:
    items = [item for item in row.rows("transferItems", "transfer") if not item.has("feeType")]
    return [(item, item.inner("instrument", "instrument").text("assetType")) for item in items]


def _is_sweep(item: Row) -> bool:
    return item.inner("instrument", "instrument").text("type", default="") == SWEEP


def _together(symbol: str, pieces: list[tuple[Row, str]]) -> Moved:
    items, assets = [item for item, _ in pieces], {asset for _, asset in pieces}
    amount = _sum(item.optional_number("amount") for item in items)
    cost = _sum(item.optional_number("cost") for item in items)
    if amount * cost > 0:
        raise Reconcile(f"Schwab says that {symbol} was bought for money that came, or sold for money that went.")
    effects = {item.text("positionEffect", default="") for item in items}
    return Moved(
        symbol=symbol,
        asset=min(assets),
        amount=amount,
        cost=cost,
        price=_price(items, amount, cost, par=PAR in assets),
        opens="OPENING" in effects,
        closes="CLOSING" in effects,
    )


def _price(items: list[Row], amount: Decimal, cost: Decimal, *, par: bool) -> Decimal | None:
    """Dollars a share; what has a par is priced per hundred of it, so that only its cost tells."""
    stated = items[0].price("price")
    if len(items) == 1 and stated is not None and not par:
        return stated
    return per_share(abs(cost), abs(amount)) if amount else None


def _sum(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))
