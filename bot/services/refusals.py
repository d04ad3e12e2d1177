"""The beginning of a run with an approved plan: everything that forbids sending any of it now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.plan import PlanLine
from bot.domain.snapshot import Snapshot
from bot.domain.violations import Violation
from bot.services.errand import Errand
from bot.services.evidence import Run, earlier_than
from bot.services.moved import moved_weights
from bot.services.preconditions import (
    agreement,
    circumstances,
    open_market,
    snapshot_of,
    ticked_legs,
    usable_quotes,
)
from bot.services.strangers import stop_at_strangers
from bot.services.sync import take_snapshot


def begin(errand: Errand, lines: Sequence[PlanLine]) -> Run | tuple[Violation, ...]:
    """A run, or every reason against one; the outside world is asked only when the books agree.

    Raises:
        FixTheFile, Reconcile, LogIn, TryLater: when the accounts cannot be read.
    """
    began_at, steady_at = errand.clock.now(), errand.clock.steady()
    planned = snapshot_of(errand.proposal, errand.ledger)
    found = _by_the_books(errand, planned)
    brokers = {line.account: errand.brokers[line.account] for line in lines}
    found = found or open_market(errand.proposal, brokers, errand.calendar, began_at)
    if found or planned is None:
        return tuple(found)
    stop_at_strangers(brokers, errand.ledger, errand.brake)
    fresh = take_snapshot(
        household=errand.household,
        brokers=errand.brokers,
        calendar=errand.calendar,
        clock=errand.clock,
        ledger=errand.ledger,
        fallback_prices=errand.fallback_prices,
        seeds=errand.seeds,
    )
    found = _by_what_is_held(errand, planned, fresh)
    found = found or usable_quotes(lines, brokers, errand.proposal.price_collar_pct)
    if found:
        return tuple(found)
    return Run(
        errand=errand,
        planned=planned,
        fresh=fresh,
        earlier=earlier_than(planned, errand.ledger),
        began_at=began_at,
        steady_at=steady_at,
    )


def _by_the_books(errand: Errand, planned: Snapshot | None) -> list[Violation]:
    found = circumstances(errand.proposal, errand.terms, errand.clock.now(), errand.ledger)
    if planned is None:
        found.append(Violation(code="not_as_approved", message="The ledger has lost the snapshot of this plan."))
    why = errand.brake.pulled()
    if why and not found:
        found.append(Violation(code="halted", message=f"Everything is halted: {why}"))
    return found


def _by_what_is_held(errand: Errand, planned: Snapshot, fresh: Snapshot) -> list[Violation]:
    own = tuple(errand.orders().values())
    ticked = ticked_legs(errand.proposal, errand.ledger)
    return [
        *agreement(errand.proposal, planned, fresh, own, ticked),
        *moved_weights(errand.household, planned, fresh),
    ]
