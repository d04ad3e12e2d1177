"""Reading an Alpaca account: exact, complete or not at all, and never more cash than there is."""

import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from bot.domain.errors import LogIn, NotAllowed, RebaloopError, Reconcile, TryLater
from bot.domain.money import Shares, Usd
from bot.domain.plan import Environment
from bot.domain.snapshot import OpenOrder, Side
from tests.adapters.hostile import ACCOUNT, Hostile, Reply, hostile_broker, impatient

POSITION = {
    "symbol": "VTI",
    "asset_class": "us_equity",
    "exchange": "ARCA",
    "side": "long",
    "qty": "10.5",
    "qty_available": "10.5",
    "cost_basis": "2000.005",
    "current_price": "250.125",
}
ORDER = {
    "id": "order-1",
    "client_order_id": "by-hand",
    "symbol": "VTI",
    "asset_class": "us_equity",
    "order_class": "",
    "side": "buy",
    "type": "limit",
    "qty": "4",
    "filled_qty": "1",
    "limit_price": "100",
    "filled_avg_price": "99.5",
    "status": "partially_filled",
}
SALE = {
    "id": "20260302093016000::1",
    "activity_type": "FILL",
    "transaction_time": "2026-03-02T14:30:16.123456789Z",
    "type": "fill",
    "price": "100",
    "qty": "3",
    "side": "sell",
    "symbol": "VTI",
    "order_id": "order-0",
}
FEB = {**SALE, "id": "2", "transaction_time": "2026-02-27T20:00:00Z", "price": "50"}
PAGE = b"<html><body>maintenance</body></html>"
READS = (
    "GET /v2/account",
    "GET /v2/positions",
    "GET /v2/orders",
    "GET /v2/clock",
    "GET /v2/account/activities",
)


@pytest.fixture
def hostile() -> Iterator[tuple[Hostile, AlpacaBroker]]:
    with hostile_broker() as pair:
        yield pair


Pair = tuple[Hostile, AlpacaBroker]


def cash_of(pair: Pair) -> tuple[Usd, Usd]:
    reading = pair[1].read("ira")
    return reading.cash_settled, reading.cash_unsettled


def account(**changes: object) -> Reply:
    return Reply(body={**ACCOUNT, **changes})


def test_margin_buying_power_is_no_cash(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="1000", buying_power="4000", regt_buying_power="2000"))

    assert cash_of(hostile) == (Usd.of(1000), Usd())


def test_settled_cash_is_never_above_what_can_be_spent_without_margin(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="1000", non_marginable_buying_power="400"))

    assert cash_of(hostile) == (Usd.of(400), Usd.of(600))


def test_margin_debt_is_negative_settled_cash(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="-12.30", non_marginable_buying_power="0"))

    assert cash_of(hostile) == (Usd.of("-12.30"), Usd())


def test_a_fraction_of_a_cent_is_not_counted(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="99.999", non_marginable_buying_power="99.999"))

    assert cash_of(hostile) == (Usd.of("99.99"), Usd())


