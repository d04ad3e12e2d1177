"""A broker from plain data, as a file holds it."""

import json

import pytest

from adapters.simulator.sandbox import broker_from
from tests.adapters.simulator.customer import Customer
from tests.adapters.simulator.schwab_customer import CALLBACK, Account, Owner

PLAIN = """{
  "start_at": "2026-01-05T09:30:00-05:00",
  "assets": [
    {"symbol": "VTI", "name": "Stocks", "path": {"flat": "300"}},
    {"symbol": "VXUS", "path": {"steps": {"2026-01-05": "70", "2026-01-06": "66.50"}}},
    {"symbol": "BND", "path": {"column": "bond", "seed": 4, "base_price": "72", "first_day": "2026-01-05",
                               "months": 6}}
  ],
  "dividends": [{"symbol": "VTI", "per_share": "0.95", "ex_on": "2026-01-06", "record_on": "2026-01-06",
                 "pay_on": "2026-01-07"}],
  "accounts": [{"name": "paper", "key_id": "PK1", "secret_key": "made-up", "cash": "10000.10",
                "positions": [{"symbol": "VTI", "qty": "10.5", "cost": "2500", "acquired_on": "2024-05-01"}]}],
  "deposits": [{"key_id": "PK1", "amount": "1500", "on": "2026-01-06"}]
}"""


def test_a_sandbox_starts_from_a_file_and_plays_its_script() -> None:
    with broker_from(json.loads(PLAIN)) as sim:
        customer = Customer(sim.url, "PK1", "made-up")
        assert customer.get("/v2/account")["equity"] == "13150.1"
        for _ in range(2):
            sim.advance_to_next_open()
        assert customer.get("/v2/account")["cash"] == "11510.07"
        quotes = customer.get("/v2/stocks/quotes/latest", symbols="VXUS,BND")["quotes"]
        assert quotes["VXUS"]["bp"] <= 66.5 <= quotes["VXUS"]["ap"]
        assert quotes["BND"]["bp"] != 72
    assert sim.failures == []


def test_two_sandboxes_from_one_file_are_the_same_to_the_last_id() -> None:
    def story() -> list[object]:
        with broker_from(json.loads(PLAIN)) as sim:
            customer = Customer(sim.url, "PK1", "made-up")
            customer.place("buy", "BND", qty="3.5", limit_price="80")
            sim.advance_to_next_open()
            return [customer.get(path) for path in ("/v2/account", "/v2/positions", "/v2/account/activities")]

    assert story() == story()


def _with_schwab(**changes: object) -> dict[str, object]:
    account = {
        "name": "alex-roth",
        "number": "10000001",
        "kind": "CASH",
        "nickname": "Roth IRA",
        "lot_selection": "HIGH_COST",
        "cash": "2500.50",
        "reinvested": ["VTI"],
        "sweep_fund": "SWGXX",
        "positions": [{"symbol": "VTI", "qty": "10", "cost": "2500", "acquired_on": "2024-05-01"}],
    }
    login = {"name": "alex", "app_key": "app-key", "app_secret": "app-secret", "callback_url": CALLBACK}
    plain = {key: value for key, value in json.loads(PLAIN).items() if key not in {"accounts", "deposits"}}
    deposit = {"key_id": "10000001", "amount": "500", "on": "2026-01-06"}
    return {**plain, "deposits": [deposit], "schwab_logins": [{**login, "accounts": [{**account, **changes}]}]}


def test_a_sandbox_may_hold_schwab_logins_alone() -> None:
    with broker_from(_with_schwab()) as sim:
        roth = Account(Owner(sim, "alex").log_in(), "10000001")
        assert sorted(roth.positions()) == ["SWGXX", "VTI"]
        sim.advance_to_next_open()
        sim.advance_to_next_open()
        roth.owner.log_in()
        kinds = {row["type"]: row["netAmount"] for row in roth.transactions()}
        (preference,) = roth.owner.get("/trader/v1/userPreference")["accounts"]
    assert kinds == {"ACH_RECEIPT": 500, "DIVIDEND_OR_INTEREST": 9.5, "TRADE": -9.5}
    assert (preference["nickName"], preference["lotSelectionMethod"]) == ("Roth IRA", "HIGH_COST")
    assert sim.failures == []


@pytest.mark.parametrize("wrong", [{"kind": "IRA"}, {"lot_selection": "BEST"}, {"number": "123"}])
def test_a_wrong_schwab_account_is_told_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong.values())) if "number" not in wrong else "eight digits"):
        broker_from(_with_schwab(**wrong))
