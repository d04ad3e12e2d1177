"""Carries out an approved proposal, one order at a time: the only room from which an order leaves."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import LogIn, RebaloopError, TryLater
from bot.domain.facts import OrderIntended
from bot.domain.orders import Answer, OrderRecord, OrderState, Submission
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Side
from bot.domain.violations import Violation
from bot.engine.guard.case import Case
from bot.engine.guard.check import check
from bot.ports import Broker
from bot.services.errand import Errand, ExecutionReport, Leg, to_try
from bot.services.evidence import Run, case_of, renewed, see
from bot.services.halt import halt
from bot.services.held_back import Obstacle, all_pass, held_back, pays_for, remember_refused
from bot.services.loss_sales import basis_note
from bot.services.moves import adopt, adopt_match, by_match, move, order_words
from bot.services.points import reach
from bot.services.preconditions import quoted_freshly, usable
from bot.services.previews import draft, objection, objections
from bot.services.refusals import begin
from bot.services.sizing import limit_price
from bot.services.tickets import Ticket, write_out

_log = structlog.get_logger()
_NOT_SENT = "Not sent:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What became of one line in this run.

    A note for its owner, what ended the whole plan, if anything did, and whether only something that passes kept it.
    """

    note: str = ""
    voiding: tuple[Violation, ...] = ()
    put_off: bool = False


def carry_out(errand: Errand) -> ExecutionReport:
    """Send what can be sent of an approved proposal now; may be called again for what had to wait.

    A refusal is a value in the report; those that end the approval are written down as a verdict.

    Raises:
        FixTheFile, Reconcile, LogIn, TryLater: when the accounts cannot be read; nothing was sent then.
    """
    lines = to_try(errand)
    if not lines:
        return ExecutionReport(proposal=errand.proposal, legs=_legs(errand, {}))
    run = begin(errand, lines)
    if not isinstance(run, Run):
        over = remember_refused(errand, lines, run)
        why = " ".join(refusal.message for refusal in run)
        return _refused(errand, run, {line.number: f"{_NOT_SENT} {why}" for line in lines} if over else {})
    notes: dict[int, str] = {}
    waiting: list[int] = []
    for account in dict.fromkeys(line.account for line in lines):
        mine = [line for line in lines if line.account == account]
        said = _work(run, account, mine)
        notes |= {number: one.note for number, one in said.items()}
        waiting += [number for number, one in said.items() if one.put_off]
        voiding = tuple(violation for one in said.values() for violation in one.voiding)
        if voiding:
            return _refused(errand, voiding, notes)
    return ExecutionReport(proposal=errand.proposal, legs=_legs(errand, notes), put_off=tuple(waiting))


def _refused(errand: Errand, refusals: Sequence[Violation], notes: Mapping[int, str]) -> ExecutionReport:
    for refusal in refusals:
        _log.warning("execute.refused", plan=errand.proposal.plan_id, code=refusal.code, why=refusal.message)
    report = ExecutionReport(proposal=errand.proposal, refusals=tuple(refusals), legs=_legs(errand, notes))
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


def _work(run: Run, account: str, lines: Sequence[PlanLine]) -> dict[int, _Said]:
    """The lines of one account, sells first; what is to be said of each, by its number."""
    said: dict[int, _Said] = {}
    in_turn = sorted(lines, key=lambda line: (line.side is Side.BUY, line.number))
    try:
        against, warnings = _shown(run, in_turn)
    except (LogIn, TryLater) as problem:
        against, warnings = Obstacle(why=problem.message, passes=True), []
    for line in in_turn:
        waiting = {other.number for other in in_turn if other.number in said and said[other.number].put_off}
        one = _kept(against) if against.why else _tried(run, line, waiting)
        said[line.number] = replace(one, note=" ".join([*warnings, one.note]).strip())
        warnings = []
        if one.note:
            _log.info("execute.line_noted", account=account, line=line.number, note=one.note)
        if one.voiding:
            break
        reach("between_legs")
    return said


def _kept(against: Obstacle) -> _Said:
    return _Said(note=f"{_NOT_SENT} {against.why}", put_off=against.passes)


def _tried(run: Run, line: PlanLine, waiting: Container[int]) -> _Said:
    """One line, sent if nothing stands in its way; `waiting` are the lines of its account that were put off."""
    try:
        against = held_back(run.errand, line, waiting)
        return _kept(against) if against.why else _send_line(run, line, waiting)
    except (LogIn, TryLater) as problem:
        return _kept(Obstacle(why=problem.message, passes=True))


