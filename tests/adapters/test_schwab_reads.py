"""What an account at Schwab holds: which account it is, its cash, its positions, quotes and hours."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.brokers.schwab.broker import SchwabBroker
from adapters.brokers.schwab.refusals import Refused
from bot.domain.errors import NotAllowed, Reconcile, TryLater
from bot.domain.money import Shares, Usd
from bot.domain.plan import Environment
from bot.domain.readings import HeldReading
from bot.domain.snapshot import OpenOrder, Side
from tests.adapters.told_line import (
    IRA,
    LOST,
    MONDAY,
    TAXABLE,
    Replies,
    ToldLine,
    account,
    broker_over,
    listing,
    open_day,
    order,
    position,
)


def cash_of(kind: str, **balances: object) -> tuple[str, str]:
    line = ToldLine(accounts={"ira1": account(kind=kind, balances=balances)})
    reading = broker_over(line).read("ira")
    return reading.cash_settled.plain, reading.cash_unsettled.plain


def held(*positions: dict[str, Any]) -> tuple[HeldReading, ...]:
    return broker_over(ToldLine(accounts={"ira1": account(*positions)})).read("ira").held


def instrument(asset: str, symbol: str, **fields: object) -> dict[str, Any]:
    return {"assetType": asset, "symbol": symbol, **fields}


def test_an_account_is_asked_for_by_its_hash_and_known_by_its_number() -> None:
    line = ToldLine()
    broker_over(line).read("taxable")

    assert ("account", "taxable1") in line.asked


def test_every_broker_object_learns_the_hashes_anew() -> None:
    line = ToldLine(numbers=Replies([listing("1"), listing("2")]), accounts={"ira2": account()})
    first, second = broker_over(line), broker_over(line)

    assert first.read("ira") == second.read("ira")
    assert {one[1] for one in line.asked if one[0] == "account"} == {"ira1", "ira2"}


def test_a_hash_that_changes_during_a_run_is_looked_up_again() -> None:
    line = ToldLine(numbers=Replies([listing("1"), listing("2")]), accounts={"ira1": LOST, "ira2": account()})

    assert broker_over(line).read("ira").cash_settled == Usd.of(1000)


def test_an_account_that_stays_unknown_is_asked_for_twice_and_no_more() -> None:
    line = ToldLine(accounts={"ira1": LOST})
    with pytest.raises(Reconcile, match="refused"):
        broker_over(line).read("ira")

    assert line.count("account") == 2


def test_an_account_that_the_login_does_not_list_stops_every_account() -> None:
    line = ToldLine(numbers=listing("1")[:1])
    with pytest.raises(Reconcile, match="lacks taxable") as caught:
        broker_over(line).read("ira")

    assert TAXABLE not in caught.value.message


def test_an_answer_for_another_account_is_refused_without_its_number() -> None:
    line = ToldLine(accounts={"ira1": account(number=TAXABLE)})
    with pytest.raises(Reconcile, match="another account") as caught:
        broker_over(line).read("ira")

    assert TAXABLE not in caught.value.message


def test_a_number_that_is_no_text_has_lost_its_zeros_and_is_still_known() -> None:
    told = account(number="00110001")
    told["securitiesAccount"]["accountNumber"] = 110001
    line = ToldLine(accounts={"ira1": told}, numbers=[{"accountNumber": 110001, "hashValue": "ira1"}])
    broker = SchwabBroker(line=line, aliases={"ira": "00110001"}, environment=Environment.PAPER)

    assert broker.read("ira").cash_settled == Usd.of(1000)


@pytest.mark.parametrize(
    ("balances", "settled", "unsettled"),
    [
        ({"totalCash": 1000, "cashAvailableForTrading": 1000, "unsettledCash": 0}, "1000.00", "0.00"),
        ({"totalCash": 1000, "cashAvailableForTrading": 1000, "unsettledCash": 300}, "700.00", "300.00"),
        ({"totalCash": 1000, "cashAvailableForTrading": 400, "unsettledCash": 300}, "400.00", "600.00"),
        ({"totalCash": 1000}, "1000.00", "0.00"),
        ({"totalCash": 100, "unsettledCash": 300}, "0.00", "100.00"),
        ({"totalCash": -250, "cashAvailableForTrading": -250}, "-250.00", "0.00"),
        ({"cashBalance": Decimal("12.345")}, "12.34", "0.00"),
        ({"totalCash": 1000, "moneyMarketFund": 1000, "buyingPower": 9000}, "1000.00", "0.00"),
    ],
)
def test_a_cash_account_counts_its_cash_once_and_what_has_settled(
    balances: dict[str, object], settled: str, unsettled: str
) -> None:
    assert cash_of("CASH", **balances) == (settled, unsettled)


@pytest.mark.parametrize(
    ("balances", "settled", "unsettled"),
    [
        ({"cashBalance": 500, "buyingPower": 2000, "availableFunds": 900}, "500.00", "0.00"),
        ({"cashBalance": 500, "availableFundsNonMarginableTrade": 900}, "500.00", "0.00"),
        ({"cashBalance": 500, "availableFundsNonMarginableTrade": 200}, "200.00", "300.00"),
        ({"cashBalance": 0, "marginBalance": -700, "availableFundsNonMarginableTrade": 5000}, "-700.00", "0.00"),
        ({"cashBalance": -700, "marginBalance": -700}, "-700.00", "0.00"),
    ],
)
def test_a_margin_account_never_counts_what_could_be_borrowed(
    balances: dict[str, object], settled: str, unsettled: str
) -> None:
    assert cash_of("MARGIN", **balances) == (settled, unsettled)


def test_a_margin_account_that_tells_only_its_powers_is_refused() -> None:
    with pytest.raises(Reconcile, match="cashBalance"):
        cash_of("MARGIN", buyingPower=2000, availableFunds=1000)


def test_what_open_buys_hold_is_left_in_the_settled_cash() -> None:
    told = account(balances={"totalCash": 2000, "cashAvailableForTrading": 802})
    reading = broker_over(ToldLine(accounts={"ira1": told}, listed=[order()])).read("ira")

    assert (reading.cash_settled, reading.cash_unsettled) == (Usd.of(2000), Usd())
    assert reading.open_orders == (OpenOrder(side=Side.BUY, symbol="VTI", quantity=Shares.of(4)),)


def test_an_exchange_traded_fund_is_a_position_with_its_cost_and_its_price() -> None:
    assert held(
        position(count=Decimal("2.5"), averagePrice=Decimal("198.48209"), averageLongPrice=Decimal("198.48"))
    ) == (
        HeldReading(
            symbol="VTI",
            quantity=Shares.of("2.5"),
            available=Shares.of("2.5"),
            cost_basis=Usd.of("496.21"),
            price=Decimal(300),
        ),
    )


def test_the_average_of_the_lots_stands_in_for_a_missing_average() -> None:
    (one,) = held(position(averagePrice=None, taxLotAverageLongPrice=Decimal("251.5")))

    assert one.cost_basis == Usd.of(2515)


def test_an_unknown_average_is_an_unknown_cost() -> None:
    (one,) = held(position(averagePrice=0))

    assert one.cost_basis is None


def test_a_position_without_a_market_value_has_no_price() -> None:
    (one,) = held(position(marketValue=None))

    assert one.price is None


def test_no_positions_are_none_whether_the_key_is_there_or_not() -> None:
    told = account()
    del told["securitiesAccount"]["positions"]
    line = ToldLine(accounts={"ira1": told})

    assert broker_over(line).read("ira").held == held() == ()


def test_a_sweep_vehicle_is_the_cash_a_second_time_and_left_out() -> None:
    sweep = position(
        "MMDA1", 1000, marketValue=1000, instrument=instrument("CASH_EQUIVALENT", "MMDA1", type="SWEEP_VEHICLE")
    )

    assert held(sweep) == ()


def test_a_money_fund_is_a_position() -> None:
    fund = position(
        "SWVXX", 500, marketValue=500, instrument=instrument("CASH_EQUIVALENT", "SWVXX", type="MONEY_MARKET_FUND")
    )

    assert [(one.symbol, one.price) for one in held(fund)] == [("SWVXX", Decimal(1))]


def test_a_mutual_fund_is_a_position() -> None:
    fund = position("VTSAX", Decimal("12.345"), instrument=instrument("MUTUAL_FUND", "VTSAX"))

    assert [(one.symbol, one.quantity.plain) for one in held(fund)] == [("VTSAX", "12.345")]


def test_a_bond_is_counted_at_its_market_value_and_costs_what_its_gain_says() -> None:
    bill = position(
        "912797KA4",
        10_000,
        marketValue=Decimal("9876.50"),
        averagePrice=Decimal("98.1"),
        longOpenProfitLoss=Decimal("66.50"),
        instrument={"assetType": "FIXED_INCOME", "cusip": "912797KA4"},
    )
    (one,) = held(bill)

    assert one.price is not None
    assert (one.symbol, one.quantity.value(one.price), one.cost_basis) == ("912797KA4", Usd.of("9876.50"), Usd.of(9810))


@pytest.mark.parametrize(
    ("asset", "symbol"),
    [("OPTION", "VTI   260417P00250000"), ("FUTURE", "/ESH26"), ("INDEX", "$SPX"), ("FOREX", "EUR/USD"), ("NEWS", "X")],
)
def test_a_position_that_the_loop_does_not_understand_stops_it(asset: str, symbol: str) -> None:
    with pytest.raises(Reconcile, match="frozen: not something this loop understands"):
        held(position(instrument=instrument(asset, symbol)))


def test_a_short_position_stops_it() -> None:
    with pytest.raises(Reconcile, match="VTI is held short; it is frozen"):
        held(position(count=0, shortQuantity=5))


def test_a_position_that_was_closed_today_is_none() -> None:
    assert held(position(count=0, marketValue=0, instrument=instrument("OPTION", "VTI   260417P00250000"))) == ()


def test_a_symbol_listed_twice_is_refused() -> None:
    with pytest.raises(Reconcile, match="VTI twice"):
        held(position(), position())


def test_what_open_sales_hold_is_not_available() -> None:
    line = ToldLine(accounts={"ira1": account(position())}, listed=[order(instruction="SELL", filledQuantity=1)])
    (one,) = broker_over(line).read("ira").held

    assert (one.quantity, one.available) == (Shares.of(10), Shares.of(7))


def test_open_sales_of_more_than_is_held_are_refused() -> None:
    line = ToldLine(accounts={"ira1": account(position(count=3))}, listed=[order(instruction="SELL")])

    with pytest.raises(Reconcile, match="more shares of VTI than are held"):
        broker_over(line).read("ira")


def test_an_open_sale_of_what_is_not_held_is_refused() -> None:
    with pytest.raises(Reconcile, match="more shares of VTI than are held"):
        broker_over(ToldLine(listed=[order(instruction="SELL")])).read("ira")


def test_an_account_that_changes_between_two_looks_is_looked_at_again() -> None:
    before, after = account(), account(position(), balances={"totalCash": 500})
    line = ToldLine(accounts={"ira1": Replies([before, after])})
    reading = broker_over(line).read("ira")

    assert (reading.cash_settled, len(reading.held)) == (Usd.of(500), 1)


def test_prices_that_move_do_not_make_it_look_again() -> None:
    looks = [account(position(marketValue=value)) for value in (3000, 3001)]
    line = ToldLine(accounts={"ira1": Replies(looks)})
    broker_over(line).read("ira")

    assert line.count("account") == 2


def test_an_account_that_never_holds_still_is_for_later() -> None:
    line = ToldLine(accounts={"ira1": Replies([account(balances={"totalCash": cash}) for cash in range(9)])})

    with pytest.raises(TryLater, match="changes while"):
        broker_over(line).read("ira")


def test_the_chosen_lots_are_told_in_the_vendors_word() -> None:
    line = ToldLine(preferences={"accounts": [{"accountNumber": IRA, "lotSelectionMethod": "TAX_OPTIMIZER"}]})
    broker = broker_over(line)

    assert (broker.read("ira").lot_selection, broker.read("taxable").lot_selection) == ("TAX_OPTIMIZER", "")


def test_another_alias_is_not_answered_for() -> None:
    with pytest.raises(Reconcile, match="someone else"):
        broker_over(ToldLine()).read("someone else")


def quote(**fields: object) -> dict[str, Any]:
    told = {
        "bidPrice": Decimal("299.98"),
        "askPrice": Decimal("300.02"),
        "quoteTime": int(MONDAY.timestamp()) * 1000 - 250,
    }
    return {"symbol": "VTI", "realtime": True, "quote": told | fields}


def test_a_quote_has_both_sides_and_its_instant() -> None:
    (one,) = broker_over(ToldLine(prices={"VTI": quote()})).quotes(["VTI"])

    assert (one.bid, one.ask, MONDAY - one.at) == (Decimal("299.98"), Decimal("300.02"), timedelta(milliseconds=250))
    assert one.price == 300


@pytest.mark.parametrize(
    "told",
    [
        {"errors": {"invalidSymbols": ["VTI"]}},
        {"VTI": quote(bidPrice=0)},
        {"VTI": quote(askPrice=None)},
        {"VTI": quote(askPrice=Decimal("299.97"))},
        {"VTI": quote(quoteTime=None)},
        {"VTI": quote(quoteTime=int((MONDAY - timedelta(days=6)).timestamp()) * 1000)},
        {"VTI": quote() | {"realtime": False}},
        {"VTI": quote() | {"symbol": "VTV"}},
        {"VTI": {"symbol": "VTI", "assetMainType": "MUTUAL_FUND", "quote": {"nAV": 100}}},
    ],
)
def test_a_quote_that_is_missing_crossed_delayed_or_old_is_left_out(told: dict[str, Any]) -> None:
    assert broker_over(ToldLine(prices=told)).quotes(["VTI"]) == ()


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"), [(14, 29, False), (14, 30, True), (20, 59, True), (21, 0, False)]
)
def test_the_market_is_open_within_its_regular_hours_by_the_vendors_date(hour: int, minute: int, is_open: bool) -> None:
    at = datetime(2026, 3, 2, hour, minute, tzinfo=UTC)
    reading = broker_over(ToldLine(at=at)).market()

    assert (reading.at, reading.is_open) == (at, is_open)


def test_the_market_closes_early_when_the_vendor_says_so() -> None:
    hours = open_day(date(2026, 3, 2))
    hours["equity"]["EQ"]["sessionHours"]["regularMarket"][0]["end"] = "2026-03-02T09:45:00-05:00"

    assert not broker_over(ToldLine(at=MONDAY, hours=hours)).market().is_open


def test_a_day_without_a_session_is_shut_under_its_other_name() -> None:
    hours = {"equity": {"equity": {"date": "2026-03-02", "product": "equity", "isOpen": False}}}

    assert not broker_over(ToldLine(at=MONDAY, hours=hours)).market().is_open


def test_market_hours_of_another_day_are_refused() -> None:
    with pytest.raises(Reconcile, match="another day"):
        broker_over(ToldLine(at=MONDAY, hours=open_day(date(2026, 3, 3)))).market()


@pytest.mark.parametrize(("environment", "sends"), [(Environment.PAPER, True), (Environment.DRY_RUN, False)])
def test_orders_are_sent_in_the_paper_environment_alone(environment: Environment, sends: bool) -> None:
    able = broker_over(ToldLine(), environment=environment).capabilities()

    assert (able.sends_orders, able.keyed, able.dearest_first, able.previews, able.fractional) == (
        sends,
        False,
        True,
        True,
        False,
    )


def test_a_real_account_is_sent_nothing_in_the_paper_environment_either() -> None:
    assert not broker_over(ToldLine(sends_orders=False)).capabilities().sends_orders


def test_live_trading_is_not_possible() -> None:
    with pytest.raises(NotAllowed):
        broker_over(ToldLine(), environment=Environment.LIVE)


@pytest.mark.parametrize("sends", [True, False])
def test_live_orders_need_a_word_of_their_own_and_a_line_that_lets_them_out(sends: bool) -> None:
    line = ToldLine(sends_orders=sends)

    broker = SchwabBroker(line=line, aliases={"ira": "1"}, environment=Environment.LIVE, orders_allowed=True)

    assert broker.capabilities().sends_orders is sends


def test_what_happened_since_the_last_answer_is_not_cut_off() -> None:
    days_later = MONDAY + timedelta(days=6)
    line = ToldLine(at=MONDAY)

    def told(first: datetime, last: datetime) -> list[object]:
        line.at = days_later
        return []

    line.entries = told
    broker_over(line).activities("ira", date(2026, 3, 1))

    assert line.asked[-1][3] == days_later + timedelta(days=1)


def test_the_market_of_a_day_that_has_passed_is_asked_for_again() -> None:
    tuesday = MONDAY + timedelta(days=1)

    class Later(ToldLine):
        def market_hours(self, on: date) -> object:
            self.at = tuesday
            if on != tuesday.date():
                raise Refused("Schwab refused the question.", status=400, said="date must not be in the past")
            return super().market_hours(on)

    assert broker_over(Later(at=MONDAY)).market().at == tuesday


def test_market_hours_that_are_refused_for_today_are_refused() -> None:
    refusal = Refused("Schwab refused the question.", status=400, said="no")

    with pytest.raises(Refused):
        broker_over(ToldLine(at=MONDAY, hours=refusal)).market()