def test_the_proceeds_of_today_are_unsettled_and_those_that_settle_today_are_settled(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account/activities", Reply(body=[FEB, SALE]))

    assert cash_of(hostile) == (Usd.of(700), Usd.of(300))


def test_a_sale_on_a_day_that_the_calendar_does_not_know_is_unsettled(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account/activities", Reply(body=[FEB]))
    hostile[0].say("GET /v2/calendar", Reply(body=[]))

    assert cash_of(hostile) == (Usd.of(850), Usd.of(150))


def test_a_sale_of_long_ago_is_settled(hostile: Pair) -> None:
    old = {**SALE, "id": "old", "transaction_time": "2026-02-18T20:00:00Z"}
    hostile[0].say("GET /v2/account/activities", Reply(body=[old, SALE]))

    assert cash_of(hostile) == (Usd.of(700), Usd.of(300))


def test_a_cancelled_sale_left_no_proceeds(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account/activities", Reply(body=[{**SALE, "status": "canceled"}]))

    assert cash_of(hostile) == (Usd.of(1000), Usd())


def test_a_calendar_without_settlement_dates_means_the_next_session(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account/activities", Reply(body=[FEB, SALE]))
    rows = [{"date": day} for day in ("2026-02-27", "2026-03-02", "2026-03-03")]
    hostile[0].say("GET /v2/calendar", Reply(body=rows))

    assert cash_of(hostile) == (Usd.of(700), Usd.of(300))


def test_spent_proceeds_never_make_settled_cash_negative(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="200", non_marginable_buying_power="0"))
    hostile[0].say("GET /v2/account/activities", Reply(body=[SALE]))

    assert cash_of(hostile) == (Usd(), Usd.of(200))


def test_cash_that_an_open_buy_holds_is_counted_once(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", account(cash="1000", non_marginable_buying_power="700"))
    hostile[0].say("GET /v2/orders", Reply(body=[ORDER]))
    reading = hostile[1].read("ira")

    assert reading.cash_settled == Usd.of(1000)
    assert reading.open_orders == (OpenOrder(side=Side.BUY, symbol="VTI", quantity=Shares.of(3)),)


def test_a_position_is_read_to_the_last_digit(hostile: Pair) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=[POSITION]))
    (held,) = hostile[1].read("ira").held

    assert (held.quantity, held.available) == (Shares.of("10.5"), Shares.of("10.5"))
    assert (held.price, held.cost_basis) == (Decimal("250.125"), Usd.of(2000))


@pytest.mark.parametrize("changes", [{"exchange": "MOONEX"}, {"asset_marginable": "perhaps"}, {"swap_rate": None}])
def test_words_that_we_do_not_use_may_be_new(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=[{**POSITION, **changes}]))

    assert len(hostile[1].read("ira").held) == 1


@pytest.mark.parametrize("pdt", [{}, {"pattern_day_trader": False, "daytrade_count": 0, "dtbp_check": "entry"}])
def test_the_day_trading_fields_may_come_or_go(hostile: Pair, pdt: dict[str, Any]) -> None:
    hostile[0].say("GET /v2/account", account(**pdt))

    assert cash_of(hostile) == (Usd.of(1000), Usd())


@pytest.mark.parametrize(
    "changes",
    [
        {"side": "short", "qty": "-10"},
        {"qty": "-10"},
        {"side": "short"},
        {"asset_class": "us_option"},
        {"asset_class": "crypto"},
        {"qty": None},
        {"qty": ""},
        {"qty": "NaN"},
        {"qty": "Infinity"},
        {"qty": "1e400"},
        {"qty": "1,234.5"},
        {"qty": True},
        {"qty_available": "11"},
        {"qty_available": "-1"},
        {"current_price": "-1"},
        {"cost_basis": "much"},
        {"symbol": None},
        {"symbol": "<b>VTI</b>"},
    ],
    ids=str,
)
def test_a_position_that_makes_no_sense_stops_the_reading(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=[{**POSITION, **changes}]))

    with pytest.raises(Reconcile):
        hostile[1].read("ira")


@pytest.mark.parametrize("changes", [{"side": "short", "qty": "-10"}, {"side": "short"}, {"qty": "-10"}], ids=str)
def test_a_short_position_is_named(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=[{**POSITION, **changes}]))

    with pytest.raises(Reconcile, match="VTI is held short"):
        hostile[1].read("ira")


def test_a_symbol_twice_stops_the_reading(hostile: Pair) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=[POSITION, POSITION]))

    with pytest.raises(Reconcile, match="VTI twice"):
        hostile[1].read("ira")


def test_a_json_number_that_is_not_finite_is_refused(hostile: Pair) -> None:
    hostile[0].say("GET /v2/positions", Reply(body=b'[{"symbol": "VTI", "side": "long", "qty": NaN}]'))

    with pytest.raises(TryLater, match="cannot be read"):
        hostile[1].read("ira")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"account_number": "123456789"}, NotAllowed),
        ({"account_number": None}, NotAllowed),
        ({"status": "ACCOUNT_CLOSED"}, Reconcile),
        ({"status": None}, Reconcile),
        ({"account_blocked": True}, NotAllowed),
        ({"trading_blocked": True}, NotAllowed),
        ({"trade_suspended_by_user": True}, NotAllowed),
        ({"trading_blocked": "no"}, Reconcile),
        ({"currency": "EUR"}, Reconcile),
        ({"short_market_value": "-100"}, Reconcile),
        ({"cash": None}, Reconcile),
        ({"cash": "NaN"}, Reconcile),
        ({"non_marginable_buying_power": "all of it"}, Reconcile),
    ],
    ids=str,
)
def test_an_account_that_is_not_in_order_is_refused(
    hostile: Pair, changes: dict[str, Any], kind: type[RebaloopError]
) -> None:
    hostile[0].say("GET /v2/account", account(**changes))

    with pytest.raises(kind):
        hostile[1].read("ira")


