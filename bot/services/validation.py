"""Trades on paper to prove the loop: near targets in turn, and each plan held against what the broker then holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.errors import NotAllowed, TryLater
from bot.domain.facts import OrderMoved
from bot.domain.instruments import CASH
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord, OrderState
from bot.domain.plan import Environment, Proposal
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Band, Policy
from bot.engine.loop import draw
from bot.ports import Ledger
from bot.services import cycle
from bot.services.arming import clean_cycles
from bot.services.cycle import CycleReport, Outcome
from bot.services.house import House
from bot.services.preconditions import in_session, snapshot_of
from bot.services.sizing import traded
from bot.services.terms import new_york_date

STEP = Decimal(1)  # percentage points to either side of the owner's target
NARROW = Band(absolute_pp=Decimal("0.25"), relative_pct=Decimal(25))
UP, DOWN = ":validate-up", ":validate-down"
MOST_RUNS = 3  # what was begun, what follows from it, and then the plan of this cycle
LEAST_CLASSES = 2
ENDED = frozenset({Outcome.CARRIED_OUT, Outcome.VOIDED})
STRANGE = frozenset({OrderState.REJECTED, OrderState.HUMAN, OrderState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One cycle: what its plan wanted, and what became of it.

    `slippage` is what its fills cost over the plan's prices, less than nothing where they were better; `seconds` is the
    longest time from an order's intent to its last fill. Of `compared` counts of shares and sums of cash at the brokers
    those in `differences` are not what the snapshot before and the fills say.
    """

    on: date
    plan: str = ""
    orders: int = 0
    filled: int = 0
    rejected: int = 0
    traded: Usd = Usd()
    slippage: Usd = Usd()
    seconds: int = 0
    drift_before: Usd = Usd()
    drift_planned: Usd = Usd()
    drift_after: Usd = Usd()
    compared: int = 0
    differences: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    is_clean: bool = False


def check_roles(house: House) -> None:
    """Raise NotAllowed unless all this is paper, with a taxable and a sheltered account that orders can be sent for."""
    mine = [one for one in house.household.accounts if one.managed and one.automatic]
    worlds = {house.addresses.get(one.id) for one in mine}
    if house.terms.environment is not Environment.PAPER or worlds != {Environment.PAPER}:
        raise NotAllowed(
            "Only paper accounts are traded to validate the loop.", next_step="rebaloop validate --simulator"
        )
    if {one.kind.sheltered for one in mine} != {True, False}:
        message = "A taxable and a sheltered paper account are needed: the loop works between the two."
        raise NotAllowed(message, next_step="rebaloop validate --simulator")


def one_cycle(house: House) -> Trial:
    """Trade towards the other of two near targets, and compare; a second one on the same day is refused.

    Approves its own plan: whoever calls this has said so.

    Raises:
        NotAllowed: for anything but paper.
        TryLater: while the exchange is shut, and where this session has had its cycle.
        RebaloopError: whatever stops a station.
    """
    check_roles(house)
    now = house.clock.now()
    today = new_york_date(now)
    if not in_session(house.calendar, now):
        raise TryLater("The exchange is shut: a cycle needs a session.", next_step="rebaloop validate")
    if today in clean_cycles(house.ledger):
        raise TryLater(f"{today} has had its cycle: one a session counts.", next_step="rebaloop validate")
    turned = towards_the_other(house, today)
    report = cycle.run(turned)
    for _ in range(MOST_RUNS - 1):
        if report.proposal is None or _is_ours(report.proposal, today) or report.outcome not in ENDED:
            break
        report = cycle.run(turned)
    if report.proposal is None or not _is_ours(report.proposal, today):
        why = tuple(one.message for one in report.refusals) or (f"no plan of this cycle: {report.outcome.value}",)
        return Trial(on=today, refusals=why)
    return _judged(turned, report, today)


def towards_the_other(house: House, today: date) -> House:
    """The house with the other one of the two targets than the last cycle had, narrow bands, and a yes to its plans."""
    newest = next((one for one, _ in reversed(house.ledger.proposals()) if _is_trial(one)), None)
    word = DOWN if newest is not None and newest.settings_fingerprint.endswith(UP) else UP
    terms = replace(
        house.terms,
        settings_fingerprint=house.terms.settings_fingerprint + word,
        automatic=True,
        each_owner=False,
    )
    return replace(house, terms=terms, policy=_shifted(house.policy.on(today), STEP if word == UP else -STEP))


