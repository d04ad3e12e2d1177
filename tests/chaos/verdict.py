"""The journal against the truth: what must never happen, and what may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.orders import OrderRecord, OrderState
from bot.services.moves import MATCHED
from tests.chaos.prefab import Shape
from tests.chaos.truth import MINUTE, Truth
from tests.chaos.world import World

DOUBLE, UNTRACKED, PHANTOM, STUCK, NOT_APPROVED, TWO_POSTS, BROKEN = WRONGS = (
    "double",
    "untracked",
    "phantom",
    "stuck",
    "not approved",
    "two posts",
    "broken",
)


@dataclass(frozen=True)
class Wrong:
    """One thing that must not happen: its kind, and what it was."""

    kind: str
    what: str


def wrongs(
    world: World, shape: Shape, records: Sequence[OrderRecord], *, keyed: bool, told: Sequence[str] = ()
) -> list[Wrong]:
    """Everything that is wrong when all orders should have come to their end.

    `told` is every reason for which everything was halted: an order that a person was told of by its number is left to
    that person.
    """
    by_key = {record.intent.client_order_id: record for record in records}
    ours = [order for order in world.orders if order.key]
    found = [*_doubles(ours, by_key, shape), *_not_approved(ours, by_key, shape)]
    halted = {order.key for order in ours if any(f"({order.broker_id})" in why for why in told)}
    found += [wrong for order in ours if order.key not in halted for wrong in _untracked(order, by_key.get(order.key))]
    silent = [record for record in records if record.intent.client_order_id not in halted]
    found += [wrong for record in silent for wrong in _phantom(record, world)]
    for record in records:
        if not record.state.is_final:
            found.append(Wrong(STUCK, f"{_name(record)} is {record.state} at the end"))
        posts = world.posts[record.intent.client_order_id]
        if posts > 1 and not keyed:
            found.append(Wrong(TWO_POSTS, f"{_name(record)} was posted {posts} times"))
    return found


def _doubles(ours: Sequence[Truth], by_key: dict[str, OrderRecord], shape: Shape) -> list[Wrong]:
    live = [order for order in ours if order.state is not OrderState.REJECTED]
    found = [
        Wrong(DOUBLE, f"{count} orders at the broker for one intent, {key[:9]}")
        for key, count in Counter(order.key for order in live).items()
        if count > 1
    ]
    for line in shape.lines:
        mine = [one for one in live if one.key in by_key and by_key[one.key].intent.line == line.number]
        if len({one.key for one in mine}) > 1:
            found.append(Wrong(DOUBLE, f"{len(mine)} orders at the broker for line {line.number}"))
    return found


def _not_approved(ours: Sequence[Truth], by_key: dict[str, OrderRecord], shape: Shape) -> list[Wrong]:
    lines = {line.number: line for line in shape.lines}
    found = []
    for order in ours:
        if order.key not in by_key:
            found.append(Wrong(UNTRACKED, f"{_told(order)} is not in the journal at all"))
            continue
        line = lines.get(by_key[order.key].intent.line)
        same = line and (line.account, line.side, line.symbol) == (order.account, order.side, order.symbol)
        if line is None or not same or order.quantity > line.quantity.count:
            found.append(Wrong(NOT_APPROVED, f"{_told(order)} is no line of the plan"))
    return found


def _untracked(order: Truth, record: OrderRecord | None) -> list[Wrong]:
    if record is None or record.state is OrderState.HUMAN:
        return []  # said elsewhere, or said to a person
    rejected = order.state is OrderState.REJECTED and record.state is OrderState.REJECTED
    same_end = record.state is order.state and record.filled.count == order.filled
    if same_end and (record.broker_id == order.broker_id or rejected):
        return []
    if order.state is OrderState.REJECTED and record.state is OrderState.NOT_PLACED:
        return []  # it has never traded, and the journal says so
    return [Wrong(UNTRACKED, f"{_told(order)}, and the journal says {_name(record)} is {_end(record)}")]


def _phantom(record: OrderRecord, world: World) -> list[Wrong]:
    """An order that the journal has and the broker has not.

    One that was adopted by match is said to be a guess; but not one that the broker had shown long before.
    """
    key = record.intent.client_order_id
    found = next((one for one in world.orders if one.broker_id == record.broker_id), None)
    if not record.broker_id or record.state is OrderState.HUMAN or (found is not None and found.key == key):
        return []
    posted_at = world.posted_at.get(key)
    is_old = found is not None and posted_at is not None and found.listed_at < posted_at - MINUTE
    if record.evidence.startswith(MATCHED) and not is_old:
        return []
    return [Wrong(PHANTOM, f"{_name(record)} is {_end(record)}, and that is not ours: {record.evidence}")]


def _name(record: OrderRecord) -> str:
    return f"line {record.intent.line}, attempt {record.intent.attempt} ({record.intent.client_order_id[:9]})"


def _end(record: OrderRecord) -> str:
    return f"{record.state} ({record.broker_id or 'no id'}), {record.filled} filled"


def _told(order: Truth) -> str:
    words = f"{order.account} {order.side} {order.quantity} {order.symbol}"
    return f"order {order.broker_id} ({order.key[:9]}: {words}) is {order.state}, {order.filled} filled"


def adopted_by_match(records: Sequence[OrderRecord]) -> int:
    return sum(record.evidence.startswith(MATCHED) for record in records)
