"""Carries out an approved proposal, one order at a time: the only room from which an order leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.facts import OrderIntended
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent, OrderRecord, OrderState, Submission
from bot.domain.plan import Lever, PlanLine
from bot.domain.snapshot import Side, Snapshot
from bot.domain.violations import Violation
from bot.engine.pie import bake
from bot.ports import Broker, Clock, Ledger
from bot.services.errand import Errand, ExecutionReport, Leg, sendable
from bot.services.preconditions import (
    agreement,
    circumstances,
    in_session,
    open_market,
    quoted_freshly,
    snapshot_of,
    ticked_legs,
    usable_quotes,
)
from bot.services.settle import adopt, move, order_words
from bot.services.sizing import buyable, limit_price, sellable, spendable
from bot.services.sync import take_snapshot

_log = structlog.get_logger()


def carry_out(errand: Errand) -> ExecutionReport:
    """Send what can be sent of an approved proposal now; may be called again for what had to wait.

    A refusal is a value in the report; those that end the approval are written down as a verdict.

    Raises:
        FixTheFile, Reconcile, LogIn, TryLater: when the accounts cannot be read; nothing was sent then.
    """
    lines = sendable(errand.proposal, errand.ledger)
    planned = snapshot_of(errand.proposal, errand.ledger)
    refusals = _refusals(errand, lines, planned) if lines else []
    if refusals or planned is None:
        return _refused(errand, refusals)
    notes: dict[int, str] = {}
    for account in dict.fromkeys(line.account for line in lines):
        notes |= _work(errand, planned, account, [line for line in lines if line.account == account])
    return ExecutionReport(proposal=errand.proposal, legs=_legs(errand, notes))


def _refusals(errand: Errand, lines: Sequence[PlanLine], planned: Snapshot | None) -> list[Violation]:
    """Everything that forbids sending now; the outside world is asked only when the books agree."""
    proposal, ledger = errand.proposal, errand.ledger
    now = errand.clock.now()
    brokers = {line.account: errand.brokers[line.account] for line in lines}
    found = circumstances(proposal, errand.terms, now, ledger)
    if planned is None:
        found.append(Violation(code="not_as_approved", message="The ledger has lost the snapshot of this plan."))
    found = found or open_market(proposal, brokers, errand.calendar, now)
    if found or planned is None:
        return found
    fresh = take_snapshot(
        household=errand.household,
        brokers=errand.brokers,
        calendar=errand.calendar,
        clock=errand.clock,
        ledger=ledger,
        fallback_prices=errand.fallback_prices,
    )
    own = tuple(errand.orders().values())
    found = agreement(proposal, planned, fresh, own, ticked_legs(proposal, ledger))
    return found or usable_quotes(lines, brokers, proposal.price_collar_pct)


def _refused(errand: Errand, refusals: Sequence[Violation]) -> ExecutionReport:
    for refusal in refusals:
        _log.warning("execute.refused", plan=errand.proposal.plan_id, code=refusal.code, why=refusal.message)
    report = ExecutionReport(proposal=errand.proposal, refusals=tuple(refusals), legs=_legs(errand, {}))
    if report.voided:
        why = " ".join(refusal.message for refusal in refusals if refusal.voids)
        errand.ledger.decide(
            Approval(
                plan=errand.proposal.fingerprint,
                verdict=Verdict.VOIDED,
                at=errand.clock.now(),
                by="execute",
                why=why,
            )
        )
    return report


def _legs(errand: Errand, notes: Mapping[int, str]) -> tuple[Leg, ...]:
    orders = errand.orders()
    return tuple(
        Leg(line=line, order=orders.get(line.number), note=notes.get(line.number, ""))
        for line in errand.proposal.plan.lines
    )


def _work(errand: Errand, planned: Snapshot, account: str, lines: Sequence[PlanLine]) -> dict[int, str]:
    """The lines of one account, sells first; what is to be said of each, by its number."""
    notes: dict[int, str] = {}
    for line in sorted(lines, key=lambda line: (line.side is Side.BUY, line.number)):
        try:
            notes[line.number] = _held_back(errand, line) or _send_line(errand, planned, line)
        except (LogIn, TryLater) as problem:
            notes[line.number] = f"Not sent: {problem.message}"
        if notes[line.number]:
            _log.info("execute.line_noted", account=account, line=line.number, note=notes[line.number])
    return notes


def _held_back(errand: Errand, line: PlanLine) -> str:
    """Why this line must not be sent now, from what the ledger knows by now; empty when nothing stands in its way."""
    now = errand.clock.now()
    if now >= errand.proposal.expires_at or not in_session(errand.calendar, now):
        return "Not sent: the time for it is over."
    here = [order for order in errand.ledger.orders() if order.intent.account == line.account]
    fates = {OrderState.SENDING, OrderState.UNKNOWN}
    lost = [order for order in here if order.state in fates or _is_stuck(order, errand)]
    if lost:
        return f"Not sent: the fate of the order for {lost[0].intent.symbol} in this account is unknown."
    orders = errand.orders()
    sales = [
        sale
        for sale in errand.proposal.plan.lines
        if (sale.account, sale.lever, sale.side) == (line.account, line.lever, Side.SELL)
    ]
    if line.side is Side.SELL or not sales:
        return ""
    made = [orders[sale.number] for sale in sales if sale.number in orders]
    if any(not order.state.is_final for order in made):
        return "Not sent: the sale that pays for it is not finished."
    if line.lever is Lever.CASH or any(order.filled for order in made):
        return ""  # what there is to spend decides
    return "Not sent: the sale that was to pay for it did not happen."


def _is_stuck(order: OrderRecord, errand: Errand) -> bool:
    return order.state is OrderState.HUMAN and order.intent.plan == errand.proposal.fingerprint


def _send_line(errand: Errand, planned: Snapshot, line: PlanLine) -> str:
    """Size one line by what is really there, send it and see it through; what its owner should know of it."""
    broker = errand.brokers[line.account]
    quote, why = quoted_freshly(line, broker)
    if quote is None:
        return f"Not sent: {why}"
    limit = limit_price(line, quote, errand.proposal.price_collar_pct)
    if limit is None:
        return f"Not sent: {line.symbol} left the collar of {errand.proposal.price_collar_pct}% around its price."
    quantity = _quantity(errand, planned, line, broker, limit)
    if not quantity:
        return "Not sent: nothing was left to sell." if line.side is Side.SELL else "Not sent: the cash was too short."
    intent = Intent(
        plan=errand.proposal.fingerprint,
        line=line.number,
        attempt=1,
        account=line.account,
        side=line.side,
        symbol=line.symbol,
        quantity=quantity,
        limit_price=limit,
    )
    send_one(intent=intent, broker=broker, clock=errand.clock, ledger=errand.ledger, polls=errand.terms.polls)
    why = "no more were free" if line.side is Side.SELL else f"the cash pays for no more at the limit of {limit}"
    return "" if quantity == line.quantity else f"Sent {quantity} instead of {line.quantity}: {why}."


def _quantity(errand: Errand, planned: Snapshot, line: PlanLine, broker: Broker, limit: Decimal) -> Shares:
    reading = broker.read(line.account)
    whole = not (broker.capabilities().fractional and errand.policy.fractional_shares)
    if line.side is Side.SELL:
        return sellable(line, reading, whole=whole)
    money = spendable(
        _kept(errand, planned, line.account),
        planned.holding(line.account),
        reading,
        (order for order in errand.orders().values() if order.intent.account == line.account),
        unsettled_too=errand.policy.spend_unsettled_cash,
    )
    return buyable(line, money, limit, whole=whole)


def _kept(errand: Errand, planned: Snapshot, account: str) -> Usd:
    """What no purchase may touch in this account: its buffer, and what the plan kept for earmarks."""
    buffer = errand.household.account(account).cash_buffer
    if not errand.household.earmarks_of(account):
        return buffer
    pie = bake(errand.household, errand.policy.on(planned.as_of_on), planned.sorted())
    return buffer + Usd(pie.earmarked(account))


def send_one(*, intent: Intent, broker: Broker, clock: Clock, ledger: Ledger, polls: int) -> OrderRecord:
    """One order: written down, posted once, read back, followed until it is final or the polls are used up.

    The answer to the POST never decides; what the broker shows afterwards does. Nothing is ever posted again here.
    """
    now = clock.now()
    ledger.record(OrderIntended(at=now, intent=intent))
    record = OrderRecord(intent=intent, state=OrderState.APPROVED, intended_at=now)
    record = move(record, OrderState.SENDING, clock=clock, ledger=ledger)
    submission = broker.submit(intent)
    record = _read_back(record, submission, broker, clock, ledger)
    said = {OrderState.UNKNOWN, OrderState.REJECTED, OrderState.HUMAN}
    _log.info(f"execute.order_{record.state.value if record.state in said else 'acknowledged'}", **order_words(record))
    for _ in range(polls):
        if record.state.is_final:
            break
        clock.wait(1)
        record = _look_again(record, broker, clock, ledger)
    return record


def _read_back(
    record: OrderRecord, submission: Submission, broker: Broker, clock: Clock, ledger: Ledger
) -> OrderRecord:
    try:
        found = broker.find(record.intent, submission.broker_id)
    except RebaloopError as problem:
        return move(record, OrderState.UNKNOWN, clock=clock, ledger=ledger, evidence=problem.message)
    if found is not None:
        return adopt(record, found, clock=clock, ledger=ledger)
    if submission.answer is Answer.REFUSED and broker.capabilities().keyed:
        return move(record, OrderState.REJECTED, clock=clock, ledger=ledger, evidence=submission.text)
    evidence = submission.text or "The broker does not show it."
    return move(record, OrderState.UNKNOWN, clock=clock, ledger=ledger, evidence=evidence)


def _look_again(record: OrderRecord, broker: Broker, clock: Clock, ledger: Ledger) -> OrderRecord:
    try:
        found = broker.find(record.intent, record.broker_id)
    except RebaloopError:
        return record
    return record if found is None else adopt(record, found, clock=clock, ledger=ledger)
