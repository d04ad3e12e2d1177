"""The account that a report gives of one year, put together from books, ledger and today's prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.cli.sights import View
from bot.domain.deferral import First, Scope
from bot.domain.money import Usd
from bot.domain.steps import NaiveYear, Step
from bot.engine.tax.estimate import on_gains, on_interest
from bot.engine.tax.held import all_gains, taxable_lots
from bot.engine.tax.naive import held_interest
from bot.engine.tax.shadow import naive_years
from bot.engine.tax.yearly import TaxYear, tax_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a report tells: the year as facts, the naive ways of all years, and what waits today.

    `unrecorded` are taxable accounts whose keepers tell no history: what was sold there is not in the figures; nor is
    what was sold in those of `begun` up to their day of the year, on which their lots were written down.
    """

    household: str
    on: date
    taxes: TaxYear
    naive: tuple[NaiveYear, ...]
    steps: tuple[Step, ...]
    waiting_gain: Usd
    waiting_tax: Usd
    interest: Usd
    interest_tax: Usd
    unrecorded: tuple[str, ...]
    begun: tuple[tuple[str, date], ...] = ()

    def way(self, scope: Scope, first: First) -> tuple[NaiveYear, ...]:
        """One naive way, year by year."""
        return tuple(one for one in self.naive if (one.scope, one.first) == (scope, first))

    def of_year(self, scope: Scope, first: First) -> NaiveYear | None:
        """One naive way in the report's year; None where no plan was carried out in it."""
        return next((one for one in self.way(scope, first) if one.year == self.taxes.year), None)

    @property
    def steps_of_year(self) -> tuple[Step, ...]:
        """The plans carried out in the report's year."""
        return tuple(step for step in self.steps if step.on.year == self.taxes.year)


def account_of(view: View, year: int) -> Account:
    """The account of a year, with what waits on the day of the view."""
    household, policy, snapshot = view.day.household, view.day.policy, view.day.snapshot
    on = snapshot.as_of_on
    gains = all_gains(taxable_lots(household, snapshot), dict(snapshot.prices), on)
    interest = held_interest(household, policy, snapshot)
    return Account(
        household=household.id,
        on=on,
        taxes=tax_year(household, policy, view.books, view.activities, year),
        naive=naive_years(household, policy, view.steps),
        steps=view.steps,
        waiting_gain=Usd(gains.short + gains.long),
        waiting_tax=on_gains(policy, gains, on),
        interest=interest,
        interest_tax=on_interest(policy, interest, on),
        unrecorded=tuple(
            account.id for account in household.accounts if not account.kind.sheltered and account.id in view.silent
        ),
        begun=tuple(
            (name, day)
            for name, day in view.begun
            if day >= date(year, 1, 1) and name not in view.silent and not household.account(name).kind.sheltered
        ),
    )
