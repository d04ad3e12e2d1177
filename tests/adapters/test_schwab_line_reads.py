"""Questions to Schwab: what is asked, what is asked again, and what its many kinds of errors become."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.refusals import Refused
from bot.domain.errors import LogIn, RebaloopError, Reconcile, TryLater
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import (
    HASH,
    LISTED,
    LOGGED_IN_AT,
    NUMBERS,
    TOKEN,
    Script,
    access_to,
    line_to,
    scripted_schwab,
    store,
    tokens,
)
from tests.fakes.clock import FakeClock

NEW_YORK = ZoneInfo("America/New_York")
ACCOUNTS = "GET /trader/v1/accounts"
UNAUTHORISED = {"errors": [{"id": "1", "status": 401, "title": "Unauthorized", "detail": "Client not authorized"}]}
GATE = b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference #18.7</BODY></HTML>"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(LOGGED_IN_AT)


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Script, Line]]:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path)
        yield script, line_to(access, clock=clock)


Desk = tuple[Script, Line]


def test_numbers_are_read_exactly(desk: Desk) -> None:
    script, line = desk
    script.say(ACCOUNTS, Reply(body=b'[{"quantity": 0.10000000000000000001, "huge": 1e400}]'))

    assert line.accounts() == [{"quantity": Decimal("0.10000000000000000001"), "huge": Decimal("1E+400")}]


@pytest.mark.parametrize(
    "body", [b"", b" \n", b'[{"a": ', b"[NaN]", b"[-Infinity]", b"<html>Log in</html>", b"[" * 99999]
)
def test_an_answer_that_is_no_json_is_no_answer(desk: Desk, body: bytes) -> None:
    script, line = desk
    script.say(ACCOUNTS, Reply(body=body))

    with pytest.raises(TryLater):
        line.accounts()


QUESTIONS: dict[str, tuple[Callable[[Line], object], str, dict[str, str]]] = {
    "numbers": (lambda line: line.account_numbers(), "/trader/v1/accounts/accountNumbers", {}),
    "accounts": (lambda line: line.accounts(), "/trader/v1/accounts", {"fields": "positions"}),
    "account": (lambda line: line.account(HASH), f"/trader/v1/accounts/{HASH}", {"fields": "positions"}),
    "order": (lambda line: line.order(HASH, "7"), f"/trader/v1/accounts/{HASH}/orders/7", {}),
    "quotes": (lambda line: line.quotes(["VTI", "BRK/B"]), "/marketdata/v1/quotes", {"symbols": "VTI,BRK/B"}),
    "preferences": (lambda line: line.user_preferences(), "/trader/v1/userPreference", {}),
    "hours": (
        lambda line: line.market_hours(date(2026, 3, 2)),
        "/marketdata/v1/markets",
        {"markets": "equity", "date": "2026-03-02"},
    ),
    "instruments": (
        lambda line: line.instruments(["VTI"]),
        "/marketdata/v1/instruments",
        {"symbol": "VTI", "projection": "fundamental"},
    ),
    "orders": (
        lambda line: line.orders(
            HASH,
            datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK),
            datetime(2026, 3, 8, 3, 30, 0, 1, tzinfo=NEW_YORK),
            "WORKING",
        ),
        f"/trader/v1/accounts/{HASH}/orders",
        {"fromEnteredTime": "2026-03-08T06:30:00Z", "toEnteredTime": "2026-03-08T07:30:01Z", "status": "WORKING"},
    ),
    "transactions": (
        lambda line: line.transactions(
            HASH,
            datetime(2026, 11, 1, 1, 30, 0, 999_999, tzinfo=NEW_YORK),
            datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1),
            ["TRADE", "JOURNAL"],
        ),
        f"/trader/v1/accounts/{HASH}/transactions",
        {"types": "TRADE,JOURNAL", "startDate": "2026-11-01T05:30:00Z", "endDate": "2026-11-01T06:30:00Z"},
    ),
}


@pytest.mark.parametrize(("ask", "path", "query"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_asked_as_the_vendor_wants_it(
    desk: Desk, ask: Callable[[Line], object], path: str, query: dict[str, str]
) -> None:
    script, line = desk
    script.say(f"GET {path}", Reply(body={"asked": True}))

    assert ask(line) == {"asked": True}
    assert script.asked[-1].query == query


def test_an_instant_without_its_time_zone_is_never_sent(desk: Desk) -> None:
    script, line = desk
    with pytest.raises(AssertionError):
        line.orders(HASH, datetime(2026, 3, 2), datetime(2026, 3, 3))  # noqa: DTZ001 - that is the point

    assert not script.asked


@pytest.mark.parametrize("name", ["", "../orders", "a/b", "a?b", "é", "A" * 129])
def test_a_strange_name_for_an_account_goes_into_no_address(desk: Desk, name: str) -> None:
    script, line = desk
    with pytest.raises(Reconcile):
        line.account(name)

    assert not script.asked


def test_a_cancellation_needs_no_content(desk: Desk) -> None:
    script, line = desk
    script.say(f"DELETE /trader/v1/accounts/{HASH}/orders/7", Reply())
    line.cancel(HASH, "7")

    assert script.asked[-1].method == "DELETE"


def test_an_order_is_shown_to_the_broker_once(desk: Desk) -> None:
    script, line = desk
    route = f"POST /trader/v1/accounts/{HASH}/previewOrder"
    script.say(route, Reply(status=503), Reply(body={"orderId": 0}))

    with pytest.raises(TryLater):
        line.preview(HASH, {"orderType": "LIMIT"})
    assert script.count(route) == 1
    assert line.preview(HASH, {"orderType": "LIMIT"}) == {"orderId": 0}


def test_a_preview_leaves_it_to_the_next_question_to_renew_the_token(desk: Desk) -> None:
    script, line = desk
    script.say(f"POST /trader/v1/accounts/{HASH}/previewOrder", Reply(status=401, body=UNAUTHORISED))

    with pytest.raises(TryLater):
        line.preview(HASH, {})
    assert script.count(TOKEN) == 0


def test_a_connection_that_breaks_is_tried_once_more(desk: Desk) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(drop=True), Reply(body=LISTED))

    assert line.account_numbers() == LISTED
    script.say(NUMBERS, Reply(drop=True))
    with pytest.raises(TryLater, match="cannot be reached"):
        line.account_numbers()
    assert script.count(NUMBERS) == 4


def test_an_answer_that_does_not_come_is_not_waited_for_again(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path)
        script.say(NUMBERS, Reply(hang=True))
        with pytest.raises(TryLater, match="in time"):
            line_to(access, patience=timedelta(milliseconds=50)).account_numbers()

        assert script.count(NUMBERS) == 1


def test_a_failing_service_is_asked_three_times_with_longer_and_longer_pauses(desk: Desk, clock: FakeClock) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=502), Reply(status=500), Reply(body=LISTED))

    assert line.account_numbers() == LISTED
    assert clock.now() == LOGGED_IN_AT + timedelta(seconds=5)
    script.say(NUMBERS, Reply(status=503))
    with pytest.raises(TryLater, match="answered 503"):
        line.account_numbers()
    assert script.count(NUMBERS) == 6


@pytest.mark.parametrize(("wish", "seconds"), [("7", 7), ("0", 1), ("60", 60), ("Mon, 02 Mar 2026 15:00:09 GMT", 9)])
def test_a_throttled_question_waits_as_long_as_it_is_told(
    desk: Desk, clock: FakeClock, wish: str, seconds: int
) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=429, headers={"Retry-After": wish}), Reply(body=LISTED))

    assert line.account_numbers() == LISTED
    assert clock.now() == LOGGED_IN_AT + timedelta(seconds=seconds)


@pytest.mark.parametrize("wish", ["61", "86400", "", "soon", "-1", "1e3", "Tue, 03 Mar 2026 15:00:00 GMT", "9" * 40])
def test_a_longer_or_an_unclear_wait_is_left_to_the_next_run(desk: Desk, clock: FakeClock, wish: str) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=429, headers={"Retry-After": wish}), Reply(body=LISTED))

    with pytest.raises(TryLater, match="fewer requests"):
        line.account_numbers()
    assert clock.now() == LOGGED_IN_AT


def test_throttling_without_end_is_waited_for_a_minute_in_all(desk: Desk, clock: FakeClock) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=429, headers={"Retry-After": "25"}))

    with pytest.raises(TryLater):
        line.account_numbers()
    assert clock.now() == LOGGED_IN_AT + timedelta(seconds=50)


def test_a_token_that_the_broker_forgot_is_renewed_once_and_the_question_repeated(desk: Desk) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=401, body=UNAUTHORISED), Reply(body=LISTED))

    assert line.account_numbers() == LISTED
    assert (script.count(NUMBERS), script.count(TOKEN)) == (2, 1)
    assert script.asked[-1].headers["authorization"] == "Bearer canary-access-token-1"


def test_a_401_with_a_new_token_wants_its_owner(desk: Desk) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=401, body=UNAUTHORISED))

    with pytest.raises(LogIn, match="Unauthorized: Client not authorized") as caught:
        line.account_numbers()
    assert caught.value.next_step == "rebaloop login schwab"
    assert (script.count(NUMBERS), script.count(TOKEN)) == (2, 1)


ERRORS: dict[str, tuple[Reply, type[RebaloopError], str]] = {
    "trader": (Reply(status=400, body={"message": "Invalid account number"}), Refused, "Invalid account number"),
    "trader, with more": (
        Reply(status=400, body={"message": "Not valid", "errors": ["price", "price"]}),
        Refused,
        "Not valid; price",
    ),
    "an instant": (
        Reply(status=400, body={"message": "'2026-03-02' is not a valid value for fromEnteredTime"}),
        Refused,
        "'2026-03-02' is not a valid value for fromEnteredTime",
    ),
    "market data": (
        Reply(status=404, body={"errors": [{"id": "x", "status": "404", "title": "Not Found"}]}),
        Refused,
        "Not Found",
    ),
    "forbidden": (Reply(status=403, body={"message": "Not authorized to access this"}), LogIn, "Not authorized"),
    "the gateway": (
        Reply(status=413, body={"fault": {"faultstring": "Body buffer overflow", "detail": {"errorcode": "p.http"}}}),
        TryLater,
        "its gateway says: Body buffer overflow",
    ),
    "plain text": (Reply(status=408, body=b"upstream request timeout"), TryLater, "upstream request timeout"),
    "the gate": (Reply(status=403, body=GATE), TryLater, "its gate shut us out"),
    "a page": (Reply(status=502, body=b"<html><title>Bad Gateway</title></html>"), TryLater, "(Bad Gateway)"),
    "whitelabel page": (Reply(status=500, body=b"<h1>Whitelabel Error Page</h1>"), TryLater, "gave no reason"),
    "whitelabel": (
        Reply(
            status=404,
            body={
                "timestamp": 1,
                "status": 404,
                "error": "Not Found",
                "message": "No message available",
                "path": f"/accounts/{HASH}",
            },
        ),
        TryLater,
        "its service gave no reason",
    ),
    "a strange object": (Reply(status=400, body={"errors": [7, None, {"title": 5}]}), TryLater, "gave no reason"),
    "a number": (Reply(status=400, body=b"7"), TryLater, "answered 400: 7"),
    "nothing": (Reply(status=400), TryLater, "answered 400: no reason given"),
    "elsewhere": (Reply(status=302, headers={"Location": "https://example.com/"}), TryLater, "answered 302"),
    "bottomless": (Reply(status=400, body=b"[" * 99999), TryLater, "answered 400"),
}


@pytest.mark.parametrize(("reply", "kind", "words"), ERRORS.values(), ids=ERRORS)
def test_every_kind_of_error_is_told_in_words(desk: Desk, reply: Reply, kind: type[RebaloopError], words: str) -> None:
    script, line = desk
    script.say(ACCOUNTS, reply)

    with pytest.raises(RebaloopError) as caught:
        line.accounts()
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert HASH not in caught.value.message
    assert len(caught.value.message) < 300


def test_a_refusal_says_which_status_it_had(desk: Desk) -> None:
    script, line = desk
    script.say(f"GET /trader/v1/accounts/{HASH}/orders/7", Reply(status=404, body={"message": "Order not found"}))

    with pytest.raises(Refused) as caught:
        line.order(HASH, "7")
    assert (caught.value.status, caught.value.said) == (404, "Order not found")


def test_the_brokers_clock_is_its_date_of_the_last_answer(desk: Desk) -> None:
    script, line = desk
    assert line.answered_at is None
    script.say(NUMBERS, Reply(body=LISTED, headers={"Date": "Sun, 08 Mar 2026 07:30:00 GMT"}))
    line.account_numbers()

    assert line.answered_at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    script.say(NUMBERS, Reply(body=LISTED, headers={"Date": "yesterday"}))
    line.account_numbers()
    assert line.answered_at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_token_answer_with_an_error_on_a_good_status_is_no_token(desk: Desk) -> None:
    script, line = desk
    script.say(NUMBERS, Reply(status=401, body=UNAUTHORISED), Reply(body=LISTED))
    script.say(TOKEN, Reply(body={"message": "maintenance"}), Reply(body=tokens(2)))

    with pytest.raises(TryLater, match="no whole token"):
        line.account_numbers()
    assert line.account_numbers() == LISTED
