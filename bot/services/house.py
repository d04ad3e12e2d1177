"""A household with its rules and terms, and everyone that a run has to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.household import Household
from bot.domain.plan import Environment, Proposal
from bot.domain.schedule import Schedule
from bot.domain.seeds import Seed
from bot.domain.targets import Policy
from bot.ports import Announcer, Brake, Broker, Clock, Gate, Ledger, MarketCalendar, Postbox
from bot.services.errand import Errand
from bot.services.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A household, its rules and terms, and everyone that a run has to ask.

    `addresses` tells for each account which world its keeper's address belongs to; `seeds` are the lots with which the
    book of lots begins. Without a `gate` one person decides for all, at the terminal; `page_url` is the address of
    the page, empty where there is none. `announcers` know for accounts when their funds pay.
    """

    household: Household
    policy: Policy
    terms: Terms
    brokers: Mapping[str, Broker]
    addresses: Mapping[str, Environment]
    calendar: MarketCalendar
    clock: Clock
    ledger: Ledger
    brake: Brake
    postbox: Postbox
    fallback_prices: Mapping[str, Decimal]
    seeds: tuple[Seed, ...] = ()
    gate: Gate | None = None
    page_url: str = ""
    schedule: Schedule = field(default_factory=Schedule)
    announcers: Mapping[str, Announcer] = field(default_factory=dict)


def errand_for(house: House, proposal: Proposal) -> Errand:
    """All that is needed to carry out an approved proposal of this house."""
    return Errand(
        proposal=proposal,
        household=house.household,
        policy=house.policy,
        terms=house.terms,
        brokers=house.brokers,
        addresses=house.addresses,
        calendar=house.calendar,
        clock=house.clock,
        ledger=house.ledger,
        brake=house.brake,
        fallback_prices=house.fallback_prices,
        seeds=house.seeds,
    )
