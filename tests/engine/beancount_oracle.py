"""Random pasts booked by beancount too: `python -m tests.engine.beancount_oracle 10000` says how many agree.

Beancount (GPL-2.0) is a tool of development alone: the project neither ships nor imports it. It knows no splits, wash
sales or averages, so the pasts are purchases and sales in one sheltered account, by each method that both know.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from beancount.core.data import Booking, Transaction
from beancount.core.inventory import Inventory
from beancount.parser import booking_full, parser

from bot.domain.money import Shares, Usd
from bot.engine.lots.nouns import Choice, Method
from tests.engine.past import Past

BOOKINGS = {
    Method.FIFO: Booking.FIFO,
    Method.LIFO: Booking.LIFO,
    Method.HIFO: Booking.HIFO,
    Method.SPECIFIC: Booking.STRICT,
}
Lots = Counter[tuple[date, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What is left, and what each sale took: shares by day of purchase and dollars a share."""

    left: Lots
    sales: tuple[Lots, ...]
    basis: Decimal


def drawn(rng: Random, method: Method, entries: int = 30) -> Past:
    """A past in which every product of shares and price is a whole number of cents.

    Beancount books lots of one day in the order of its list under LIFO too, so there each purchase has its own day.
    """
    past, on, lots = Past(), date(2020, 1, 1), dict[str, tuple[date, Decimal, Decimal]]()
    for n in range(entries):
        on += timedelta(days=rng.randint(1 if method in {Method.LIFO, Method.SPECIFIC} else 0, 40))
        at = datetime(on.year, on.month, on.day, 15, n, tzinfo=UTC)
        whole = sum((shares for _, shares, _ in lots.values()), Decimal(0))
        price = Decimal(rng.randint(1, 12) * 10)
        if not lots or rng.random() < 0.55:
            shares = Decimal(rng.randint(1, 5000)).scaleb(-2)
            lots[past.buy(on, str(shares), str(price), account="ira", at=at)] = on, shares, price
        elif method is Method.SPECIFIC:
            name = rng.choice(sorted(lots))
            shares = min(lots[name][1], Decimal(rng.randint(1, 5000)).scaleb(-2))
            sale = past.sell(on, str(shares), str(price), account="ira", at=at)
            past.choices[sale] = Choice(method=method, lots=((name, Shares(shares)),))
            lots[name] = lots[name][0], lots[name][1] - shares, lots[name][2]
            lots = {name: lot for name, lot in lots.items() if lot[1]}
        else:
            shares = min(whole, Decimal(rng.randint(1, 9000)).scaleb(-2))
            past.sell(on, str(shares), str(price), account="ira", at=at)
            lots = {"all": (on, whole - shares, price)} if whole > shares else {}
    return past


def ours(past: Past, method: Method) -> Booked:
    """The past in our book."""
    book = past.books(method=method).book("ira", "X")
    paid = {one.activity_id: one.price for one in past.entries}
    left: Lots = Counter()
    for lot in book.lots:
        assert lot.acquired_on is not None
        assert lot.basis is not None
        left[lot.acquired_on, lot.basis.dollars / lot.quantity.count] += lot.quantity.count  # type: ignore[assignment]
    sales = []
    for sale in book.sales:
        taken: Lots = Counter()
        for part in sale.parts:
            assert part.acquired_on is not None
            assert part.basis is not None
            each = part.basis.dollars / part.quantity.count
            assert each == paid[part.lot_id]
            taken[part.acquired_on, each] += part.quantity.count  # type: ignore[assignment]
        sales.append(taken)
    basis = Usd.total(lot.basis for lot in book.lots if lot.basis is not None).dollars
    return Booked(left=left, sales=tuple(sales), basis=basis)


def theirs(past: Past, method: Method) -> Booked:
    """The past in beancount."""
    entries, errors, options = parser.parse_string(_ledger(past, method))
    book: Any = booking_full.book  # has no types, and its postings are complete only afterwards
    booked, faults = book(entries, options, dict.fromkeys(("Assets:X", "Equity:Cash"), BOOKINGS[method]))
    assert not errors, errors
    assert not faults, faults
    inventory: Any = Inventory()
    sales = []
    for entry in booked:
        if isinstance(entry, Transaction):
            moved: list[Any] = [posting for posting in entry.postings if posting.account == "Assets:X"]
            for posting in moved:
                inventory.add_amount(posting.units, posting.cost)
            if entry.narration == "sell":
                sales.append(_lots((p.cost.date, p.cost.number, -p.units.number) for p in moved))
    left = _lots((p.cost.date, p.cost.number, p.units.number) for p in inventory)
    basis = sum((p.cost.number * p.units.number for p in inventory), Decimal(0))
    return Booked(left=left, sales=tuple(sales), basis=basis)


def _ledger(past: Past, method: Method) -> str:
    bought = {one.activity_id: one for one in past.entries}
    lines = []
    for one in past.entries:
        cost = f"{{{one.price} USD, {one.on}}}"
        if one.side is not None and one.side.value == "sell":
            chosen = past.choices.get(one.order_id)
            lot = bought[chosen.lots[0][0]] if chosen else None
            cost = "{}" if lot is None else f"{{{lot.price} USD, {lot.on}}}"
        sign = "-" if one.activity_id.startswith("sell") else ""
        lines.append(f'{one.on} * "{one.activity_id.split("-")[0]}"\n  Assets:X  {sign}{one.quantity} X {cost}')
        lines.append("  Equity:Cash\n")
    return "\n".join(lines)


def _lots(rows: Iterable[tuple[date, Decimal, Decimal]]) -> Lots:
    lots: Lots = Counter()
    for on, each, shares in rows:
        lots[on, each] += shares  # type: ignore[assignment]
    return lots


def agree(seed: int) -> bool:
    """Whether both book the past of this seed alike; the method goes round."""
    method = tuple(BOOKINGS)[seed % len(BOOKINGS)]
    past = drawn(Random(seed), method)
    return ours(past, method) == theirs(past, method)


def main(count: int) -> int:
    """Compare so many pasts; 1 where one differs."""
    differing = [seed for seed in range(count) if not agree(seed)]
    sys.stdout.write(
        f"{count - len(differing):,} of {count:,} random pasts are booked alike; differing: {differing[:9]}\n"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