def _shown(run: Run, lines: Sequence[PlanLine]) -> tuple[Obstacle, list[str]]:
    """What the broker of an account says of all its orders before the first of them leaves."""
    errand, broker = run.errand, run.errand.brokers[lines[0].account]
    if not broker.capabilities().previews:
        return Obstacle(), []
    intents = []
    for line in lines:
        quote, why = quoted_freshly(line, broker)
        limit = limit_price(line, quote, errand.proposal.price_collar_pct) if quote else None
        if limit is None:
            left = f"{line.symbol} left the collar around its price."
            return Obstacle(why=why or left, passes=bool(why)), []
        intents.append(draft(line, errand.proposal.fingerprint, limit))
    reading = broker.read(lines[0].account)
    cash = reading.cash_settled + reading.cash_unsettled
    against, warnings = objections(intents, broker, cash, same_day_swaps=errand.policy.same_day_swaps)
    return Obstacle(why=against), warnings


def _send_line(run: Run, line: PlanLine, waiting: Container[int]) -> _Said:
    """Size one line by what is really there, send it and see it through."""
    errand, broker = run.errand, run.errand.brokers[line.account]
    sight = see(line, broker)
    ticket = write_out(run, line, sight, broker)
    if not isinstance(ticket, Ticket):
        unpaid = any(pays_for(sale, line) and sale.number in waiting for sale in errand.proposal.plan.lines)
        passes = unpaid or bool(usable(line.symbol, sight.quote, sight.market.at))
        return _kept(Obstacle(why=ticket, passes=passes))
    if ticket.again is not None and (found := broker.find(ticket.intent)) is not None:
        record = adopt(ticket.again, found, clock=errand.clock, ledger=errand.ledger)
        _follow(errand, record, broker)
        return _Said()
    if sight.capabilities.previews and line.side is Side.BUY:
        against, _ = objection(ticket.intent, broker, same_day_swaps=errand.policy.same_day_swaps)
        if against:
            return _kept(Obstacle(why=against))
    violations = send_one(run, case_of(run, ticket.intent, sight), again=ticket.again)
    if violations:
        why = " ".join(violation.message for violation in violations)
        kept = _kept(Obstacle(why=why, passes=all_pass(violations)))
        return replace(kept, voiding=tuple(one for one in violations if one.voids))
    if ticket.intent.quantity == line.quantity:
        return _Said()
    why = "no more were free" if line.side is Side.SELL else f"the cash pays for no more at {ticket.intent.limit_price}"
    return _Said(note=f"Sent {ticket.intent.quantity} instead of {line.quantity}: {why}.")


def send_one(run: Run, case: Case, *, again: OrderRecord | None = None) -> tuple[Violation, ...]:
    """One order: judged, written down, judged once more, posted once, read back, and followed for a while.

    The answer to the POST never decides; what the broker shows afterwards does. Only an order that its broker does not
    have, and would know by our key, is posted `again`, under the same key. Returns why it was not sent; empty when it
    was.
    """
    errand, broker = run.errand, run.errand.brokers[case.intent.account]
    violations = check(case)
    if violations:
        return violations
    record = _written_down(run, case) if again is None else _noted_again(errand, again)
    last_word = check(renewed(run, case))
    if last_word:
        if again is None:
            why = f"{_NOT_SENT} {last_word[0].message}"
            move(record, OrderState.NOT_PLACED, clock=errand.clock, ledger=errand.ledger, evidence=why)
        return last_word
    submission = broker.submit(case.intent)
    reach("posted")
    record = _read_back(errand, record, submission, broker, repeated=again is not None)
    reach("read_back")
    said = {OrderState.UNKNOWN, OrderState.REJECTED, OrderState.HUMAN}
    _log.info(f"execute.order_{record.state.value if record.state in said else 'acknowledged'}", **order_words(record))
    if record.state is OrderState.HUMAN and broker.capabilities().keyed:
        halt(why=f"{case.intent.account}: {record.evidence}", by="execute", brake=errand.brake)
    _follow(errand, record, broker)
    return ()


def _written_down(run: Run, case: Case) -> OrderRecord:
    """The order in the ledger, as one that may be on the wire from now on."""
    errand, intent = run.errand, case.intent
    reach("before_intent")
    now = errand.clock.now()
    errand.ledger.record(OrderIntended(at=now, intent=intent))
    reach("intent_written")
    record = OrderRecord(intent=intent, state=OrderState.APPROVED, intended_at=now)
    cost = basis_note(intent.account, intent.symbol, intent.side, errand.household, case.reading)
    record = move(record, OrderState.SENDING, clock=errand.clock, ledger=errand.ledger, evidence=cost)
    reach("sending_written")
    return record


def _noted_again(errand: Errand, record: OrderRecord) -> OrderRecord:
    """The same order, with a word in the ledger that it may be on the wire once more."""
    why = "Sent again under the same key."
    return move(record, record.state, clock=errand.clock, ledger=errand.ledger, evidence=why)


def _read_back(
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


def _follow(errand: Errand, record: OrderRecord, broker: Broker) -> None:
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