def test_the_answer_for_another_account_is_an_alarm(hostile: Pair) -> None:
    server, broker = hostile
    broker.read("ira")
    server.say("GET /v2/account", account(id="another-id"))

    with pytest.raises(Reconcile, match="another account"):
        broker.read("ira")


def test_a_fill_in_the_middle_of_a_reading_is_not_half_seen(hostile: Pair) -> None:
    server, broker = hostile
    after = account(cash="500", non_marginable_buying_power="500")
    server.say("GET /v2/account", account(), after)
    server.say("GET /v2/positions", Reply(body=[]), Reply(body=[{**POSITION, "qty": "2", "qty_available": "2"}]))
    reading = broker.read("ira")

    assert (reading.cash_settled, reading.held[0].quantity) == (Usd.of(500), Shares.of(2))


def test_an_account_that_never_rests_is_read_later(hostile: Pair) -> None:
    server, broker = hostile
    server.say("GET /v2/account", *(account(cash=str(dollars)) for dollars in range(1, 9)))

    with pytest.raises(TryLater, match="changes"):
        broker.read("ira")


@pytest.mark.parametrize("changes", [{"order_class": "bracket"}, {"qty": None, "notional": "500"}])
def test_an_open_order_that_cannot_be_counted_stops_the_reading(hostile: Pair, changes: dict[str, Any]) -> None:
    hostile[0].say("GET /v2/orders", Reply(body=[{**ORDER, **changes}]))

    with pytest.raises(Reconcile, match="VTI"):
        hostile[1].read("ira")


def test_an_open_order_in_an_unknown_state_counts_as_open(hostile: Pair) -> None:
    hostile[0].say("GET /v2/orders", Reply(body=[{**ORDER, "status": "being_pondered"}]))

    assert len(hostile[1].read("ira").open_orders) == 1


def test_a_list_of_orders_that_may_go_on_is_not_believed(hostile: Pair) -> None:
    hostile[0].say("GET /v2/orders", Reply(body=[{**ORDER, "id": f"order-{n}"} for n in range(500)]))

    with pytest.raises(Reconcile, match="complete"):
        hostile[1].read("ira")


@pytest.mark.parametrize("route", READS)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=502, body=PAGE), TryLater),
        (Reply(status=500, body={"code": 50010000, "message": "internal server error occurred"}), TryLater),
        (Reply(status=504), TryLater),
        (Reply(body=PAGE), TryLater),
        (Reply(body=b'[{"symbol": "VT'), TryLater),
        (Reply(body=b"\xff\xfe"), TryLater),
        (Reply(), TryLater),
        (Reply(status=302, body=[], headers={"Location": "/login"}), TryLater),
        (Reply(status=404, body=PAGE), TryLater),
        (Reply(status=429, body=PAGE), TryLater),
        (Reply(status=401, body={"code": 40110000, "message": "verification failure"}), LogIn),
        (Reply(status=403, body=PAGE), LogIn),
        (Reply(status=422, body={"code": 40010001, "message": "no such thing"}), Reconcile),
        (Reply(body="text"), Reconcile),
        (Reply(drop=True), TryLater),
    ],
    ids=str,
)
def test_every_read_survives_every_bad_answer(
    hostile: Pair, route: str, reply: Reply, kind: type[RebaloopError]
) -> None:
    hostile[0].say(route, reply)

    with pytest.raises(kind):
        hostile[1].read("ira")


def test_no_answer_in_time_is_later_and_is_not_asked_again(hostile: Pair) -> None:
    server, _ = hostile
    server.say("GET /v2/account", Reply(hang=True))

    with pytest.raises(TryLater, match="in time"):
        impatient(server.url).read("ira")
    assert len(server.asked) == 1


