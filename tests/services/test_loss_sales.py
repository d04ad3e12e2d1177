"""A sale that was to realise a loss is checked against the broker's own costs, and a gain ends such sales."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.domain.facts import LossSalesHalted, Reconciled
from bot.domain.money import Shares, Usd
from bot.domain.plan import Lever, Proposal
from bot.domain.readings import Activity, ActivityKind
from bot.domain.snapshot import Side
from bot.domain.targets import TaxableSells
from bot.services.accept import accept
from bot.services.loss_sales import halted, policy_of_all
from bot.services.reconcile import compare
from tests.fakes.unkeyed_broker import UnkeyedBroker, an_unkeyed_broker
from tests.services.stage import POLICY, Stage, line

SALE = replace(line(1, Side.SELL, "VTI", "10", "100", account="brokerage"), lever=Lever.LOSS)


@dataclass
class Opted(Stage):
    """Losses may be taken; all of the taxable shares were bought at $120, by the broker's words too."""

    broker: UnkeyedBroker = field(init=False)

    def __post_init__(self) -> None:
        self.policy = replace(POLICY, taxable_sells=TaxableSells.LOSSES_ONLY)
        self.broker = an_unkeyed_broker(self.clock)
        self.broker.costs["brokerage", "VTI"] = "120000"
        bought = Activity(
            activity_id="t1",
            account="brokerage",
            kind=ActivityKind.TRADE,
            on=self.clock.now().date().replace(month=1),
            net=Usd.of(-120000),
            symbol="VTI",
            side=Side.BUY,
            quantity=Shares.of(1000),
            price=Decimal(120),
        )
        self.broker._history.append(bought)

    def sold(self, cost_after: str) -> Proposal:
        """The sale, after which the broker says that the rest cost so much."""
        proposal = self.approved(SALE)
        self.carry_out(proposal)
        self.broker.costs["brokerage", "VTI"] = cost_after
        return proposal

    def compared(self, proposal: Proposal) -> Reconciled:
        """After the run."""
        return compare(
            proposal=proposal,
            household=self.household,
            brokers=self.brokers,
            clock=self.clock,
            ledger=self.ledger,
            brake=self.brake,
        )


def test_a_loss_sale_asks_for_the_dearest_lots() -> None:
    stage = Opted()
    stage.sold("118800")

    assert [intent.dearest_first for intent in stage.broker.sent] == [True]


def test_a_loss_by_the_brokers_own_costs_halts_nothing() -> None:
    stage = Opted()

    assert stage.compared(stage.sold("118800")).breaks == ()
    assert halted(stage.ledger) == frozenset()


def test_a_gain_by_the_brokers_own_costs_halts_the_loss_sales_of_the_account() -> None:
    """Ten shares brought $1,000 and the position's cost went down by $500 alone: other lots were taken."""
    stage = Opted()
    proposal = stage.sold("119500")
    stage.compared(proposal)
    stage.compared(proposal)

    facts = [fact for fact in stage.ledger.facts() if isinstance(fact, LossSalesHalted)]
    assert [(fact.account, fact.symbol, fact.gain) for fact in facts] == [("brokerage", "VTI", Usd.of(500))]
    assert policy_of_all(stage.policy, stage.ledger).taxable_sells is TaxableSells.NEVER


def test_a_halted_account_sells_nothing_until_its_owner_accepts_it() -> None:
    stage = Opted()
    stage.ledger.record(LossSalesHalted(at=stage.clock.now(), account="brokerage", symbol="VTI", gain=Usd.of(1)))
    proposal = stage.approved(SALE)

    refused = stage.carry_out(proposal)
    stage.clock.wait(1)
    accept(account="brokerage", why="seen", household=stage.household, clock=stage.clock, ledger=stage.ledger)
    stage.carry_out(proposal)

    assert "nothing is sold there" in refused.legs[0].note
    assert len(stage.broker.sent) == 1


def test_a_broker_that_tells_no_costs_proves_nothing() -> None:
    stage = Opted()
    stage.broker.costs.clear()
    proposal = stage.approved(SALE)
    stage.carry_out(proposal)
    stage.compared(proposal)

    assert halted(stage.ledger) == frozenset()
