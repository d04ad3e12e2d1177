"""Days of paper trading in the books: one share is sold or bought again, filled and reconciled, a session at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.domain.facts import Break, Reconciled
from bot.domain.plan import Environment, Proposal
from bot.domain.snapshot import Side
from bot.services.cycle import run
from bot.services.house import House
from tests.fakes.clock import FakeClock
from tests.services.stage import Stage, line

FIRST_DAY = datetime(2026, 2, 9, 15, tzinfo=UTC)  # a Monday, 10:00 in New York
A_BREAK = Break(account="rollover", symbol="VTI", expected="799", found="800", message="One share too many.")
PACE = (1, 1, 1, 1, 3)  # days to the next session, from a Monday on


@dataclass
class PaperTrading:
    """A stage on which plans are carried out, one after the other."""

    stage: Stage = field(default_factory=lambda: Stage(clock=FakeClock(FIRST_DAY)))
    plans: int = 0

    @property
    def house(self) -> House:
        """All of it, its addresses in the world of its mode."""
        house = self.stage.house
        return replace(house, addresses=dict.fromkeys(house.brokers, self.stage.terms.environment))

    def plan(self, *, breaks: bool = False) -> Proposal:
        """One plan, approved and carried out; `breaks`: afterwards the broker holds a share more than the books say."""
        side = (Side.SELL, Side.BUY)[self.plans % 2]
        name = f"P-{self.stage.clock.now():%Y-%m-%d}-{'ABCDEFGH'[self.plans % 8]}"
        self.plans += 1
        proposal = self.stage.proposed(line(1, side, "VTI", "1", "100"), name=name)
        self.stage.say_yes(proposal)
        run(self.house)
        if breaks:
            found = next(iter(self.stage.ledger.latest(Reconciled)))
            self.stage.ledger.record(replace(found, breaks=(A_BREAK,)))
        return proposal

    def sleep(self) -> None:
        """Until the same hour of the next session."""
        self.stage.clock.pass_by(timedelta(days=PACE[self.stage.clock.now().weekday()]))
        self.stage.broker.settle()

    def days(self, count: int) -> None:
        """One plan a session."""
        for _ in range(count):
            self.plan()
            self.sleep()

    def goes_live(self) -> None:
        """From now on the same accounts count as real ones."""
        self.stage.terms = replace(self.stage.terms, environment=Environment.LIVE, live_enabled=True)
        self.stage.broker.environment = Environment.LIVE
