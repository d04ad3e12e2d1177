"""Accounts and positions: keys, cash, margin's larger number, text for money."""

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.customer import Customer


def test_a_cash_account_reports_its_cash_as_its_buying_power(one: Customer) -> None:
    account = one.get("/v2/account")
    assert account["cash"] == account["buying_power"] == account["non_marginable_buying_power"] == "5000.25"
    assert account["equity"] == "6000.25"
    assert account["multiplier"] == "1"
    assert account["account_number"].startswith("PA")


def test_a_margin_account_advertises_more_buying_power_than_it_has_cash(two: Customer) -> None:
    account = two.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("10000", "20000")
    assert account["non_marginable_buying_power"] == "10000"


def test_day_trading_fields_are_gone_unless_switched_on(one: Customer, two: Customer) -> None:
    removed = {"pattern_day_trader", "daytrade_count", "daytrading_buying_power"}
    assert not removed & set(one.get("/v2/account"))
    assert removed <= set(two.get("/v2/account"))
    assert "pdt_check" not in one.get("/v2/account/configurations")
    assert "pdt_check" in two.get("/v2/account/configurations")


def test_one_key_opens_one_account(one: Customer, two: Customer) -> None:
    assert one.get("/v2/account")["id"] != two.get("/v2/account")["id"]
    assert two.get("/v2/positions") == []


def test_a_wrong_secret_gets_the_recorded_answer(sim: SimulatedBroker) -> None:
    for stranger in (Customer(sim.url, "PKONE", "wrong"), Customer(sim.url, "", "")):
        reply = stranger.call("GET", "/v2/account")
        assert reply.status == 401
        assert reply.body == {
            "code": 40110000,
            "message": "access key verification failed : verification failure",
        }


def test_a_position_speaks_in_text_and_compares_with_the_day_before(one: Customer) -> None:
    (position,) = one.get("/v2/positions")
    assert position == one.get("/v2/positions/VTI") == one.get(f"/v2/positions/{position['asset_id']}")
    assert (position["qty"], position["avg_entry_price"], position["cost_basis"]) == ("10", "80", "800")
    assert (position["market_value"], position["unrealized_pl"], position["unrealized_plpc"]) == (
        "1000",
        "200",
        "0.25",
    )
    assert (position["current_price"], position["lastday_price"]) == ("100", "99")


def test_a_position_that_is_not_held_gets_the_recorded_answer(one: Customer) -> None:
    for symbol in ("BND", "NONE"):
        reply = one.call("GET", f"/v2/positions/{symbol}")
        assert reply.status == 404
        assert reply.body == {"code": 40410000, "message": "position does not exist"}


def test_an_open_sell_order_reserves_its_shares(one: Customer) -> None:
    one.place("sell", "VTI", qty="4", limit_price="150")
    position = one.get("/v2/positions/VTI")
    assert (position["qty"], position["qty_available"]) == ("10", "6")


def test_an_open_buy_order_reserves_its_cost_but_not_the_cash(one: Customer) -> None:
    one.place("buy", "BND", qty="10", limit_price="50")
    account = one.get("/v2/account")
    assert (account["cash"], account["buying_power"]) == ("5000.25", "4500.25")
    assert account["non_marginable_buying_power"] == "4500.25"


def test_an_asset_says_whether_it_trades_in_fractions(one: Customer) -> None:
    assert one.get("/v2/assets/VTI")["fractionable"] is True
    assert one.get("/v2/assets/ODD")["fractionable"] is False
    assert one.call("GET", "/v2/assets/NONE").body == {
        "code": 40410000,
        "message": "asset not found for NONE",
    }


def test_quotes_are_exact_numbers_that_enclose_the_price(one: Customer) -> None:
    quotes = one.get("/v2/stocks/quotes/latest", symbols="VTI,ODD,NONE", feed="iex")["quotes"]
    assert [str(quotes["VTI"][side]) for side in ("bp", "ap")] == ["100", "100.01"]
    assert [str(quotes["ODD"][side]) for side in ("bp", "ap")] == ["10", "10.01"]
    assert set(quotes) == {"VTI", "ODD"}
    single = one.get("/v2/stocks/VTI/quotes/latest")
    assert (single["symbol"], single["quote"]["t"]) == ("VTI", "2026-03-02T15:00:00.000000Z")
