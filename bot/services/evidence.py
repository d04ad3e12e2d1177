"""Gathers what the guard has to see, just before an order would leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import get_args

from bot.domain.approval import Approval
from bot.domain.errors import Reconcile
from bot.domain.facts import Fact, SnapshotTaken
from bot.domain.money import Usd
from bot.domain.orders import Intent, OrderRecord
from bot.domain.plan import Environment, PlanLine, Proposal
from bot.domain.readings import AccountReading, Capabilities, MarketReading, Quote
from bot.domain.snapshot import Snapshot
from bot.engine.guard.case import Case, Worlds
from bot.engine.pie import bake
from bot.ports import Broker, Ledger
from bot.services.arming import standing
from bot.services.errand import Errand
from bot.services.loss_sales import policy_for
from bot.services.preconditions import ticked_legs
from bot.services.terms import code_version, new_york_date

DAY = timedelta(hours=26)  # a New York day and its longest change of the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One walk of an errand: what was known when it began.

    `planned` is what the plan was drawn for, `fresh` what was held when the run began, `earlier` what was held on the
    last day before the plan's; `steady_at` is the stopwatch's reading at `began_at`.
    """

    errand: Errand
    planned: Snapshot
    fresh: Snapshot
    earlier: Snapshot | None
    began_at: datetime
    steady_at: timedelta

    @property
    def wall_drift(self) -> timedelta:
        """How far the clock has strayed from the stopwatch since the run began."""
        clock = self.errand.clock
        return (clock.now() - self.began_at) - (clock.steady() - self.steady_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an account's keeper says just before an order."""

    reading: AccountReading
    quote: Quote | None
    market: MarketReading
    capabilities: Capabilities


def see(line: PlanLine, broker: Broker) -> Sight:
    """Ask for everything anew; LogIn, TryLater or Reconcile when it cannot be told."""
    reading = broker.read(line.account)
    market = broker.market()
    quote = next((quote for quote in broker.quotes([line.symbol]) if quote.symbol == line.symbol), None)
    return Sight(reading=reading, quote=quote, market=market, capabilities=broker.capabilities())


def case_of(run: Run, intent: Intent, sight: Sight) -> Case:
    """The case of one order. The plan is the one in the ledger, under a fingerprint that is computed from it anew.

    Raises:
        Reconcile: when the ledger does not have the plan any more.
    """
    errand = run.errand
    proposal, approval = stored(errand.proposal, errand.ledger)
    now = errand.clock.now()
    return Case(
        intent=intent,
        proposal=proposal,
        approval=approval,
        household=errand.household,
        policy=policy_for(intent.account, errand.policy, errand.ledger),
        limits=errand.terms.limits,
        planned=run.planned,
        fresh=run.fresh,
        reading=sight.reading,
        earlier=run.earlier,
        orders=_relevant(errand.ledger.orders(), proposal.fingerprint, now),
        kept=kept(errand, run.planned, intent.account),
        quote=sight.quote,
        now=now,
        run_began_at=run.began_at,
        broker_at=sight.market.at,
        wall_drift=run.wall_drift,
        last_fact_at=last_fact_at(errand.ledger, run.began_at),
        session=errand.calendar.session(new_york_date(now)),
        market_is_open=sight.market.is_open,
        halted=errand.brake.pulled(),
        worlds=Worlds(
            # An address that nobody vouches for counts as the world in which money moves.
            url=errand.addresses.get(intent.account, Environment.LIVE),
            key=sight.capabilities.environment,
            settings=errand.terms.environment,
            plan=proposal.environment,
            live_enabled=errand.terms.live_enabled and standing(errand.ledger) is not None,
        ),
        capabilities=sight.capabilities,
        settings_fingerprint=errand.terms.settings_fingerprint,
        code_version=code_version(),
        ticked=ticked_legs(proposal, errand.ledger),
    )


def renewed(run: Run, case: Case) -> Case:
    """The same case a moment later: brake and clocks are looked at again."""
    now = run.errand.clock.now()
    return replace(
        case,
        now=now,
        broker_at=case.broker_at + (now - case.now),
        wall_drift=run.wall_drift,
        halted=run.errand.brake.pulled(),
    )


def stored(proposal: Proposal, ledger: Ledger) -> tuple[Proposal, Approval | None]:
    """The plan of this name as the ledger has it, with its verdict; Reconcile when it has none."""
    for known, approval in ledger.proposals():
        if known.plan_id == proposal.plan_id:
            return known, approval
    raise Reconcile(f"The ledger has lost {proposal.plan_id}.")


def kept(errand: Errand, planned: Snapshot, account: str) -> Usd:
    """What no purchase may touch in this account: its buffer, and what the plan kept for earmarks."""
    buffer = errand.household.account(account).cash_buffer
    if not errand.household.earmarks_of(account):
        return buffer
    pie = bake(errand.household, errand.policy.on(planned.as_of_on), planned.sorted())
    return buffer + Usd(pie.earmarked(account))


def last_fact_at(ledger: Ledger, began_at: datetime) -> datetime:
    """The instant of the ledger's newest entry; snapshots are not read for it, the run has taken its own."""
    newest: list[datetime] = [began_at]
    for kind in get_args(Fact):
        if kind is not SnapshotTaken:
            newest += [fact.at for fact in islice(ledger.latest(kind), 1)]
    return max(newest)


def earlier_than(planned: Snapshot, ledger: Ledger) -> Snapshot | None:
    """The last snapshot of a day before the plan's; None where there is none."""
    taken = (fact.snapshot for fact in ledger.latest(SnapshotTaken))
    return next((one for one in taken if one.as_of_on < planned.as_of_on), None)


def _relevant(orders: Iterable[OrderRecord], plan: str, now: datetime) -> tuple[OrderRecord, ...]:
    """All orders that are not final, the plan's own, and those of the last day."""
    return tuple(
        order
        for order in orders
        if not order.state.is_final or order.intent.plan == plan or now - order.intended_at < DAY
    )
