"""One step in the life of an order: what a broker says of it is taken over only where it can be true."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.facts import OrderMoved
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.ports import Clock, Ledger
from bot.services.points import reach

MATCHED = "adopted by match"  # found by its shape alone: sure only when nothing else of that shape came that day


def adopt(record: OrderRecord, found: BrokerOrder, *, clock: Clock, ledger: Ledger) -> OrderRecord:
    """Take over what the broker says; what cannot be true of our order is left to a person.

    A state that we do not know, or that would lead backwards, changes nothing but the count of filled shares.
    """
    doubt = _doubt(record, found)
    if doubt:
        return to_a_person(record, doubt, clock=clock, ledger=ledger)
    state = found.state if record.state.may_become(found.state) else record.state
    if (state, found.filled, found.average_price) == (record.state, record.filled, record.average_price):
        return record
    return move(record, state, clock=clock, ledger=ledger, found=found, evidence=found.text)


def adopt_match(record: OrderRecord, found: BrokerOrder, *, clock: Clock, ledger: Ledger) -> OrderRecord:
    """Take over an order that was found by its shape alone: it stays open, whatever the broker says, until the barrier.

    Another one of the same shape may still come, and then nobody could tell which of them is ours.
    """
    open_yet = found.state
    if found.state.is_final and found.state is not OrderState.HUMAN:
        open_yet = OrderState.PARTIAL if found.filled else OrderState.ACKED
    provisional = replace(found, state=open_yet, text=f"{MATCHED}: {found.text}")
    return adopt(record, provisional, clock=clock, ledger=ledger)


def by_match(record: OrderRecord) -> bool:
    """Whether an order was adopted by its shape alone."""
    return record.evidence.startswith(MATCHED)


def _doubt(record: OrderRecord, found: BrokerOrder) -> str:
    if record.broker_id and found.broker_id != record.broker_id:
        return f"The broker answers with order {found.broker_id} instead of {record.broker_id}."
    if not found.matches(record.intent):
        return f"The broker's order {found.broker_id} is not the one that was meant."
    if not record.filled <= found.filled <= record.intent.quantity:
        return f"The broker says {found.filled} filled; {record.filled} were, of {record.intent.quantity}."
    if found.state is OrderState.HUMAN:
        return found.text or "The broker says that somebody else has changed this order."
    return ""


def to_a_person(record: OrderRecord, why: str, *, clock: Clock, ledger: Ledger) -> OrderRecord:
    """Leave an order to a person, for good."""
    if record.state is OrderState.SENDING:
        record = move(record, OrderState.UNKNOWN, clock=clock, ledger=ledger, evidence=why)
    return move(record, OrderState.HUMAN, clock=clock, ledger=ledger, evidence=why)


def move(
    record: OrderRecord,
    state: OrderState,
    *,
    clock: Clock,
    ledger: Ledger,
    found: BrokerOrder | None = None,
    evidence: str = "",
) -> OrderRecord:
    """One step of an order's life, in the ledger before anything else happens; the order as it is then."""
    after = replace(
        record,
        state=state,
        broker_id=record.broker_id or (found.broker_id if found else ""),
        filled=found.filled if found else record.filled,
        average_price=found.average_price if found else record.average_price,
        evidence=evidence or record.evidence,
    )
    ledger.record(
        OrderMoved(
            at=clock.now(),
            client_order_id=record.intent.client_order_id,
            state=after.state,
            broker_id=after.broker_id,
            filled=after.filled,
            average_price=after.average_price,
            evidence=evidence,
        )
    )
    reach("state_written")
    return after


def order_words(record: OrderRecord) -> dict[str, str | int]:
    """An order as key-values for a log line."""
    intent = record.intent
    return {
        "account": intent.account,
        "line": intent.line,
        "side": intent.side.value,
        "symbol": intent.symbol,
        "quantity": intent.quantity.plain,
        "filled": record.filled.plain,
        "state": record.state.value,
    }
