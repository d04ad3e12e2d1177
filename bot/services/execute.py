"""Carries out an approved proposal, one order at a time: the only room from which an order leaves."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.errors import LogIn, TryLater
from bot.domain.facts import OrderIntended
from bot.domain.orders import BrokerOrder, OrderRecord, OrderState
from bot.domain.plan import PlanLine
from bot.domain.snapshot import Side
from bot.domain.violations import Violation
from bot.engine.guard.case import Case
from bot.engine.guard.check import check
from bot.services.errand import Errand, ExecutionReport, Leg, to_try
from bot.services.evidence import Run, case_of, renewed, see
from bot.services.halt import halt
from bot.services.held_back import Obstacle, all_pass, held_back, pays_for, remember_refused
from bot.services.loss_sales import basis_note
from bot.services.moves import adopt, move, order_words
from bot.services.points import reach
from bot.services.preconditions import quoted_freshly, usable
from bot.services.previews import draft, objection, objections
from bot.services.read_back import follow, read_back
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """An order that may be judged and sent; `again` repeats one of the ledger, `found` is what its broker has of it."""

    case: Case
    again: OrderRecord | None
    found: BrokerOrder | None


def carry_out(errand: Errand) -> ExecutionReport:
    """Send what can be sent of an approved proposal now; may be called again for what had to wait.

    A refusal is a value in the report; those that end the approval are written down as a verdict.

    Raises:
        FixTheFile, Reconcile, LogIn, TryLater: when the accounts cannot be read; nothing was sent then.
        TryLater: also when the ledger cannot be written any more; the next run finds out what became of the last order.
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
    """One line, sent if nothing stands in its way; `waiting` are the lines of its account that were put off.

    What cannot be asked before anything is written down may be asked again. Whatever goes wrong from there on ends the
    run: the order may be at its broker, and the next run begins with the question.
    """
    try:
        ready = _made_ready(run, line, waiting)
    except (LogIn, TryLater) as problem:
        ready = Obstacle(why=problem.message, passes=True)
    return _kept(ready) if isinstance(ready, Obstacle) else _sent(run, line, ready)


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


def _made_ready(run: Run, line: PlanLine, waiting: Container[int]) -> _Ready | Obstacle:
    """The order of one line, sized by what is really there, or why there is none; nothing is written down yet."""
    against = held_back(run.errand, line, waiting)
    if against.why:
        return against
    errand, broker = run.errand, run.errand.brokers[line.account]
    sight = see(line, broker)
    ticket = write_out(run, line, sight, broker)
    if not isinstance(ticket, Ticket):
        unpaid = any(pays_for(sale, line) and sale.number in waiting for sale in errand.proposal.plan.lines)
        passes = unpaid or bool(usable(line.symbol, sight.quote, sight.market.at))
        return Obstacle(why=ticket, passes=passes)
    found = broker.find(ticket.intent) if ticket.again is not None else None
    if found is None and sight.capabilities.previews and line.side is Side.BUY:
        refused, _ = objection(ticket.intent, broker, same_day_swaps=errand.policy.same_day_swaps)
        if refused:
            return Obstacle(why=refused)
    return _Ready(case=case_of(run, ticket.intent, sight), again=ticket.again, found=found)


def _sent(run: Run, line: PlanLine, ready: _Ready) -> _Said:
    """Send one order and see it through; one that its broker has already is only seen through."""
    errand, intent = run.errand, ready.case.intent
    if ready.again is not None and ready.found is not None:
        record = adopt(ready.again, ready.found, clock=errand.clock, ledger=errand.ledger)
        follow(errand, record, errand.brokers[line.account])
        return _Said()
    violations = send_one(run, ready.case, again=ready.again)
    if violations:
        why = " ".join(violation.message for violation in violations)
        kept = _kept(Obstacle(why=why, passes=all_pass(violations)))
        return replace(kept, voiding=tuple(one for one in violations if one.voids))
    if intent.quantity == line.quantity:
        return _Said()
    why = "no more were free" if line.side is Side.SELL else f"the cash pays for no more at {intent.limit_price}"
    most = errand.terms.limits.order_most
    if most is not None:
        why = f"in the first live plans an order moves at most {most}"
    return _Said(note=f"Sent {intent.quantity} instead of {line.quantity}: {why}.")


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
    record = read_back(errand, record, submission, broker, repeated=again is not None)
    reach("read_back")
    said = {OrderState.UNKNOWN, OrderState.REJECTED, OrderState.HUMAN}
    _log.info(f"execute.order_{record.state.value if record.state in said else 'acknowledged'}", **order_words(record))
    if record.state is OrderState.HUMAN and broker.capabilities().keyed:
        halt(why=f"{case.intent.account}: {record.evidence}", by="execute", brake=errand.brake)
    follow(errand, record, broker)
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
