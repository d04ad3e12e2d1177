"""Looks an order up after it was sent: what its broker shows decides, and never the answer to the POST."""

from __future__ import annotations

from bot.domain.errors import RebaloopError
from bot.domain.orders import Answer, OrderRecord, OrderState, Submission
from bot.ports import Broker
from bot.services.errand import Errand
from bot.services.moves import adopt, adopt_match, by_match, move


def read_back(
    errand: Errand, record: OrderRecord, submission: Submission, broker: Broker, *, repeated: bool
) -> OrderRecord:
    """The order as the broker shows it; a refusal of a repetition says nothing of the first one, which may be late."""
    keyed = broker.capabilities().keyed
    try:
        found = broker.find(record.intent, submission.broker_id)
    except RebaloopError as problem:
        return move(record, OrderState.UNKNOWN, clock=errand.clock, ledger=errand.ledger, evidence=problem.message)
    if found is not None and not keyed and _is_anothers(errand, found.broker_id, record):
        why = f"The broker shows order {found.broker_id}, which is another one of ours."
        return move(record, OrderState.UNKNOWN, clock=errand.clock, ledger=errand.ledger, evidence=why)
    if found is not None and not keyed and found.broker_id != submission.broker_id:
        return adopt_match(record, found, clock=errand.clock, ledger=errand.ledger)
    if found is not None:
        return adopt(record, found, clock=errand.clock, ledger=errand.ledger)
    refused = submission.answer is Answer.REFUSED and not repeated
    state = OrderState.REJECTED if refused else OrderState.UNKNOWN
    evidence = submission.text or "The broker does not show it."
    return move(record, state, clock=errand.clock, ledger=errand.ledger, evidence=evidence)


def _is_anothers(errand: Errand, broker_id: str, record: OrderRecord) -> bool:
    own = record.intent.client_order_id
    return broker_id in record.intent.baseline or any(
        other.broker_id == broker_id and other.intent.client_order_id != own for other in errand.ledger.orders()
    )


def follow(errand: Errand, record: OrderRecord, broker: Broker) -> None:
    """Look an order up until it is final, or the looks of one run are used up."""
    for _ in range(errand.terms.polls):
        if record.state.is_final:
            return
        errand.clock.wait(1)
        record = _look_again(errand, record, broker)


def _look_again(errand: Errand, record: OrderRecord, broker: Broker) -> OrderRecord:
    try:
        found = broker.find(record.intent, record.broker_id)
    except RebaloopError:
        return record
    if found is None or (not broker.capabilities().keyed and _is_not_it(errand, record, found.broker_id)):
        return record
    matched = not broker.capabilities().keyed and (by_match(record) or not record.broker_id)
    take = adopt_match if matched else adopt
    return take(record, found, clock=errand.clock, ledger=errand.ledger)


def _is_not_it(errand: Errand, record: OrderRecord, broker_id: str) -> bool:
    """Whether a broker without keys shows another order than the one that was adopted, or one of ours."""
    return broker_id != record.broker_id if record.broker_id else _is_anothers(errand, broker_id, record)