def test_a_dropped_question_is_asked_once_more(hostile: Pair) -> None:
    hostile[0].say("GET /v2/account", Reply(drop=True), Reply(body=ACCOUNT))

    assert cash_of(hostile) == (Usd.of(1000), Usd())


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-RateLimit-Reset": "1772463600"}, "after 2026-03-02 15:00:00 UTC"),
        ({"Retry-After": "7"}, "in 7 seconds"),
        ({"Retry-After": "Mon, 02 Mar 2026 15:00:00 GMT"}, "fewer requests"),
        ({"X-RateLimit-Reset": "soon"}, "fewer requests"),
        ({}, "fewer requests"),
    ],
)
def test_a_throttled_question_says_until_when(hostile: Pair, headers: dict[str, str], words: str) -> None:
    server, broker = hostile
    server.say("GET /v2/account", Reply(status=429, body={"message": "too many requests."}, headers=headers))

    with pytest.raises(TryLater, match=words):
        broker.read("ira")
    assert len(server.asked) == 1


def test_an_error_gives_away_neither_key_nor_account_number(hostile: Pair, caplog: pytest.LogCaptureFixture) -> None:
    server, broker = hostile
    caplog.set_level(logging.DEBUG)
    told = "key KEY-OF-TEST secret SECRET-OF-TEST account PA00TEST0001 or 123456789\nBcc: all"
    server.say("GET /v2/account", Reply(status=401, body={"code": 40110000, "message": told}))
    with pytest.raises(LogIn) as caught:
        broker.read("ira")

    said = f"{caught.value} {caught.value.__cause__} {broker!r} {caplog.text}"
    assert not [word for word in ("KEY-OF", "SECRET-OF", "PA00", "123456789", "\nBcc") if word in said]


@pytest.mark.parametrize("key", ["", "KEY\nX-Evil: 1", "KEY \t", "schl\u00fcssel"])
def test_a_key_that_cannot_be_one_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(LogIn) as caught:
        AlpacaBroker(
            account="ira",
            key_id=key,
            secret_key="SECRET",
            trading_url="http://127.0.0.1:9",
            data_url="http://127.0.0.1:9",
            environment=Environment.PAPER,
        )
    assert not key or key not in str(caught.value)


def test_a_broker_that_is_not_there_is_later() -> None:
    with hostile_broker() as (_, broker):
        pass

    with pytest.raises(TryLater):
        broker.read("ira")


QUOTE = {"t": "2026-03-02T15:00:00.123456789Z", "bp": 249.99, "ap": 250.01, "as": 1, "bs": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"bp": 0},
        {"ap": 0},
        {"bp": 250.02},
        {"bp": None},
        {"ap": "NaN"},
        {"bp": -1},
        {"t": None},
        {"t": "yesterday"},
        {"t": "2026-03-02T15:00:00"},
        {"ap": 1e300},
    ],
    ids=str,
)
def test_a_quote_that_is_unusable_is_left_out(hostile: Pair, changes: dict[str, Any]) -> None:
    quotes = {"VTI": QUOTE, "BND": {**QUOTE, **changes}, "BIL": None}
    hostile[0].say("GET /v2/stocks/quotes/latest", Reply(body={"quotes": quotes}))
    found = hostile[1].quotes(["BND", "VTI", "BIL", "SGOV"])

    assert [(one.symbol, one.bid, one.ask) for one in found] == [("VTI", Decimal("249.99"), Decimal("250.01"))]
    assert found[0].at.isoformat() == "2026-03-02T15:00:00.123456+00:00"


def test_quotes_are_asked_of_the_free_feed(hostile: Pair) -> None:
    server, broker = hostile
    server.say("GET /v2/stocks/quotes/latest", Reply(body={"quotes": {}}))
    broker.quotes(["VTI", "BND"])

    assert server.asked[-1].query == {"symbols": "VTI,BND", "feed": "iex"}


def test_no_symbols_are_no_question(hostile: Pair) -> None:
    assert hostile[1].quotes([]) == ()
    assert not hostile[0].asked
