"""What happens while the clock moves: sessions, settlement, transfers, dividends, splits."""

from datetime import date, timedelta

import pytest

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import MONDAY, new_york
from tests.adapters.simulator.customer import Customer


def test_the_clock_stands_still_between_requests(one: Customer) -> None:
    assert one.get("/v2/clock") == one.get("/v2/clock")


def test_the_clock_speaks_new_york_time(one: Customer, sim: SimulatedBroker) -> None:
    assert one.get("/v2/clock") == {
        "timestamp": "2026-03-02T10:00:00-05:00",
        "is_open": True,
        "next_open": "2026-03-03T09:30:00-05:00",
        "next_close": "2026-03-02T16:00:00-05:00",
    }
    sim.advance_to(new_york(date(2026, 3, 6), 16))
    after_the_close = one.get("/v2/clock")
    assert after_the_close["is_open"] is False
    assert after_the_close["next_open"] == "2026-03-09T09:30:00-04:00"
    assert after_the_close["next_close"] == "2026-03-09T16:00:00-04:00"


def test_time_never_goes_back(sim: SimulatedBroker) -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        sim.advance(timedelta(seconds=-1))


def test_the_calendar_knows_holidays_short_days_and_settlement(one: Customer) -> None:
    rows = one.get("/v2/calendar", start="2026-11-25", end="2026-11-30")
    assert [(r["date"], r["open"], r["close"], r["settlement_date"]) for r in rows] == [
        ("2026-11-25", "09:30", "16:00", "2026-11-27"),
        ("2026-11-27", "09:30", "13:00", "2026-11-30"),
        ("2026-11-30", "09:30", "16:00", "2026-12-01"),
    ]
    settling = one.get("/v2/calendar", start="2026-11-27", end="2026-11-27", date_type="SETTLEMENT")
    assert [r["date"] for r in settling] == ["2026-11-25"]


def test_a_price_steps_at_the_open_and_not_at_midnight(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(date(2026, 3, 3), 9, 29))
    quote = one.get("/v2/stocks/VTI/quotes/latest")["quote"]
    assert (quote["bp"], quote["t"]) == (100, "2026-03-02T21:00:00.000000Z")
    sim.advance(timedelta(minutes=1))
    assert one.get("/v2/stocks/VTI/quotes/latest")["quote"]["bp"] == 110


def test_proceeds_are_cash_at_once_and_settle_the_next_session(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(date(2026, 3, 6), 10))
    one.place("sell", "VTI", qty="5", limit_price="100")

    def cash() -> tuple[str, str, str]:
        account = one.get("/v2/account")
        return account["cash"], account["buying_power"], account["non_marginable_buying_power"]

    assert cash() == ("5550.25", "5550.25", "5000.25")
    sim.advance_to(new_york(date(2026, 3, 8), 12))
    assert cash()[2] == "5000.25"
    sim.advance_to(new_york(date(2026, 3, 9), 9))
    assert cash() == ("5555.25", "5555.25", "5555.25")


def test_a_deposit_is_pending_the_session_before_and_cash_on_its_morning(one: Customer, sim: SimulatedBroker) -> None:
    sim.deposit("PKONE", "1500", on=date(2026, 3, 4))
    assert one.get("/v2/account")["pending_transfer_in"] == "0"
    sim.advance_to_next_open()
    account = one.get("/v2/account")
    assert (account["pending_transfer_in"], account["cash"]) == ("1500", "5000.25")
    sim.advance_to_next_open()
    account = one.get("/v2/account")
    assert (account["pending_transfer_in"], account["cash"]) == ("0", "6500.25")
    (row,) = one.get("/v2/account/activities/CSD")
    assert (row["date"], row["net_amount"], row["status"]) == ("2026-03-04", "1500", "executed")


def test_a_withdrawal_leaves_with_a_row(one: Customer, sim: SimulatedBroker) -> None:
    sim.withdraw("PKONE", "250")
    assert one.get("/v2/account")["cash"] == "4750.25"
    assert one.get("/v2/account/activities/CSW")[0]["net_amount"] == "-250"


def test_a_script_cannot_withdraw_what_is_not_there(sim: SimulatedBroker) -> None:
    with pytest.raises(ValueError, match="more cash"):
        sim.withdraw("PKONE", "5000.26")


def test_a_dividend_goes_to_who_held_before_the_ex_date(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to(new_york(date(2026, 3, 4), 12))
    one.place("buy", "VTI", qty="1.55", limit_price="200")
    one.get("/v2/orders")
    sim.advance_to(new_york(date(2026, 3, 5), 12))
    one.place("sell", "VTI", qty="11.55", limit_price="100")
    one.get("/v2/orders")
    assert one.get("/v2/account/activities/DIV") == []
    sim.advance_to(new_york(date(2026, 3, 9), 9))
    (row,) = one.get("/v2/account/activities/DIV")
    assert (row["symbol"], row["qty"], row["per_share_amount"], row["net_amount"]) == (
        "VTI",
        "11.55",
        "0.5",
        "5.77",
    )
    assert (row["activity_sub_type"], row["date"]) == ("CDIV", "2026-03-09")


def test_dividends_ahead_are_announced(one: Customer) -> None:
    asked = {"ca_types": "dividend", "since": "2026-03-01", "until": "2026-03-31"}
    (row,) = one.get("/v2/corporate_actions/announcements", **asked)
    assert (row["initiating_symbol"], row["cash"], row["ex_date"], row["payable_date"]) == (
        "VTI",
        "0.5",
        "2026-03-05",
        "2026-03-09",
    )
    assert one.get("/v2/corporate_actions/announcements", **{**asked, "ca_types": "split"}) == []
    assert one.get("/v2/corporate_actions/announcements", **asked, symbol="BND") == []


def test_a_split_changes_the_shares_and_not_the_cost(one: Customer, sim: SimulatedBroker) -> None:
    sim.split("VTI", 3, 1, on=date(2026, 3, 3))
    sim.advance_to_next_open()
    position = one.get("/v2/positions/VTI")
    assert (position["qty"], position["cost_basis"]) == ("30", "800")
    assert one.get("/v2/account/activities/SPLIT")[0]["qty"] == "20"


def test_the_oldest_shares_are_sold_first(one: Customer) -> None:
    one.look(one.place("buy", "VTI", qty="10", limit_price="105"))
    one.look(one.place("sell", "VTI", qty="12", limit_price="95"))
    position = one.get("/v2/positions/VTI")
    assert (position["qty"], position["avg_entry_price"]) == ("8", "100.01")


def test_yesterdays_equity_is_that_of_the_last_close(one: Customer, sim: SimulatedBroker) -> None:
    sim.advance_to_next_open()
    account = one.get("/v2/account")
    assert (account["last_equity"], account["equity"]) == ("6000.25", "6100.25")
    assert account["balance_asof"] == MONDAY.isoformat()
