"""A small household with a broker and books, for the tests of the stations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.facts import PlanProposed
from bot.domain.household import Account, Household, Kind
from bot.domain.instruments import Instrument
from bot.domain.limits import Limits
from bot.domain.money import Shares, Usd
from bot.domain.orders import OrderRecord
from bot.domain.plan import Certificate, Environment, Lever, Plan, PlanLine, Proposal
from bot.domain.snapshot import Side, Snapshot
from bot.domain.targets import Policy
from bot.ports import Ledger
from bot.services.approve import approve
from bot.services.cycle import run
from bot.services.errand import ExecutionReport
from bot.services.execute import carry_out
from bot.services.house import House, errand_for
from bot.services.propose import expiry
from bot.services.settle import settle_open
from bot.services.sync import take_snapshot
from bot.services.terms import Terms, code_version
from tests.fakes.brake import FakeBrake
from tests.fakes.calendar import WeekdayCalendar
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import MemoryLedger
from tests.fakes.postbox import FakePostbox
from tests.fakes.scripted_broker import ScriptedBroker

MONDAY_10_00 = datetime(2026, 3, 2, 15, tzinfo=UTC)  # in New York
HOUSEHOLD = Household(
    id="home",
    accounts=(
        Account(id="brokerage", kind=Kind.TAXABLE, menu=("VTI", "BND")),
        Account(id="rollover", kind=Kind.TRADITIONAL, menu=("VTI", "BND")),
    ),
    instruments=(
        Instrument(symbol="VTI", exposure=(("stocks", Decimal(1)),)),
        Instrument(symbol="BND", exposure=(("bonds", Decimal(1)),)),
    ),
)
POLICY = Policy(targets_pct=(("stocks", Decimal(60)), ("bonds", Decimal(40))))
TERMS = Terms(
    environment=Environment.PAPER,
    settings_fingerprint="settings-1",
    polls=3,
    limits=Limits(order_pct=Decimal(50), day_pct=Decimal(100)),
)


def line(number: int, side: Side, symbol: str, quantity: str, price: str, *, account: str = "rollover") -> PlanLine:
    """A sheltered swap's line; `replace` it for anything else."""
    return PlanLine(
        number=number,
        account=account,
        side=side,
        symbol=symbol,
        quantity=Shares.of(quantity),
        usd=Shares.of(quantity).value(Decimal(price)),
        price=Decimal(price),
        asset_class={"VTI": "stocks", "BND": "bonds"}[symbol],
        lever=Lever.SHELTER,
        reason="bonds are behind",
    )


SWAP = (line(1, Side.SELL, "VTI", "100", "100"), line(2, Side.BUY, "BND", "200", "50"))


def plan_of(*lines: PlanLine) -> Plan:
    """A plan that holds these lines and nothing else worth reading."""
    return Plan(
        household="home",
        as_of_on=MONDAY_10_00.date(),
        lines=lines,
        classes=(),
        pie=Usd.of(200000),
        drift_before=Usd.of(40000),
        drift_after=Usd(),
        drift_limit=Usd(),
        certificate=Certificate(),
        realized_gain=Usd(),
        tax=Usd(),
        tax_if_sold=Usd.of(1500),
        gain_if_sold=Usd.of(10000),
        cash_after=(),
    )


def a_broker(clock: FakeClock) -> ScriptedBroker:
    """Brokerage: 1,000 VTI and no cash. Rollover: 800 VTI, 400 BND and $100."""
    return ScriptedBroker(
        clock=clock,
        cash={"brokerage": "0", "rollover": "100"},
        shares={"brokerage": {"VTI": "1000"}, "rollover": {"VTI": "800", "BND": "400"}},
        prices={"VTI": "100", "BND": "50"},
    )


@dataclass
class Stage:
    """Everything that a station asks for, ready to be changed by a test."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY_10_00))
    ledger: Ledger = field(default_factory=MemoryLedger)
    brake: FakeBrake = field(default_factory=FakeBrake)
    postbox: FakePostbox = field(default_factory=FakePostbox)
    calendar: WeekdayCalendar = field(default_factory=WeekdayCalendar)
    household: Household = HOUSEHOLD
    policy: Policy = POLICY
    terms: Terms = TERMS
    broker: ScriptedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = a_broker(self.clock)

    @property
    def brokers(self) -> Mapping[str, ScriptedBroker]:
        """The one broker keeps all accounts."""
        return {account.id: self.broker for account in self.household.accounts}

    @property
    def house(self) -> House:
        """All of it, for a whole run."""
        return House(
            household=self.household,
            policy=self.policy,
            terms=self.terms,
            brokers=self.brokers,
            addresses=dict.fromkeys(self.brokers, Environment.PAPER),
            calendar=self.calendar,
            clock=self.clock,
            ledger=self.ledger,
            brake=self.brake,
            postbox=self.postbox,
            fallback_prices={},
        )

    def snapshot(self) -> Snapshot:
        """A fresh snapshot, in the ledger."""
        return take_snapshot(
            household=self.household,
            brokers=self.brokers,
            calendar=self.calendar,
            clock=self.clock,
            ledger=self.ledger,
            fallback_prices={},
        )

    def proposed(self, *lines: PlanLine, name: str = "P-2026-03-02-A") -> Proposal:
        """A proposal of these lines on a fresh snapshot, in the ledger."""
        snapshot = self.snapshot()
        proposal = Proposal(
            plan=plan_of(*lines),
            plan_id=name,
            environment=self.terms.environment,
            created_at=self.clock.now(),
            expires_at=expiry(self.clock.now(), self.terms.expires_sessions, self.calendar),
            snapshot_fingerprint=snapshot.fingerprint,
            settings_fingerprint=self.terms.settings_fingerprint,
            code_version=code_version(),
            price_collar_pct=self.terms.price_collar_pct,
        )
        self.ledger.record(PlanProposed(at=self.clock.now(), proposal=proposal))
        return proposal

    def approved(self, *lines: PlanLine) -> Proposal:
        """The same with a yes."""
        proposal = self.proposed(*lines)
        self.say_yes(proposal)
        return proposal

    def say_yes(self, proposal: Proposal) -> None:
        """Type the code."""
        approve(plan_id=proposal.plan_id, code=proposal.code, by="test", clock=self.clock, ledger=self.ledger)

    def carry_out(self, proposal: Proposal) -> ExecutionReport:
        """Execute it."""
        return carry_out(errand_for(self.house, proposal))

    def settle(self) -> tuple[OrderRecord, ...]:
        """Look up all open orders."""
        return settle_open(brokers=self.brokers, calendar=self.calendar, clock=self.clock, ledger=self.ledger)

    def say_yes_to_a_drawn_plan(self) -> Proposal:
        """A run that proposes, and a yes."""
        report = run(self.house)
        assert report.proposal is not None
        self.say_yes(report.proposal)
        return report.proposal
