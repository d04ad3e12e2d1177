"""A month of the ledger in one letter."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.facts import PlanProposed, Reconciled, SnapshotTaken
from bot.domain.letter import Letter
from bot.domain.money import Usd
from bot.engine.loop import draw
from bot.letters.digest import Month, digest_letter
from bot.services.cycle import observe
from bot.services.house import House
from bot.services.terms import new_york_date


def month_letter(house: House, on: date) -> Letter:
    """The letter about the month before that day, with the pie as it is now.

    Raises:
        RebaloopError: where the accounts cannot be read; then there is no letter yet.
    """
    first_on = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    last_on = on.replace(day=1) - timedelta(days=1)
    snapshot = observe(house).snapshot
    plan = draw(house.household, house.policy, snapshot)
    month = _month(house, first_on, last_on, tuple(remark.message for remark in snapshot.remarks))
    return digest_letter(month, plan, house.terms.environment)


def _month(house: House, first_on: date, last_on: date, remarks: tuple[str, ...]) -> Month:
    facts = [fact for fact in house.ledger.facts() if first_on <= new_york_date(fact.at) <= last_on]
    proposed = [fact.proposal for fact in facts if isinstance(fact, PlanProposed)]
    filled = [one for one in house.ledger.orders() if one.filled]
    orders = [one for one in filled if first_on <= new_york_date(one.intended_at) <= last_on]
    carried_out = {one.intent.plan for one in orders}
    return Month(
        first_on=first_on,
        looks=sum(isinstance(fact, SnapshotTaken) for fact in facts),
        plans=len(proposed),
        orders=len(orders),
        realized_gain=Usd.total(fact.realized_gain for fact in facts if isinstance(fact, Reconciled)),
        deferred=Usd.total(one.plan.tax_deferred for one in proposed if one.fingerprint in carried_out),
        waiting=tuple(one.plan_id for one, verdict in house.ledger.proposals() if verdict is None),
        remarks=remarks,
    )
