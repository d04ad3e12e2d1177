"""Accounts at Schwab: hashes, balances, positions and preferences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from adapters.simulator.books.orders import FILL_AT_ONCE
from adapters.simulator.market.exchange import Asset, AssetKind, Market
from adapters.simulator.market.prices import PricePath
from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY, new_york, small_market, two_logins
from tests.adapters.simulator.customer import Customer
from tests.adapters.simulator.schwab_customer import Account, Owner


def test_the_list_of_accounts_has_no_hashes(alex: Owner) -> None:
    listed = alex.get("/trader/v1/accounts")
    assert [row["securitiesAccount"]["accountNumber"] for row in listed] == ["10000001", "10000002"]
    assert [row["securitiesAccount"]["type"] for row in listed] == ["CASH", "MARGIN"]
    assert not any("hash" in str(row).lower() for row in listed)


def test_positions_are_there_when_asked_for_and_held(roth: Account, joint: Account) -> None:
    assert "positions" not in roth.securities()
    assert "positions" not in joint.securities(fields="positions")
    assert list(roth.positions()) == ["VTI"]


def test_hashes_rotate_and_the_old_ones_name_nothing(both: SimulatedBroker, alex: Owner, roth: Account) -> None:
    old = roth.path
    both.rotate_hashes()
    refused = alex.call("GET", old)
    assert (refused.status, refused.body) == (400, {"message": "Invalid account number"})
    assert roth.path != old
    assert roth.securities()["accountNumber"] == "10000001"


def test_an_account_number_is_no_hash(alex: Owner) -> None:
    refused = alex.call("GET", "/trader/v1/accounts/10000001")
    assert refused.body == {"message": "Invalid account number"}


def test_a_sale_is_cash_to_trade_with_now_and_to_withdraw_when_settled(both: SimulatedBroker, roth: Account) -> None:
    roth.place("SELL", "VTI", 4, "90.00")
    sold = roth.securities()["currentBalances"]
    assert (sold["totalCash"], sold["unsettledCash"]) == (Decimal("5400.25"), 400)
    assert sold["cashAvailableForTrading"] == Decimal("5400.25")
    assert sold["cashAvailableForWithdrawal"] == Decimal("5000.25")
    both.advance_to(new_york(date(2026, 3, 3), 7))
    roth.owner.refresh()
    settled = roth.securities()["currentBalances"]
    assert (settled["unsettledCash"], settled["cashAvailableForWithdrawal"]) == (0, Decimal("5400.25"))


def test_an_open_buy_holds_its_cash(roth: Account) -> None:
    roth.place("BUY", "VTI", 10, "50.00")
    balances = roth.securities()["currentBalances"]
    assert (balances["cashAvailableForTrading"], balances["totalCash"]) == (Decimal("4500.25"), Decimal("5000.25"))


def test_a_margin_account_shows_twice_its_funds_as_buying_power(joint: Account) -> None:
    shown = joint.securities()
    assert shown["currentBalances"]["cashBalance"] == 10000
    assert shown["currentBalances"]["buyingPower"] == 20000
    assert "unsettledCash" not in shown["currentBalances"]
    assert shown["initialBalances"]["isInCall"] is False


def test_an_etf_is_a_collective_investment_where_it_is_held(roth: Account) -> None:
    instrument = roth.positions()["VTI"]["instrument"]
    assert (instrument["assetType"], instrument["type"]) == ("COLLECTIVE_INVESTMENT", "EXCHANGE_TRADED_FUND")


def test_averages_come_from_the_lots_that_are_left(roth: Account) -> None:
    held = roth.positions()["VTI"]
    assert held["averagePrice"] == held["taxLotAverageLongPrice"] == Decimal("83.75")
    assert (held["longQuantity"], held["marketValue"], held["longOpenProfitLoss"]) == (16, 1600, 260)


def test_shares_bought_today_are_not_settled(both: SimulatedBroker, roth: Account) -> None:
    both.script_fills(FILL_AT_ONCE, symbol="VTI")
    roth.place("BUY", "VTI", 2, "101.00")
    held = roth.positions()["VTI"]
    assert (held["longQuantity"], held["settledLongQuantity"], held["previousSessionLongQuantity"]) == (18, 16, 16)
    assert held["currentDayCost"] == Decimal("200.02")
    both.advance_to(new_york(date(2026, 3, 3), 7))
    roth.owner.refresh()
    assert roth.positions()["VTI"]["settledLongQuantity"] == 18


def test_swept_cash_is_also_a_position_and_a_balance() -> None:
    alex, sam = two_logins()
    swept = replace(alex.accounts[0], sweep_fund="SWGXX")
    with SimulatedBroker(market=small_market(), schwab_logins=(replace(alex, accounts=(swept,)), sam)) as sim:
        roth = Account(Owner(sim, "alex").log_in(), "10000001")
        fund = roth.positions()["SWGXX"]
        assert (fund["instrument"]["assetType"], fund["instrument"]["type"]) == ("CASH_EQUIVALENT", "SWEEP_VEHICLE")
        balances = roth.securities()["currentBalances"]
        assert fund["marketValue"] == balances["moneyMarketFund"] == balances["totalCash"]


def test_every_kind_of_share_is_held_under_its_own_name() -> None:
    kinds = {"VTI": AssetKind.ETF, "AAA": AssetKind.STOCK, "SWVXX": AssetKind.MUTUAL_FUND}
    market = Market(
        start_at=new_york(MONDAY, 10),
        assets=tuple(Asset(symbol=symbol, kind=kind) for symbol, kind in kinds.items()),
        prices=dict.fromkeys(kinds, PricePath.flat(1)),
    )
    with SimulatedBroker(market=market, schwab_logins=two_logins()) as sim:
        for symbol in kinds:
            sim.deliver("20000001", symbol, 5, cost=5)
        held = Account(Owner(sim, "sam").log_in(), "20000001").positions()
    types = {symbol: row["instrument"]["assetType"] for symbol, row in held.items()}
    assert types == {"VTI": "COLLECTIVE_INVESTMENT", "AAA": "EQUITY", "SWVXX": "MUTUAL_FUND"}


def test_preferences_tell_the_nickname_and_the_lot_method(alex: Owner) -> None:
    first, second = alex.get("/trader/v1/userPreference")["accounts"]
    assert (first["nickName"], first["type"], first["lotSelectionMethod"]) == ("Contributory", "BROKERAGE", "FIFO")
    assert second["nickName"] == "joint"


def test_both_brokers_stand_in_one_market(both: SimulatedBroker, alex: Owner, roth: Account) -> None:
    before = Customer(both.url).get("/v2/positions/VTI")["current_price"]
    both.advance_to(new_york(date(2026, 3, 3), 10))
    alex.refresh()
    assert before == "100"
    assert Customer(both.url).get("/v2/positions/VTI")["current_price"] == "110"
    assert roth.positions()["VTI"]["marketValue"] == 16 * 110


def test_no_alpaca_key_opens_a_schwab_account(both: SimulatedBroker) -> None:
    assert Customer(both.url, "10000001", "").call("GET", "/v2/account").status == 401


def test_the_request_log_and_reprs_name_accounts_never_numbers(both: SimulatedBroker, roth: Account) -> None:
    roth.place("BUY", "VTI", 1, "50.00")
    roth.owner.call("GET", "/trader/v1/accounts/10000001")
    roth.owner.get("/trader/v1/accounts")
    assert [(line.path, line.account) for line in both.requests[-3:]] == [
        ("/trader/v1/accounts/alex-roth/orders", "alex-roth"),
        ("/trader/v1/accounts/alex-roth", "alex-roth"),
        ("/trader/v1/accounts", "alex"),
    ]
    shown = repr(both.requests) + repr(two_logins())
    assert not any(secret in shown for secret in ("10000001", roth.path.rsplit("/", 1)[1], "app-secret"))


def test_every_answer_is_marked_and_has_a_correlation_id(both: SimulatedBroker, alex: Owner) -> None:
    for path in ("/trader/v1/accounts", "/marketdata/v1/nowhere", "/trader/v1/accounts/x"):
        headers = alex._send("GET", path, None, {}).headers
        assert headers["X-Broker-Sim"] == "rebaloop"
        assert headers["Schwab-Client-CorrelId"]
    assert both.requests[-1].path == "/trader/v1/accounts/unknown"
