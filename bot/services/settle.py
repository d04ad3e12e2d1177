"""Moves every open order on to what its broker says of it, before anything new is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.domain.errors import Reconcile
from bot.domain.facts import OrderMoved
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.ports import Broker, Clock, Ledger

_log = structlog.get_logger()


def settle_open(*, brokers: Mapping[str, Broker], clock: Clock, ledger: Ledger) -> tuple[OrderRecord, ...]:
    """Look up every order that is not final; the ones that moved. Start-up and recovery are the same thing.

    An order that was written down but never on its way is NOT_PLACED; so is one of unknown fate where the broker knows
    orders by our key and proves that it does not know this one. Without a key it stays unknown.
    """
    settled = []
    for record in ledger.orders():
        if record.state.is_final:
            continue
        after = _settle(record, brokers, clock, ledger)
        if after != record:
            settled.append(after)
            _log.info("execute.order_settled", **order_words(after))
    return tuple(settled)


def _settle(record: OrderRecord, brokers: Mapping[str, Broker], clock: Clock, ledger: Ledger) -> OrderRecord:
    if record.state is OrderState.APPROVED:
        return move(record, OrderState.NOT_PLACED, clock=clock, ledger=ledger, evidence="It was never on its way.")
    account = record.intent.account
    if account not in brokers:
        raise Reconcile(f"An order for {account} is open, but the household has no such account any more.")
    found = brokers[account].find(record.intent, record.broker_id)
    if found is not None:
        return adopt(record, found, clock=clock, ledger=ledger)
    if record.state not in {OrderState.SENDING, OrderState.UNKNOWN}:
        return record
    if brokers[account].capabilities().keyed:
        return move(record, OrderState.NOT_PLACED, clock=clock, ledger=ledger, evidence="The broker never had it.")
    return move(record, OrderState.UNKNOWN, clock=clock, ledger=ledger, evidence="The broker does not show it.")


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
    """Write down a step in the life of an order; the order after it."""
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
