"""Market data at Schwab: quotes, market hours, instruments."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.simulator.server import SimulatedBroker
from tests.adapters.simulator.conftest import new_york
from tests.adapters.simulator.schwab_customer import Owner

MARKETS = "/marketdata/v1/markets"


def test_a_quote_has_bid_ask_and_the_time_in_milliseconds(alex: Owner) -> None:
    seen = alex.get("/marketdata/v1/quotes", symbols="VTI")["VTI"]
    assert (seen["assetMainType"], seen["assetSubType"]) == ("EQUITY", "ETF")
    assert (seen["quote"]["bidPrice"], seen["quote"]["askPrice"]) == (100, Decimal("100.01"))
    assert seen["quote"]["quoteTime"] == 1772463600000


def test_unknown_symbols_come_back_among_the_quotes(alex: Owner) -> None:
    answer = alex.get("/marketdata/v1/quotes", symbols="VTI,NOPE", fields="quote")
    assert answer.pop("errors") == {"invalidSymbols": ["NOPE"]}
    assert list(answer) == ["VTI"]
    assert alex.call("GET", "/marketdata/v1/NOPE/quotes").status == 404


def test_an_open_day_is_under_eq_with_its_sessions(alex: Owner) -> None:
    hours = alex.get(MARKETS, markets="equity", date="2026-03-09")["equity"]["EQ"]
    assert hours["isOpen"] is True
    assert hours["sessionHours"]["regularMarket"] == [
        {"start": "2026-03-09T09:30:00-04:00", "end": "2026-03-09T16:00:00-04:00"}
    ]


def test_a_closed_day_is_under_equity_without_sessions(alex: Owner) -> None:
    assert alex.get(MARKETS, markets="equity", date="2026-03-07") == {
        "equity": {"equity": {"date": "2026-03-07", "marketType": "EQUITY", "product": "equity", "isOpen": False}}
    }


def test_a_half_day_closes_at_one(alex: Owner) -> None:
    hours = alex.get(MARKETS, markets="equity", date="2026-11-27")["equity"]["EQ"]["sessionHours"]
    assert hours["regularMarket"][0]["end"] == "2026-11-27T13:00:00-05:00"
    assert hours["postMarket"][0]["start"] == "2026-11-27T13:00:00-05:00"


@pytest.mark.parametrize("day", ["2026-03-01", "2027-03-09", "today"])
def test_hours_are_of_today_or_of_the_coming_year(alex: Owner, day: str) -> None:
    assert alex.call("GET", MARKETS, markets="equity", date=day).status == 400


def test_fundamentals_tell_the_dividend_ahead_and_then_the_one_behind(both: SimulatedBroker, alex: Owner) -> None:
    def fundamental() -> dict[str, object]:
        answer = alex.get("/marketdata/v1/instruments", symbol="VTI,NOPE", projection="fundamental")
        (row,) = answer["instruments"]
        assert isinstance(row["fundamental"], dict)
        return row["fundamental"]

    assert fundamental()["nextDividendDate"] == "2026-03-05 00:00:00.0"
    both.advance_to(new_york(date(2026, 3, 6), 10))
    alex.log_in()
    behind = fundamental()
    assert (behind["dividendDate"], behind["dividendPayAmount"]) == ("2026-03-05 00:00:00.0", Decimal("0.5"))
    assert "nextDividendDate" not in behind
