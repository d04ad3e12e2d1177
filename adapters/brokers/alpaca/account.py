"""What an account holds: its balances, its positions, and how much of the cash has settled.

The vendor's `cash` is the whole balance: the proceeds of a sale are in it at once, and open buy orders are still in it.
`buying_power` knows margin and is never read. `non_marginable_buying_power` is what can be spent without margin after
open buy orders (Trading API reference, GET /v2/account; both are text in dollars).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from adapters.brokers.alpaca.wire import Row, rows, whole_cents
from bot.domain.errors import NotAllowed, Reconcile
from bot.domain.money import Usd
from bot.domain.readings import HeldReading

BLOCKS = ("account_blocked", "trading_blocked", "trade_suspended_by_user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """Who the account is, its whole cash, and what may be spent without margin (None where the vendor is silent)."""

    account_id: str = field(repr=False)
    number: str = field(repr=False)
    cash: Usd
    spendable: Usd | None


def parse_account(raw: object) -> Balances:
    """The balances of an account that is in order; fractions of a cent are dropped.

    Raises:
        NotAllowed: when the vendor or the owner has blocked it.
        Reconcile: when it is not active, not in dollars, or holds short positions.
    """
    row = Row.of({name.lower(): value for name, value in Row.of(raw, "account").fields.items()}, "account")
    status = row.text("status")
    if status != "ACTIVE":
        raise Reconcile(f"The account is not active: Alpaca says {status!r}.")
    blocks = [block for block in BLOCKS if row.is_set(block)]
    if blocks:
        raise NotAllowed(f"The account may not trade: Alpaca says {', '.join(blocks)}.")
    if row.text("currency", default="USD") != "USD":
        raise Reconcile("The account is not kept in dollars.")
    if row.optional_number("short_market_value"):
        raise Reconcile("The account is short: rebaloop only works with shares that are owned.")
    spendable = row.optional_number("non_marginable_buying_power")
    return Balances(
        account_id=row.text("id"),
        number=row.text("account_number", default=""),
        cash=whole_cents(row.number("cash")),
        spendable=None if spendable is None else whole_cents(spendable),
    )


def parse_positions(raw: object) -> tuple[HeldReading, ...]:
    """All positions by symbol; Reconcile for a short one, for anything but shares, or for a symbol twice."""
    held = sorted((parse_position(row.fields) for row in rows(raw, "position")), key=lambda one: one.symbol)
    for one, other in pairwise(held):
        if one.symbol == other.symbol:
            raise Reconcile(f"Alpaca lists {one.symbol} twice.")
    return tuple(held)


def parse_position(raw: object) -> HeldReading:
    """One position; `available` is everything where the vendor does not say (before 2021)."""
    row = Row.of(raw, "position")
    symbol = row.symbol()
    kind = row.text("asset_class", default="us_equity")
    if kind != "us_equity":
        raise Reconcile(f"{symbol} is no share of stock but {kind!r}: rebaloop does not keep such things.")
    if row.text("side") != "long" or row.number("qty") < 0:
        raise Reconcile(f"{symbol} is held short: rebaloop only works with shares that are owned.")
    quantity = row.shares("qty")
    available = row.shares("qty_available") if row.has("qty_available") else quantity
    if available > quantity:
        raise Reconcile(f"More shares of {symbol} can be sold than are held.")
    cost = row.optional_number("cost_basis")
    return HeldReading(
        symbol=symbol,
        quantity=quantity,
        available=available,
        cost_basis=None if cost is None else Usd.nearest(cost),
        price=row.price("current_price"),
    )


def settled_and_unsettled(balances: Balances, *, proceeds: Usd, held_by_buys: Usd) -> tuple[Usd, Usd]:
    """Split the whole cash; the two parts always sum to it.

    `proceeds` come from sales that settle after today. Settled cash is never above what can be spent without margin;
    what open buys hold is added back to that, because the reader counts open orders himself. A debt is settled.
    """
    cash = balances.cash
    if cash.cents <= 0:
        return cash, Usd()
    settled = cash - proceeds
    if balances.spendable is not None:
        settled = min(settled, balances.spendable + held_by_buys)
    settled = max(settled, Usd())
    return settled, cash - settled