def _shifted(policy: Policy, step: Decimal) -> Policy:
    """The two largest classes a step apart from their targets; half of its target is the most that one may lose."""
    ranked = sorted((pair for pair in policy.targets_pct if pair[0] != CASH), key=lambda pair: -pair[1])
    if len(ranked) < LEAST_CLASSES:
        raise NotAllowed("Two classes with a target are needed to move between.", next_step="see policy.targets_pct")
    (up, _), (down, least) = ranked[:2]
    width = min(abs(step), least / 2).copy_sign(step)
    moved = {up: width, down: -width}
    targets = tuple((name, pct + moved.get(name, Decimal())) for name, pct in policy.targets_pct)
    return replace(policy, targets_pct=targets, glide_path=(), band=NARROW)


def _is_trial(proposal: Proposal) -> bool:
    return proposal.settings_fingerprint.endswith((UP, DOWN))


def _is_ours(proposal: Proposal, today: date) -> bool:
    return _is_trial(proposal) and new_york_date(proposal.created_at) == today


def _judged(house: House, report: CycleReport, today: date) -> Trial:
    proposal = report.proposal
    assert proposal is not None
    ledger = house.ledger
    orders = ledger.orders(plan=proposal.fingerprint)
    before, after = snapshot_of(proposal, ledger), cycle.look(house)
    assert before is not None
    accounts = [one.id for one in house.household.accounts if one.managed and one.automatic]
    found = [found for account in accounts for found in compared(account, before, after, orders)]
    filled = [order for order in orders if order.filled]
    breaks = report.reconciled.breaks if report.reconciled else ()
    refusals = report.execution.refusals if report.execution else report.refusals
    notes = [leg.note for leg in report.execution.legs if leg.note] if report.execution else []
    return Trial(
        on=today,
        plan=proposal.plan_id,
        orders=len(orders),
        filled=sum(order.state is OrderState.FILLED for order in orders),
        rejected=sum(order.state in STRANGE for order in orders),
        traded=Usd.total(traded(order) for order in filled),
        slippage=Usd.total(_slippage(order, proposal) for order in filled),
        seconds=max((_seconds(order, proposal, ledger) for order in filled), default=0),
        drift_before=proposal.plan.drift_before,
        drift_planned=proposal.plan.drift_after,
        drift_after=draw(house.household, house.policy, after).drift_before,
        compared=len(found),
        differences=(*(one for one in found if one), *(one.message for one in breaks)),
        refusals=(*(one.message for one in refusals), *notes),
        is_clean=today in clean_cycles(ledger),
    )


def compared(account: str, before: Snapshot, after: Snapshot, orders: Sequence[OrderRecord]) -> list[str]:
    """Each count of shares and the cash of an account: "" where it is what was there and the fills, else a sentence."""
    then, now = before.holding(account), after.holding(account)
    mine = [order for order in orders if order.intent.account == account]
    cash = then.cash + Usd.total(traded(order) if _sells(order) else -traded(order) for order in mine)
    found = [_difference(account, "cash", str(cash), str(now.cash))]
    for symbol in sorted({one.symbol for one in (*then.positions, *now.positions)}):
        own = [order for order in mine if order.intent.symbol == symbol]
        change = Shares.total(-order.filled if _sells(order) else order.filled for order in own)
        count = then.position(symbol).quantity + change
        found.append(_difference(account, symbol, str(count), str(now.position(symbol).quantity)))
    return found


def _difference(account: str, what: str, expected: str, found: str) -> str:
    return "" if expected == found else f"{account}: {what} should be {expected} and is {found}"


def _sells(order: OrderRecord) -> bool:
    return order.intent.side is Side.SELL


def _slippage(order: OrderRecord, proposal: Proposal) -> Usd:
    """What the fills cost over the plan's price."""
    line = next(one for one in proposal.plan.lines if one.number == order.intent.line)
    over = traded(order) - order.filled.value(line.price)
    return -over if _sells(order) else over


def _seconds(order: OrderRecord, proposal: Proposal, ledger: Ledger) -> int:
    """From the intent to the last word of a fill."""
    moves = [
        fact.at
        for fact in ledger.facts(plan=proposal.fingerprint)
        if isinstance(fact, OrderMoved) and fact.client_order_id == order.intent.client_order_id and fact.filled
    ]
    return (moves[0] - order.intended_at) // timedelta(seconds=1) if moves else 0
