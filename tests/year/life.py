"""A year as a household lives it: days pass, the service rings, its owner reads the mail, and books are compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bot.cli.due import serve_due
from bot.domain.errors import RebaloopError, TryLater
from bot.domain.plan import Plan
from bot.domain.snapshot import Snapshot
from bot.engine.loop import draw
from bot.services import cycle
from bot.settings.settings import Settings
from bot.wiring import open_house, open_ledger, settings_from
from tests.year import town as towns
from tests.year.books import SecondBooks
from tests.year.owner import Owner
from tests.year.town import Town, at, days, is_session

SESSION = ((8, 30), (10, 5), (10, 30), (14, 45), (17, 10))
WEEKEND = ((9, 0),)
MAIL = {(9, 0), (10, 5), (17, 10)}  # when its owner looks at it
AGAIN = timedelta(minutes=6)  # a service that could not finish tries again soon
TRIES = 3


@dataclass(kw_only=True)
class Year:
    """The service rings at these `hours` of a session, on each day, or each second or third (`every`).

    `owner` exists once the year has begun.
    """

    town: Town
    seed: int
    hours: tuple[tuple[int, int], ...] = SESSION
    every: int = 1
    absent: bool = False
    logs_in_until: date = date.max
    rings: int = 0
    days_away: int = 0
    served: Counter[str] = field(default_factory=Counter)
    given_up: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    settings: Settings = field(init=False)
    books: SecondBooks = field(init=False)
    owner: Owner = field(init=False)
    seen: Snapshot = field(init=False)
    plan: Plan = field(init=False)

    def live(self) -> None:
        """From the opening to the last day, and a last look with the weather gone."""
        broker = self.town.broker
        with broker:
            self.settings = settings_from(self.town.furnish(), {})
            self.books = SecondBooks(town=self.town)
            self.owner = Owner(
                settings=self.settings,
                town=self.town,
                random=Random(self.seed),
                absent=self.absent,
                logs_in_until=self.logs_in_until,
            )
            for on in days(towns.OPENING, self.town.last):
                self._day(on)
            broker.faults.clear()
            self.town.theatre.log_in()
            with open_house(self.settings, writing=True) as house:
                self.seen = cycle.look(house)
                self.plan = draw(house.household, house.policy, self.seen)
            self.complaints += self.books.against_snapshot(self.seen)
        self.complaints += [f"the simulator failed: {one}" for one in broker.failures]

    def _day(self, on: date) -> None:
        self.town.broker.advance_to(at(on, 7, 30))
        self.town.morning(on)
        self.books.morning(on)
        away = towns.AWAY[0] <= on < towns.AWAY[1]
        self.days_away += away
        rests = away or on.toordinal() % self.every != 0
        for hour, minute in self.hours if is_session(on) else WEEKEND:
            self.town.broker.advance_to(at(on, hour, minute))
            if not rests:
                self._ring()
            if (hour, minute) in MAIL:
                self.owner.look_at_the_mail(on)
        self._evening(on)

    def _ring(self) -> None:
        """As the service does it: what failed and may pass is tried again a few minutes later."""
        for _ in range(TRIES):
            self.rings += 1
            try:
                tick, reports = serve_due(self.settings)
            except TryLater:
                self.trouble["TryLater"] += 1
                self.town.broker.advance(AGAIN)
                continue
            except RebaloopError as problem:
                self.trouble[type(problem).__name__] += 1
                return
            self.served += Counter(due.kind.value for due in tick.served)
            self.given_up += Counter(due.kind.value for due in tick.given_up)
            self.outcomes += Counter(report.outcome.value for report in reports)
            return

    def _evening(self, on: date) -> None:
        """Whatever is known to be over is compared, to the cent and to the share."""
        with open_ledger(self.settings) as ledger:
            orders = ledger.orders()
        self.books.evening(orders)
        if all(order.state.is_final for order in orders):
            self.complaints += [f"{on}: {one}" for one in self.books.against_brokers(self.town.broker.books)]
