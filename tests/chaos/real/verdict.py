"""The ledger against the simulator's own books: what must never be there when all is over."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from bot.domain.orders import OrderRecord, OrderState
from bot.domain.snapshot import Side
from tests.chaos.real.bank import Booked, Books
from tests.chaos.real.home import KEYED, Prepared

COLLAR = Decimal("1.01")
STATES = {
    "filled": OrderState.FILLED,
    "canceled": OrderState.CANCELED,
    "expired": OrderState.EXPIRED,
    "rejected": OrderState.REJECTED,
}


def corrupt(ledger: Path) -> list[str]:
    """What SQLite finds wrong with the file."""
    with closing(sqlite3.connect(ledger)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    return [] if said == ["ok"] else [f"corrupt: {said[0]}"]


def wrongs(prepared: Prepared, books: Books, records: Sequence[OrderRecord]) -> list[str]:
    """Everything that is wrong when all orders should have come to their end."""
    found = [f"simulator: {failure}" for failure in books.failures]
    found += _doubles(books, records, prepared.kind)
    by_id = {record.broker_id: record for record in records if record.broker_id}
    by_key = {record.intent.client_order_id: record for record in records}
    for order in books.orders:
        record = by_key.get(order.key) if prepared.kind == KEYED else by_id.get(order.broker_id)
        found += _unapproved(order, prepared)
        found += _untracked(order, record, records)
    found += [f"stuck: {_name(record)}" for record in records if not record.state.is_final]
    found += [f"unapproved: {_name(record)}" for record in records if record.intent.plan != prepared.plan]
    known = {order.broker_id for order in books.orders}
    found += [f"phantom: {_name(one)}" for one in records if one.broker_id and one.broker_id not in known]
    if all(record.state is not OrderState.HUMAN for record in records):
        found += _disagreements(prepared, books, records)
    return found


def _doubles(books: Books, records: Sequence[OrderRecord], kind: str) -> list[str]:
    live = Counter((one.account, one.side, one.symbol) for one in books.orders if one.state != "rejected")
    found = [f"double: {count} orders for {what}" for what, count in live.items() if count > 1]
    if kind != KEYED and books.posts > len(records):
        found.append(f"double: {books.posts} POSTs for {len(records)} intents")
    return found


def _unapproved(order: Booked, prepared: Prepared) -> list[str]:
    for line in prepared.shape.lines:
        if (line.account, line.side.value, line.symbol) == (order.account, order.side, order.symbol):
            fair = order.limit is not None and line.price / COLLAR <= order.limit <= line.price * COLLAR
            if order.quantity <= line.quantity.count and fair:
                return []
    return [f"unapproved: {order}"]


def _untracked(order: Booked, record: OrderRecord | None, records: Sequence[OrderRecord]) -> list[str]:
    if record is not None and record.state is OrderState.HUMAN:
        return []
    if record is None and order.state == "rejected":
        # It has never traded, and one of its shape stands in the ledger as one that did not.
        ended = {OrderState.REJECTED, OrderState.NOT_PLACED, OrderState.HUMAN}
        alike = [one for one in records if _shape(one) == (order.account, order.side, order.symbol)]
        return [] if any(one.state in ended for one in alike) else [f"untracked: {order}"]
    if record is None:
        alike = [one for one in records if _shape(one) == (order.account, order.side, order.symbol)]
        return [] if any(one.state is OrderState.HUMAN for one in alike) else [f"untracked: {order}"]
    if record.state is OrderState.NOT_PLACED and order.state == "rejected":
        return []
    if (record.state, record.filled.count) == (STATES.get(order.state), order.filled):
        return []
    return [f"untracked: {order}, and the ledger says {_name(record)}"]


def _shape(record: OrderRecord) -> tuple[str, str, str]:
    return record.intent.account, record.intent.side.value, record.intent.symbol


def _disagreements(prepared: Prepared, books: Books, records: Sequence[OrderRecord]) -> list[str]:
    """Shares and cents by the ledger: what was there, and the fills."""
    shares: dict[tuple[str, str], Decimal] = {}
    cents: dict[str, Decimal] = {}
    for account, cash, held in prepared.shape.tills:
        cents[account] = Decimal(cash * 100)
        shares |= {(account, symbol): Decimal(count) for symbol, count in held}
    for record in records:
        sign = 1 if record.intent.side is Side.BUY else -1
        key = (record.intent.account, record.intent.symbol)
        shares[key] = shares.get(key, Decimal(0)) + sign * record.filled.count
        cents[record.intent.account] -= sign * record.filled.count * (record.average_price or 0) * 100
    found = [
        f"disagree: {key} is {books.shares.get(key)} at the broker and {count} by the ledger"
        for key, count in shares.items()
        if books.shares.get(key) != count
    ]
    return found + [
        f"disagree: {account} holds {books.cents[account]} cents at the broker and {amount} by the ledger"
        for account, amount in cents.items()
        if abs(books.cents[account] - amount) >= 1
    ]


def _name(record: OrderRecord) -> str:
    intent = record.intent
    words = f"{intent.account} {intent.side.value} {intent.quantity} {intent.symbol}"
    return f"{words}, attempt {intent.attempt}: {record.state.value} ({record.broker_id or 'no id'}), {record.evidence}"
