"""Transactions at Schwab: trades with their legs, dividends, reinvestment, transfers."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import new_york, small_market, two_logins
from tests.adapters.simulator.schwab_customer import Account, Owner

PAY_DAY = new_york(date(2026, 3, 9), 12)


def test_a_buy_has_a_positive_amount_and_a_negative_cost(roth: Account) -> None:
    number = roth.place("BUY", "VTI", 2, "101.00")
    activity = roth.look(number)["orderActivityCollection"][0]
    (trade,) = roth.transactions("TRADE")
    assert (trade["orderId"], trade["activityId"]) == (number, activity["activityId"])
    fee, security = trade["transferItems"]
    assert (fee["feeType"], fee["instrument"]["symbol"]) == ("COMMISSION", "CURRENCY_USD")
    assert (security["amount"], security["cost"], security["positionEffect"]) == (2, Decimal("-200.02"), "OPENING")
    assert trade["netAmount"] == Decimal("-200.02")


def test_a_trade_date_is_new_yorks_midnight_in_winter_and_in_summer(both: SimulatedBroker, roth: Account) -> None:
    roth.look(roth.place("BUY", "VTI", 1, "101.00"))
    both.advance_to(new_york(date(2026, 3, 10), 12))
    roth.owner.log_in()
    roth.look(roth.place("BUY", "VTI", 1, "120.00"))
    summer, winter = roth.transactions("TRADE")
    assert (winter["tradeDate"], summer["tradeDate"]) == ("2026-03-02T05:00:00+0000", "2026-03-10T04:00:00+0000")
    assert winter["time"] == "2026-03-02T15:00:00+0000"


def test_a_sale_pays_its_fee_in_a_leg_of_its_own() -> None:
    alex, sam = two_logins()
    accounts = (replace(alex.accounts[0], sale_fee=Decimal("0.03")),)
    with SimulatedBroker(market=small_market(), schwab_logins=(replace(alex, accounts=accounts), sam)) as sim:
        roth = Account(Owner(sim, "alex").log_in(), "10000001")
        roth.look(roth.place("SELL", "VTI", 2, "90.00"))
        (sale,) = roth.transactions("TRADE")
        fees = {leg["feeType"]: leg["cost"] for leg in sale["transferItems"] if "feeType" in leg}
        assert fees == {"COMMISSION": 0, "SEC_FEE": Decimal("-0.03"), "TAF_FEE": 0}
        security = sale["transferItems"][-1]
        assert (security["amount"], security["cost"], security["positionEffect"]) == (-2, 200, "CLOSING")
        assert sale["netAmount"] == Decimal("199.97")
        assert roth.securities()["currentBalances"]["totalCash"] == Decimal("5200.22")


def test_a_dividend_is_cash_under_the_funds_name(both: SimulatedBroker, roth: Account) -> None:
    both.advance_to(PAY_DAY)
    roth.owner.log_in()
    (paid,) = roth.transactions()
    assert (paid["type"], paid["description"], paid["netAmount"]) == ("DIVIDEND_OR_INTEREST", "ALL STOCKS", 8)
    assert "orderId" not in paid


def test_a_reinvested_dividend_is_a_trade_without_an_order_beside_the_dividend(
    both: SimulatedBroker, roth: Account
) -> None:
    both.reinvest("10000001", "VTI")
    both.advance_to(PAY_DAY)
    roth.owner.log_in()
    bought, paid = roth.transactions()
    assert (bought["type"], bought["description"], paid["type"]) == ("TRADE", "ALL STOCKS", "DIVIDEND_OR_INTEREST")
    assert "orderId" not in bought
    assert bought["tradeDate"] == bought["settlementDate"] == bought["time"] == "2026-03-09T04:00:00+0000"
    (security,) = bought["transferItems"]
    assert (security["amount"], security["cost"]) == (Decimal("0.0727"), -8)
    assert bought["netAmount"] + paid["netAmount"] == 0
    assert roth.positions()["VTI"]["longQuantity"] == Decimal("16.0727")


def test_reinvestment_can_be_switched_off(both: SimulatedBroker, roth: Account) -> None:
    both.reinvest("10000001", "VTI")
    both.reinvest("10000001", "VTI", on=False)
    both.advance_to(PAY_DAY)
    roth.owner.log_in()
    assert [row["type"] for row in roth.transactions()] == ["DIVIDEND_OR_INTEREST"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [("CSD", "ACH_RECEIPT"), ("JNLC", "JOURNAL"), ("INT", "DIVIDEND_OR_INTEREST"), ("WIRE_IN", "WIRE_IN")],
)
def test_money_comes_in_under_the_vendors_names(both: SimulatedBroker, roth: Account, code: str, shown: str) -> None:
    both.enter("10000001", code, "12.34", description="from afar")
    (row,) = roth.transactions(shown)
    assert (row["netAmount"], row["description"]) == (Decimal("12.34"), "from afar")
    assert roth.securities()["currentBalances"]["totalCash"] == Decimal("5012.59")


def test_a_planned_deposit_is_pending_the_day_before(both: SimulatedBroker, roth: Account) -> None:
    both.deposit("10000001", "500", on=date(2026, 3, 3))
    assert roth.securities()["currentBalances"]["pendingDeposits"] == 500
    both.withdraw("10000001", "100")
    (out,) = roth.transactions()
    assert (out["type"], out["netAmount"]) == ("ACH_DISBURSEMENT", -100)


def test_shares_are_delivered_with_their_cost(both: SimulatedBroker, roth: Account) -> None:
    both.deliver("10000001", "BND", "3.5", cost="210", acquired_on=date(2020, 1, 2))
    (row,) = roth.transactions("RECEIVE_AND_DELIVER")
    assert (row["netAmount"], row["transferItems"][0]["amount"]) == (0, Decimal("3.5"))
    held = roth.positions()["BND"]
    assert (held["averagePrice"], held["settledLongQuantity"]) == (60, Decimal("3.5"))
    both.deliver("10000001", "BND", "-3.5")
    assert "BND" not in roth.positions()


def test_one_transaction_is_a_list_of_one(both: SimulatedBroker, roth: Account) -> None:
    both.deposit("10000001", 1)
    (row,) = roth.transactions()
    assert roth.owner.get(f"{roth.path}/transactions/{row['activityId']}") == [row]
    assert roth.owner.call("GET", f"{roth.path}/transactions/1").status == 404


def test_types_are_mandatory_and_a_closed_set(roth: Account) -> None:
    year = {"startDate": "2026-01-01T00:00:00.000Z", "endDate": "2026-12-31T00:00:00.000Z"}
    for query in (year, {**year, "types": "TRADE,GIFT"}, {**year, "types": ""}):
        assert roth.owner.call("GET", f"{roth.path}/transactions", **query).status == 400


def test_more_than_a_year_is_refused(roth: Account) -> None:
    query = {"startDate": "2025-01-01T00:00:00.000Z", "endDate": "2026-03-02T00:00:00.000Z", "types": "TRADE"}
    assert roth.owner.call("GET", f"{roth.path}/transactions", **query).status == 400


def test_a_list_is_filtered_by_time_and_symbol(both: SimulatedBroker, roth: Account) -> None:
    for symbol in ("VTI", "BND"):
        roth.look(roth.place("BUY", symbol, 1, "101.00"))
    assert len(roth.transactions("TRADE", symbol="VTI")) == 1
    assert roth.transactions("TRADE", startDate="2026-03-03T00:00:00.000Z") == []
    assert roth.transactions("TRADE", endDate="2026-03-02T14:59:59.000Z") == []


def test_three_thousand_rows_are_the_most(both: SimulatedBroker, roth: Account) -> None:
    for _ in range(3001):
        both.deposit("10000001", 1)
    rows = roth.transactions()
    assert len(rows) == 3000
    assert rows[0]["activityId"] > rows[-1]["activityId"]


def test_the_transactions_explain_the_cash(both: SimulatedBroker, roth: Account) -> None:
    both.reinvest("10000001", "VTI")
    both.deposit("10000001", "250.50", on=date(2026, 3, 4))
    roth.look(roth.place("BUY", "BND", 7, "71.00"))
    roth.look(roth.place("SELL", "VTI", 3, "90.00"))
    both.advance(timedelta(days=10))
    roth.owner.log_in()
    moved = sum(row["netAmount"] for row in roth.transactions())
    assert roth.securities()["currentBalances"]["totalCash"] == Decimal("5000.25") + moved
