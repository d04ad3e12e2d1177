"""The whole adapter against a simulated Schwab, over HTTP and with the vendor's own client library."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.logins import log_in
from adapters.brokers.schwab.redirects import authorization_url
from adapters.simulator.books.account import OpeningPosition
from adapters.simulator.market.exchange import Asset, AssetKind, Dividend, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.schwab.logins import AccountKind, SchwabAccount, SchwabLogin
from adapters.simulator.server import SimulatedBroker
from bot.domain.errors import Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent, OrderState
from bot.domain.plan import Environment
from bot.domain.readings import ActivityKind
from bot.domain.snapshot import OpenOrder, Side
from tests.fakes.clock import FakeClock

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # ten o'clock in New York
BACK = "https://127.0.0.1:8182/"
IRA, TAXABLE = "11110001", "22220002"
BUY = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(4),
    limit_price=Decimal("251.00"),
)
WAITING = replace(BUY, limit_price=Decimal("200.00"))


@contextmanager
def simulated() -> Iterator[SimulatedBroker]:
    """Two accounts of one login: an IRA with $2,000 and ten VTI at $250, and a margin account with $100."""
    held = OpeningPosition(symbol="VTI", qty=Decimal(10), cost=Decimal(2000), acquired_on=date(2024, 1, 2))
    paid = Dividend(
        symbol="VTI",
        per_share=Decimal("0.9"),
        ex_on=date(2026, 3, 4),
        record_on=date(2026, 3, 4),
        pay_on=date(2026, 3, 6),
    )
    market = Market(
        start_at=MONDAY,
        assets=(Asset(symbol="VTI"), Asset(symbol="BND"), Asset(symbol="SWTSX", kind=AssetKind.MUTUAL_FUND)),
        prices={"VTI": PricePath.flat("250"), "BND": PricePath.flat("70"), "SWTSX": PricePath.flat("90")},
        dividends=(paid,),
    )
    ira = SchwabAccount(
        name="ira", number=IRA, cash=Decimal(2000), positions=(held,), sweep_fund="MMDA1", nickname="Contributory"
    )
    taxable = SchwabAccount(name="taxable", number=TAXABLE, cash=Decimal(100), kind=AccountKind.MARGIN)
    login = SchwabLogin(name="alex", app_key="app", app_secret="app-secret", callback_url=BACK, accounts=(ira, taxable))
    with SimulatedBroker(market=market, schwab_logins=(login,)) as sim:
        yield sim
        assert not sim.failures


@pytest.fixture
def sim() -> Iterator[SimulatedBroker]:
    with simulated() as opened:
        yield opened


def access_to(sim: SimulatedBroker, folder: Path) -> Access:
    """A login that its owner has just made."""
    made = Access(
        name="alex",
        app_key="app",
        app_secret="app-secret",
        callback_url=BACK,
        token_path=folder / "alex.json",
        origin=sim.url,
    )
    asked = authorization_url(made, MONDAY)
    log_in(made, sim.schwab_login("alex", asked), expected={"ira": IRA, "taxable": TAXABLE}, clock=FakeClock(MONDAY))
    return made


@pytest.fixture
def access(sim: SimulatedBroker, tmp_path: Path) -> Access:
    folder = tmp_path / "tokens"
    folder.mkdir(mode=0o700)
    return access_to(sim, folder)


def opened(access: Access) -> SchwabBroker:
    line = Line(access, environment=Environment.PAPER, clock=FakeClock(MONDAY))
    return SchwabBroker(line=line, aliases={"ira": IRA, "taxable": TAXABLE}, environment=Environment.PAPER)


@pytest.fixture
def broker(access: Access) -> SchwabBroker:
    return opened(access)


def posts(sim: SimulatedBroker) -> int:
    return sum(line.method == "POST" and line.path.endswith("/orders") for line in sim.requests)


def test_two_accounts_are_read_behind_one_login(broker: SchwabBroker) -> None:
    ira, taxable = broker.read("ira"), broker.read("taxable")

    assert (ira.cash_settled, ira.cash_unsettled, ira.lot_selection) == (Usd.of(2000), Usd(), "FIFO")
    assert [(one.symbol, one.quantity, one.cost_basis, one.price) for one in ira.held] == [
        ("VTI", Shares.of(10), Usd.of(2000), Decimal(250))
    ]
    assert (taxable.cash_settled, taxable.held) == (Usd.of(100), ())


def test_the_vendors_date_is_its_clock(broker: SchwabBroker) -> None:
    reading = broker.market()

    assert (reading.at, reading.is_open) == (MONDAY, True)


def test_quotes_come_with_both_sides(broker: SchwabBroker) -> None:
    found = broker.quotes(["VTI", "NOPE", "BND"])

    assert [one.symbol for one in found] == ["VTI", "BND"]
    assert all(one.bid <= one.price <= one.ask and MONDAY - one.at <= timedelta(minutes=1) for one in found)


def test_a_purchase_is_previewed_sent_once_and_found_filled(broker: SchwabBroker, sim: SimulatedBroker) -> None:
    intent = replace(BUY, baseline=broker.order_ids("ira"))
    assert not broker.preview(intent).rejects
    submission = broker.submit(intent)
    found = broker.find(intent, submission.broker_id)

    assert submission.answer is Answer.ACCEPTED
    assert found is not None
    assert (found.state, found.filled, found.broker_id) == (OrderState.FILLED, Shares.of(4), submission.broker_id)
    assert found.average_price is not None
    assert found.average_price <= intent.limit_price
    assert posts(sim) == 1


def test_an_order_is_found_without_its_number(broker: SchwabBroker) -> None:
    intent = replace(WAITING, baseline=broker.order_ids("ira"))
    submission = broker.submit(intent)
    found = broker.find(intent)

    assert found is not None
    assert found.broker_id == submission.broker_id


def test_an_order_that_was_never_sent_is_not_found(broker: SchwabBroker) -> None:
    broker.submit(WAITING)
    later = replace(WAITING, line=2, baseline=broker.order_ids("ira"))

    assert broker.find(later) is None
    assert broker.find(later, later.baseline[0]) is None


def test_two_orders_that_look_alike_are_for_a_person(broker: SchwabBroker) -> None:
    broker.submit(WAITING)
    broker.submit(replace(WAITING, line=2))

    with pytest.raises(Reconcile, match="2 orders look like"):
        broker.find(WAITING)


def test_a_working_order_is_open_and_holds_no_settled_cash_twice(broker: SchwabBroker) -> None:
    broker.submit(WAITING)
    reading = broker.read("ira")

    assert reading.open_orders == (OpenOrder(side=Side.BUY, symbol="VTI", quantity=Shares.of(4)),)
    assert (reading.cash_settled, reading.cash_unsettled) == (Usd.of(2000), Usd())


def test_a_cancelled_order_is_cancelled(broker: SchwabBroker) -> None:
    submission = broker.submit(WAITING)
    broker.cancel("ira", submission.broker_id)
    found = broker.find(WAITING, submission.broker_id)

    assert found is not None
    assert (found.state, found.filled) == (OrderState.CANCELED, Shares())


def test_a_sale_of_the_dearest_lots_leaves_its_proceeds_unsettled_until_the_next_day(
    broker: SchwabBroker, sim: SimulatedBroker
) -> None:
    sale = replace(BUY, side=Side.SELL, limit_price=Decimal("249.00"), dearest_first=True)
    found = broker.find(sale, broker.submit(sale).broker_id)
    today = broker.read("ira")
    sim.advance(timedelta(days=1))
    tomorrow = broker.read("ira")

    assert found is not None
    assert found.state is OrderState.FILLED
    assert today.cash_settled == Usd.of(2000)
    assert today.cash_unsettled.cents > 0
    assert tomorrow.cash_settled == today.cash_settled + today.cash_unsettled


def test_an_order_that_cannot_be_paid_for_is_rejected_in_words_in_the_preview_and_afterwards(
    broker: SchwabBroker,
) -> None:
    dear = replace(BUY, quantity=Shares.of(1000))
    preview, submission = broker.preview(dear), broker.submit(dear)
    found = broker.find(dear, submission.broker_id)

    assert preview.rejects
    assert found is not None
    assert found.state is OrderState.REJECTED
    assert found.text.startswith("REJECTED: ")


def test_a_state_that_nobody_knows_is_open(broker: SchwabBroker, sim: SimulatedBroker) -> None:
    submission = broker.submit(WAITING)
    sim.show_status("AWAITING_THE_MOON", order_id=submission.broker_id)
    found = broker.find(WAITING, submission.broker_id)

    assert found is not None
    assert not found.state.is_final
    assert broker.read("ira").open_orders


def test_hashes_that_change_between_and_within_runs_change_nothing(
    broker: SchwabBroker, access: Access, sim: SimulatedBroker
) -> None:
    before = broker.read("ira")
    sim.rotate_hashes()
    within = broker.read("ira")
    sim.rotate_hashes()

    assert before == within == opened(access).read("ira")
    assert broker.submit(WAITING).answer is not Answer.ACCEPTED or broker.read("ira").open_orders


def test_the_history_tells_trades_dividends_deposits_and_shares_that_were_delivered(
    broker: SchwabBroker, sim: SimulatedBroker
) -> None:
    broker.submit(BUY)
    sim.deposit(IRA, "500", on=date(2026, 3, 3))
    sim.advance(timedelta(days=6))
    sim.deliver(IRA, "BND", 3, cost=200)
    entries = broker.activities("ira", date(2025, 1, 1))

    assert [one.on for one in entries] == sorted(one.on for one in entries)
    told = {one.kind: one for one in entries}
    trade, transfer = told[ActivityKind.TRADE], told[ActivityKind.TRANSFER]
    assert (trade.symbol, trade.side, trade.quantity, trade.on) == ("VTI", Side.BUY, Shares.of(4), date(2026, 3, 2))
    assert trade.order_id in broker.order_ids("ira")
    assert (transfer.symbol, transfer.quantity) == ("BND", Shares.of(3))
    assert told[ActivityKind.DEPOSIT].net == Usd.of(500)
    assert told[ActivityKind.DIVIDEND].net == Usd.of("12.60")


def test_a_dividend_that_is_reinvested_is_seen(broker: SchwabBroker, sim: SimulatedBroker) -> None:
    sim.reinvest(IRA, "VTI")
    sim.advance(timedelta(days=6))
    trades = [one for one in broker.activities("ira", date(2026, 3, 1)) if one.kind is ActivityKind.TRADE]

    assert [(one.symbol, one.side, one.reinvested, one.order_id) for one in trades] == [("VTI", Side.BUY, True, "")]


def test_cash_and_shares_of_the_history_add_up_to_what_is_held(broker: SchwabBroker, sim: SimulatedBroker) -> None:
    before = broker.read("ira")
    broker.submit(BUY)
    broker.submit(replace(BUY, side=Side.SELL, quantity=Shares.of(3), limit_price=Decimal("249.00")))
    sim.deposit(IRA, "500", on=date(2026, 3, 3))
    sim.advance(timedelta(days=6))
    after, entries = broker.read("ira"), broker.activities("ira", date(2026, 3, 1))

    cash = before.cash_settled + Usd.total(one.net for one in entries)
    assert cash == after.cash_settled + after.cash_unsettled
    assert after.held[0].quantity == Shares.of(11)


def test_a_mutual_fund_is_not_sent(broker: SchwabBroker, sim: SimulatedBroker) -> None:
    submission = broker.submit(replace(BUY, symbol="SWTSX"))

    assert (submission.answer, posts(sim)) == (Answer.REFUSED, 0)
