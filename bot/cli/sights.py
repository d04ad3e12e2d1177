"""What a command of the tax room looks at: the live household with its books, or a household file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot import log
from bot.domain.errors import WrongUse
from bot.domain.household import Household
from bot.domain.readings import Activity, HouseholdFile
from bot.domain.steps import Step
from bot.domain.taxes import FilingStatus, Income, Taxes
from bot.engine.lots.nouns import Books
from bot.services.past import steps
from bot.services.sync import see
from bot.services.terms import new_york_date
from bot.wiring import open_house, settings_from


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A household on one day; `books`, `activities` and `steps` are those of a live one.

    `silent` are the accounts whose keepers tell no history; `begun` says on which day lots of an account were last
    written down, since what was sold before it is in no book.
    """

    day: HouseholdFile
    books: Books
    activities: Sequence[Activity] = ()
    steps: tuple[Step, ...] = ()
    silent: frozenset[str] = frozenset()
    begun: tuple[tuple[str, date], ...] = ()

    @property
    def household(self) -> Household:
        """The household itself."""
        return self.day.household


def live(explicit: Path | None, since: Callable[[date], date] | None = None) -> View:
    """The household of the settings; `since` tells, given today, how far back its histories are needed."""
    log.set_up(quiet=True)
    settings = settings_from(explicit)
    with open_house(settings) as house:
        today = new_york_date(house.clock.now())
        sight = see(
            household=house.household,
            brokers=house.brokers,
            calendar=house.calendar,
            clock=house.clock,
            ledger=house.ledger,
            fallback_prices=house.fallback_prices,
            seeds=house.seeds,
            since=None if since is None else since(today),
        )
        return View(
            day=HouseholdFile(household=house.household, policy=house.policy, snapshot=sight.snapshot),
            books=sight.books,
            activities=[one for told in sight.activities.values() for one in told],
            steps=steps(house.ledger),
            begun=tuple((seed.account, seed.as_of_on) for seed in house.seeds if seed.lots),
            silent=frozenset(one.account for one in sight.readings if one.stated_on is not None),
        )


def from_file(path: Path) -> View:
    """The household of a file, which has no books. Raises FixTheFile."""
    from adapters.files.household_file import read_household  # noqa: PLC0415 - a live household needs none of it

    return View(day=read_household(path), books=Books(by_account={}))


def with_income(view: View, status: str | None, income: int | None, state_pct: Decimal) -> View:
    """The view under other taxes than its own; unchanged where none are told. WrongUse for half of them."""
    if status is None and income is None:
        return view
    if status is None or income is None:
        raise WrongUse("A filing status and an income belong together: give both --filing-status and --income.")
    from adapters.files.tax_tables import read_tax_tables  # noqa: PLC0415 - flat rates need no table
    from bot.domain.money import Usd  # noqa: PLC0415 - same

    filing = FilingStatus(status)
    taxes = Taxes(
        filing_status=filing,
        income=Income(ordinary=Usd.of(income)),
        tables=read_tax_tables(filing),
        state_rate_pct=state_pct,
    )
    return replace(view, day=replace(view.day, policy=replace(view.day.policy, taxes=taxes)))


def known_symbol(household: Household, symbol: str) -> str:
    """The symbol as the household writes it; WrongUse for one that it does not know."""
    known = {one.symbol.upper(): one.symbol for one in household.instruments}
    if symbol.upper() not in known:
        raise WrongUse(f"There is no {symbol!r} in the household; it knows {', '.join(sorted(known.values()))}.")
    return known[symbol.upper()]
