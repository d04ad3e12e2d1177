"""Moves every open order on to what its broker says of it, before anything new is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.domain.approval import Verdict
from bot.domain.errors import Reconcile
from bot.domain.facts import OrderMoved
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.ports import Broker, Clock, Ledger, MarketCalendar
from bot.services.barrier import MEMORY, QUIET, barrier, earliest_now
from bot.services.errand import LOST
from bot.services.moves import MATCHED, adopt, adopt_match, by_match, move, order_words, to_a_person
from bot.services.preconditions import in_session

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Everyone who is asked about open orders."""

    brokers: Mapping[str, Broker]
    calendar: MarketCalendar
    clock: Clock
    ledger: Ledger

    def move(self, record: OrderRecord, state: OrderState, why: str) -> OrderRecord:
        """One step; none where it stands there already."""
        if record.state is state:
            return record
        return move(record, state, clock=self.clock, ledger=self.ledger, evidence=why)


def settle_open(
    *, brokers: Mapping[str, Broker], calendar: MarketCalendar, clock: Clock, ledger: Ledger
) -> tuple[OrderRecord, ...]:
    """Look up every order that is not final; the ones that moved. Start-up and recovery are the same thing.

    An order that was written down but never on its way is NOT_PLACED. One of unknown fate stays UNKNOWN: where its
    broker knows orders by our key, while it may be sent again under that key and for an hour after it may have been;
    where not, until an hour after the close, and then none is NOT_PLACED, one is ours, and of several a person decides.

    Raises:
        Reconcile: for an order of an account that is gone, or that a broker with keys shows under two names.
        LogIn, TryLater: when a broker cannot be asked.
    """
    desk = _Desk(brokers=brokers, calendar=calendar, clock=clock, ledger=ledger)
    settled = []
    for record in ledger.orders():
        if record.state.is_final:
            continue
        after = _settle(record, desk)
        if after != record:
            settled.append(after)
            _log.info("execute.order_settled", **order_words(after))
    return tuple(settled)


def _settle(record: OrderRecord, desk: _Desk) -> OrderRecord:
    if record.state is OrderState.APPROVED:
        return desk.move(record, OrderState.NOT_PLACED, "It was never on its way.")
    account = record.intent.account
    if account not in desk.brokers:
        raise Reconcile(f"An order for {account} is open, but the household has no such account any more.")
    broker = desk.brokers[account]
    if broker.capabilities().keyed:
        return _settle_keyed(record, broker, desk)
    if record.state in LOST or by_match(record):
        return _settle_search(record, broker, desk)
    found = broker.find(record.intent, record.broker_id)
    if found is None or found.broker_id != record.broker_id:
        return record
    return adopt(record, found, clock=desk.clock, ledger=desk.ledger)


def _settle_keyed(record: OrderRecord, broker: Broker, desk: _Desk) -> OrderRecord:
    found = broker.find(record.intent, record.broker_id)
    if found is not None:
        return adopt(record, found, clock=desk.clock, ledger=desk.ledger)
    if record.state not in LOST:
        return record
    now = earliest_now(broker, desk.clock)
    if _still_holds(record, desk.ledger, now) and in_session(desk.calendar, now):
        return desk.move(record, OrderState.UNKNOWN, "The broker does not show it; it may be sent again under its key.")
    if now < _last_moved_at(record, desk.ledger) + QUIET:
        return desk.move(record, OrderState.UNKNOWN, "The broker does not show it, and it may still be on its way.")
    return desk.move(record, OrderState.NOT_PLACED, "The broker never had it.")


def _still_holds(record: OrderRecord, ledger: Ledger, now: datetime) -> bool:
    """Whether its plan is approved and has not run out."""
    for proposal, approval in ledger.proposals():
        if proposal.fingerprint == record.intent.plan:
            return approval is not None and approval.verdict is Verdict.APPROVED and now < proposal.expires_at
    return False


def _last_moved_at(record: OrderRecord, ledger: Ledger) -> datetime:
    """When the ledger last heard of it: it was not sent later than that."""
    moves = (fact for fact in ledger.facts(plan=record.intent.plan) if isinstance(fact, OrderMoved))
    mine = (fact.at for fact in moves if fact.client_order_id == record.intent.client_order_id)
    return max(mine, default=record.intended_at)


def _settle_search(record: OrderRecord, broker: Broker, desk: _Desk) -> OrderRecord:
    """An order without a key, and without a broker's id that is sure: searched for by its shape."""
    now = earliest_now(broker, desk.clock)
    over = now >= barrier(record.intended_at, desk.calendar)
    found, doubt = None, ""
    if over and now > record.intended_at + MEMORY:
        doubt = "It is too old to be looked for."
    else:
        try:
            found = broker.find(record.intent)
        except Reconcile as problem:
            doubt = problem.message
    if found is not None and _claimed(found, record, desk.ledger):
        doubt = f"The broker shows order {found.broker_id}, which is another one of ours."
    if doubt:
        return _doubted(record, doubt, desk, over=over)
    if found is None:
        return _not_shown(record, desk, over=over)
    if not over:
        return adopt_match(record, found, clock=desk.clock, ledger=desk.ledger)
    proven = replace(found, text=f"{MATCHED}, looked at again after the close: {found.text}")
    return adopt(record, proven, clock=desk.clock, ledger=desk.ledger)


def _doubted(record: OrderRecord, doubt: str, desk: _Desk, *, over: bool) -> OrderRecord:
    if over:
        return to_a_person(record, doubt, clock=desk.clock, ledger=desk.ledger)
    return desk.move(record, OrderState.UNKNOWN, doubt) if record.state in LOST else record


def _not_shown(record: OrderRecord, desk: _Desk, *, over: bool) -> OrderRecord:
    if record.state not in LOST:
        why = f"The broker does not show order {record.broker_id} any more."
        return to_a_person(record, why, clock=desk.clock, ledger=desk.ledger) if over else record
    if over:
        return desk.move(record, OrderState.NOT_PLACED, "Nobody showed it until an hour after the close.")
    return desk.move(record, OrderState.UNKNOWN, "The broker does not show it.")


def _claimed(found: BrokerOrder, record: OrderRecord, ledger: Ledger) -> bool:
    """Whether another intent of ours has this order."""
    own = record.intent.client_order_id
    return any(other.broker_id == found.broker_id and other.intent.client_order_id != own for other in ledger.orders())
