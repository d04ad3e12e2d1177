"""The promises that every broker adapter keeps, whoever is behind it: a simulated broker, a file or a tape."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.brokers.statement.broker import StatementBroker
from adapters.clock import BrokerClock
from bot.domain.errors import RebaloopError
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, Intent, OrderState, Preview
from bot.domain.plan import Environment
from bot.domain.snapshot import Side
from bot.ports import Broker
from tests.fakes.broker import MONDAY, FakeBroker
from tests.tapes.worlds import Stage, alpaca, alpaca_tape, schwab, schwab_tape

BUY = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of(2),
    limit_price=Decimal("251.00"),
)
FAR = replace(BUY, limit_price=Decimal("200.00"))
UNPAYABLE = replace(BUY, line=2, quantity=Shares.of(1000))
SELL = replace(BUY, line=3, side=Side.SELL, limit_price=Decimal("249.00"))


@contextmanager
def fake(_: Path, __: str) -> Iterator[Stage]:
    yield Stage(broker=FakeBroker(cash={"ira": "1234.56"}, shares={"ira": {"VTI": "10"}}, prices={"VTI": "250"}))


@contextmanager
def statement(folder: Path, _: str) -> Iterator[Stage]:
    file = folder / "ira.csv"
    file.write_text("# as_of: 2026-02-27\nsymbol,quantity,price,cost_basis\nCASH,1234.56,,\nVTI,10,250,2000\n")
    yield Stage(broker=StatementBroker(account="ira", path=file, clock=BrokerClock(FakeBroker(cash={}))))


@pytest.fixture
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    with request.param(tmp_path, request.node.originalname) as stage:
        yield stage.broker


KEYED = [fake, alpaca, alpaca_tape]
UNKEYED = [schwab, schwab_tape]

every_broker = pytest.mark.parametrize("broker", [*KEYED, *UNKEYED, statement], indirect=True)
sending_broker = pytest.mark.parametrize("broker", [*KEYED, *UNKEYED], indirect=True)
refusing_broker = pytest.mark.parametrize("broker", [*KEYED, statement], indirect=True)
keyed_broker = pytest.mark.parametrize("broker", KEYED, indirect=True)
unkeyed_broker = pytest.mark.parametrize("broker", UNKEYED, indirect=True)


def holds_a_float(thing: object) -> bool:
    if isinstance(thing, tuple | list):
        return any(holds_a_float(item) for item in thing)
    if is_dataclass(thing):
        return any(holds_a_float(getattr(thing, field.name)) for field in fields(thing))
    return isinstance(thing, float)


@every_broker
def test_cash_and_positions_are_exact(broker: Broker) -> None:
    reading = broker.read("ira")

    assert (reading.cash_settled, reading.cash_unsettled) == (Usd.of("1234.56"), Usd())
    assert [(one.symbol, one.quantity, one.price) for one in reading.held] == [("VTI", Shares.of(10), Decimal(250))]


@every_broker
def test_a_reading_can_be_repeated(broker: Broker) -> None:
    assert broker.read("ira") == broker.read("ira")


@every_broker
def test_another_account_is_not_answered_for(broker: Broker) -> None:
    with pytest.raises(RebaloopError, match="someone else"):
        broker.read("someone else")


@every_broker
def test_the_history_of_another_account_is_not_given(broker: Broker) -> None:
    with pytest.raises(RebaloopError, match="someone else"):
        broker.activities("someone else", date(2026, 1, 1))


@every_broker
def test_the_brokers_clock_is_aware_utc(broker: Broker) -> None:
    assert broker.market().at == MONDAY
    assert broker.market().at.tzinfo is UTC


@sending_broker
def test_the_broker_says_that_the_session_runs(broker: Broker) -> None:
    assert broker.market().is_open


@every_broker
def test_a_symbol_without_a_quote_is_left_out(broker: Broker) -> None:
    assert "NOSUCH" not in {quote.symbol for quote in broker.quotes(["VTI", "NOSUCH"])}


@sending_broker
def test_a_quote_has_two_sides_that_do_not_cross(broker: Broker) -> None:
    (quote,) = broker.quotes(["VTI"])

    assert Decimal(0) < quote.bid <= quote.ask
    assert quote.at.tzinfo is UTC


@every_broker
def test_a_login_that_dies_says_when(broker: Broker) -> None:
    login = broker.login()

    assert login is None or login.logged_in_at == MONDAY < login.expires_at


@every_broker
def test_nothing_is_ever_a_float(broker: Broker) -> None:
    receipt = broker.submit(BUY)
    broker.find(BUY, receipt.broker_id)

    for thing in (broker.read("ira"), broker.activities("ira", date(2026, 1, 1)), broker.quotes(["VTI"])):
        assert not holds_a_float(thing)


@every_broker
def test_an_order_that_was_never_sent_is_not_found(broker: Broker) -> None:
    assert broker.find(BUY) is None


@refusing_broker
def test_an_order_that_cannot_be_taken_is_refused_with_words_and_not_found(broker: Broker) -> None:
    answer = broker.submit(UNPAYABLE)

    assert answer.answer is Answer.REFUSED
    assert answer.text
    assert broker.find(UNPAYABLE) is None


@unkeyed_broker
def test_an_order_that_cannot_be_carried_out_is_found_rejected_with_words(broker: Broker) -> None:
    receipt = broker.submit(UNPAYABLE)
    found = broker.find(UNPAYABLE, receipt.broker_id)

    assert found is not None
    assert (found.state, found.filled) == (OrderState.REJECTED, Shares())
    assert found.text


@every_broker
def test_a_refused_order_changes_nothing(broker: Broker) -> None:
    before = broker.read("ira")
    receipt = broker.submit(UNPAYABLE)
    broker.find(UNPAYABLE, receipt.broker_id)

    assert broker.read("ira") == before


@sending_broker
def test_looking_at_an_order_beforehand_places_none(broker: Broker) -> None:
    preview, hopeless = broker.preview(BUY), broker.preview(UNPAYABLE)

    assert not preview.rejects
    assert bool(hopeless.rejects) == broker.capabilities().previews
    assert broker.find(BUY) is None
    assert broker.capabilities().previews or preview == hopeless == Preview()


@every_broker
def test_a_keeper_without_orders_says_so(broker: Broker) -> None:
    can = broker.capabilities()

    assert can.sends_orders == (broker.submit(BUY).answer is Answer.ACCEPTED)
    assert can.environment is not Environment.LIVE


@sending_broker
def test_an_order_is_found_under_its_intent_and_matches_it(broker: Broker) -> None:
    receipt = broker.submit(BUY)
    found = broker.find(BUY, receipt.broker_id)

    assert found is not None
    assert found.matches(BUY)
    assert found.broker_id == receipt.broker_id
    assert found.client_order_id == (BUY.client_order_id if broker.capabilities().keyed else "")


@sending_broker
def test_an_order_of_a_program_is_among_the_recent_ones_whatever_became_of_it(broker: Broker) -> None:
    placed, withdrawn = broker.submit(BUY), broker.submit(replace(FAR, line=2))
    broker.cancel("ira", withdrawn.broker_id)

    assert {order.broker_id for order in broker.recent("ira")} == {placed.broker_id, withdrawn.broker_id}


@keyed_broker
def test_the_same_intent_twice_is_one_order(broker: Broker) -> None:
    broker.submit(BUY)
    second = broker.submit(BUY)
    broker.find(BUY)

    assert second.answer is Answer.UNKNOWN
    assert broker.read("ira").held[0].quantity == Shares.of(12)


@unkeyed_broker
def test_an_order_that_was_known_before_is_not_taken_for_a_new_one(broker: Broker) -> None:
    broker.submit(FAR)
    known = broker.order_ids("ira")
    second = replace(FAR, line=2, baseline=known)

    assert len(known) == 1
    assert broker.find(second) is None


@unkeyed_broker
def test_two_orders_that_look_alike_are_for_a_person(broker: Broker) -> None:
    broker.submit(FAR)
    broker.submit(replace(FAR, line=2))

    with pytest.raises(RebaloopError, match="2 orders"):
        broker.find(FAR)


@keyed_broker
def test_the_broker_id_of_another_order_is_an_alarm(broker: Broker) -> None:
    broker.submit(BUY)
    other = broker.submit(SELL)

    with pytest.raises(RebaloopError, match="two different orders"):
        broker.find(BUY, other.broker_id)


@unkeyed_broker
def test_the_broker_id_of_another_order_is_not_believed(broker: Broker) -> None:
    own, other = broker.submit(BUY), broker.submit(SELL)
    found = broker.find(BUY, other.broker_id)

    assert found is not None
    assert found.broker_id == own.broker_id


@sending_broker
def test_a_filled_order_has_moved_cash_and_shares(broker: Broker) -> None:
    broker.submit(BUY)
    found = broker.find(BUY)
    assert found is not None
    assert found.average_price is not None
    reading = broker.read("ira")

    assert (found.state, found.filled) == (OrderState.FILLED, BUY.quantity)
    assert reading.held[0].quantity == Shares.of(12)
    spent = Usd.of("1234.56") - reading.cash_settled - reading.cash_unsettled
    assert abs(spent - found.filled.value(found.average_price)) <= Usd(1)


@sending_broker
def test_the_proceeds_of_a_sale_are_not_settled_on_its_day(broker: Broker) -> None:
    broker.submit(SELL)
    broker.find(SELL)
    reading = broker.read("ira")

    assert reading.cash_settled == Usd.of("1234.56")
    assert Usd.of("498") < reading.cash_unsettled <= Usd.of("500")


@sending_broker
def test_a_fill_stands_in_the_history_with_its_order(broker: Broker) -> None:
    receipt = broker.submit(BUY)
    broker.find(BUY)
    (entry,) = broker.activities("ira", date(2026, 3, 2))

    told = (entry.order_id, entry.symbol, entry.side, entry.quantity)
    assert told == (receipt.broker_id, "VTI", Side.BUY, BUY.quantity)
    assert entry.on == date(2026, 3, 2)
    assert entry.net < Usd()


@sending_broker
def test_the_history_begins_on_the_day_asked_for(broker: Broker) -> None:
    broker.submit(BUY)
    broker.find(BUY)

    assert broker.activities("ira", date(2026, 3, 3)) == ()


@sending_broker
def test_an_open_order_is_reported_by_its_open_quantity(broker: Broker) -> None:
    broker.submit(FAR)
    reading = broker.read("ira")

    assert [(one.side, one.symbol, one.quantity) for one in reading.open_orders] == [(Side.BUY, "VTI", FAR.quantity)]
    assert reading.cash_settled == Usd.of("1234.56")


@sending_broker
def test_shares_that_an_open_sale_holds_are_not_available(broker: Broker) -> None:
    broker.submit(replace(SELL, limit_price=Decimal("300.00")))
    (held,) = broker.read("ira").held

    assert (held.quantity, held.available) == (Shares.of(10), Shares.of(8))


@sending_broker
def test_a_cancelled_order_is_found_cancelled(broker: Broker) -> None:
    receipt = broker.submit(FAR)
    broker.cancel("ira", receipt.broker_id)
    found = broker.find(FAR)

    assert found is not None
    assert found.state is OrderState.CANCELED


@sending_broker
def test_cancelling_a_filled_order_changes_nothing(broker: Broker) -> None:
    receipt = broker.submit(BUY)
    filled = broker.find(BUY)
    broker.cancel("ira", receipt.broker_id)

    assert broker.find(BUY) == filled


@every_broker
def test_an_order_for_another_account_is_never_sent(broker: Broker) -> None:
    before = broker.read("ira")

    assert broker.submit(replace(BUY, account="someone else")).answer is Answer.REFUSED
    assert broker.read("ira") == before


def test_a_brokers_clock_moves_only_with_the_broker() -> None:
    broker = FakeBroker(cash={})
    clock = BrokerClock(broker)
    clock.wait(86_400)
    assert clock.now() == MONDAY

    broker.at = datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert clock.now() == broker.at
