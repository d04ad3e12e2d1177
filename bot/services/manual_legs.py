"""Orders for a person's own hands: what was ticked off is looked for in what is held, the rest is reminded of once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import structlog

from bot.domain.approval import Approval, Verdict
from bot.domain.facts import LegTicked, ReportSent, SnapshotTaken
from bot.domain.money import Shares
from bot.domain.plan import PlanLine, Proposal
from bot.domain.readings import AccountReading
from bot.domain.snapshot import Remark, Side, Snapshot
from bot.letters.alarms import reminder_letter
from bot.ports import Ledger, MarketCalendar
from bot.services.house import House
from bot.services.preconditions import snapshot_of, ticked_legs
from bot.services.report import write
from bot.services.terms import new_york_date

SESSIONS = 2  # that pass before a reminder, unless the plan runs out sooner
WATCHED = timedelta(days=45)  # a statement comes once a month
# Orders by hand are often given in dollars, and paydays buy a little beside them: a twentieth is no difference.
NEAR = Decimal("0.05")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """What ticked lines of one symbol in one account should have done, and what is held now."""

    account: str
    symbol: str
    numbers: tuple[int, ...]
    before: Shares
    wanted: Shares
    found: Shares
    ticked_on: date
    stated_on: date

    @property
    def done(self) -> bool:
        """Whether as many shares moved as were ticked off."""
        return _near(self.found - self.before, self.wanted)

    @property
    def may_come(self) -> bool:
        """Whether nothing has moved, and what is known of the account is no younger than the tick."""
        return self.found == self.before and self.stated_on <= self.ticked_on


def ticked_remarks(readings: Sequence[AccountReading], ledger: Ledger, now: datetime) -> list[Remark]:
    """A remark for each ticked line that is not found in what its account holds, once that can be known."""
    return [_remark(move, plan) for plan, move in _open_moves(readings, ledger, now) if not move.may_come]


def awaited(readings: Sequence[AccountReading], ledger: Ledger, now: datetime) -> Proposal | None:
    """The newest plan, while it holds and a ticked line of it is in no statement yet.

    To draw another one now would ask for the same orders again.
    """
    newest = _newest(ledger)
    if newest is None or now >= newest[0].expires_at:
        return None
    return next(
        (plan for plan, move in _open_moves(readings, ledger, now) if move.may_come and plan == newest[0]), None
    )


def remind(house: House) -> ReportSent | None:
    """One letter for each plan about the lines that nobody ticked off, two sessions after the yes.

    On the last day of the plan where that comes sooner, and not on the day of the yes itself. What is not ticked off
    when the plan runs out is left to the next one, which starts from what is really held.
    """
    proposal, approval = _newest(house.ledger) or (None, None)
    if proposal is None or approval is None or not _due(proposal, approval, house.calendar, house.clock.now()):
        return None
    ticked = ticked_legs(proposal, house.ledger)
    if all(line.automatic or line.number in ticked for line in proposal.plan.lines):
        return None
    letter = reminder_letter(proposal, house.household, tuple(sorted(ticked)))
    if any(sent.subject == letter.subject for sent in house.ledger.latest(ReportSent) if sent.at >= approval.at):
        return None
    _log.info("approval.reminded", plan=proposal.plan_id)
    # It belongs to no plan in the books: a word about a plan counts as told, and would end what goes on by itself.
    return write(letter=letter, plan="", clock=house.clock, ledger=house.ledger, postbox=house.postbox)


def _due(proposal: Proposal, approval: Approval, calendar: MarketCalendar, now: datetime) -> bool:
    if now >= proposal.expires_at:
        return False
    said_on, today = new_york_date(approval.at), new_york_date(now)
    on = said_on
    for _ in range(SESSIONS):
        on = calendar.next_session(on).on
    return today > said_on and today >= min(on, new_york_date(proposal.expires_at))


def _open_moves(readings: Sequence[AccountReading], ledger: Ledger, now: datetime) -> list[tuple[Proposal, _Move]]:
    """What was last ticked off and never seen in what the accounts held."""
    tick = next(iter(ledger.latest(LegTicked)), None)
    if tick is None or now - tick.at > WATCHED:
        return []
    proposal = next(known for known, _ in ledger.proposals() if known.fingerprint == tick.plan)
    before = snapshot_of(proposal, ledger)
    if before is None:
        return []
    ticks = {fact.line: fact.at for fact in ledger.facts(plan=tick.plan) if isinstance(fact, LegTicked)}
    moves = _moves(proposal, ticks, before, readings, new_york_date(now))
    return [(proposal, move) for move in moves if not move.done and not _seen(move, min(ticks.values()), ledger)]


def _moves(
    proposal: Proposal,
    ticks: dict[int, datetime],
    before: Snapshot,
    readings: Sequence[AccountReading],
    today: date,
) -> list[_Move]:
    lines = [line for line in proposal.plan.lines if line.number in ticks]
    found = {reading.account: reading for reading in readings}
    moves = []
    for account, symbol in dict.fromkeys((line.account, line.symbol) for line in lines if line.account in found):
        mine = [line for line in lines if (line.account, line.symbol) == (account, symbol)]
        reading = found[account]
        move = _Move(
            account=account,
            symbol=symbol,
            numbers=tuple(line.number for line in mine),
            before=before.holding(account).position(symbol).quantity,
            wanted=Shares.total(_signed(line) for line in mine),
            found=Shares.total(one.quantity for one in reading.held if one.symbol == symbol),
            ticked_on=new_york_date(max(ticks[line.number] for line in mine)),
            stated_on=reading.stated_on or today,
        )
        moves.append(move)
    return moves


def _seen(move: _Move, since: datetime, ledger: Ledger) -> bool:
    """Whether an earlier snapshot, after the first tick, held what the ticked lines make of it."""
    for fact in ledger.latest(SnapshotTaken):
        if fact.at <= since:
            break
        held = {holding.account: holding for holding in fact.snapshot.holdings}
        if move.account in held and _near(held[move.account].position(move.symbol).quantity - move.before, move.wanted):
            return True
    return False


def _remark(move: _Move, proposal: Proposal) -> Remark:
    orders = " and ".join(map(str, move.numbers))
    message = (
        f"You ticked off order {orders} of {proposal.plan_id}, which makes {move.before + move.wanted} {move.symbol} "
        f"in {move.account}; it holds {move.found}. The next plan starts from what is really held."
    )
    return Remark(
        code="ticked_differs", account=move.account, symbol=move.symbol, message=message, mend="rebaloop status"
    )


def _newest(ledger: Ledger) -> tuple[Proposal, Approval] | None:
    """The newest plan, if it is approved."""
    newest = next(iter(reversed(ledger.proposals())), None)
    if newest is None or newest[1] is None or newest[1].verdict is not Verdict.APPROVED:
        return None
    return newest[0], newest[1]


def _signed(line: PlanLine) -> Shares:
    return line.quantity if line.side is Side.BUY else -line.quantity


def _near(moved: Shares, wanted: Shares) -> bool:
    return abs(moved.count - wanted.count) <= NEAR * abs(wanted.count)
