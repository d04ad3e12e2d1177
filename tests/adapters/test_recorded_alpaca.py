"""Every recorded exchange with the vendor becomes nouns, or a refusal that a person can read."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.brokers.alpaca.account import Balances, parse_account, parse_position, parse_positions
from adapters.brokers.alpaca.history import parse_activities
from adapters.brokers.alpaca.market import parse_clock, parse_settlement_days
from adapters.brokers.alpaca.orders import parse_open_orders, parse_order
from adapters.brokers.alpaca.wire import Row, rows
from bot.domain.errors import LogIn, RebaloopError, Reconcile
from bot.domain.money import Shares, Usd
from bot.domain.orders import Answer, BrokerOrder, OrderState, Submission
from bot.domain.readings import ActivityKind, HeldReading
from bot.domain.snapshot import Side
from tests.adapters.hostile import Hostile, Reply, adapter_for

FOLDER = Path(__file__).parent / "data" / "alpaca_recorded"


@dataclass(frozen=True, slots=True)
class Recording:
    """One exchange as it went over the wire."""

    name: str
    method: str
    url: str
    status: int
    body: str

    @property
    def is_refusal(self) -> bool:
        """Whether the vendor said no."""
        return self.status >= 400


def recordings() -> list[Recording]:
    """Every exchange of every file in the folder."""
    lines = [line for file in sorted(FOLDER.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    read = [json.loads(line, parse_float=Decimal) for line in lines]
    return [
        Recording(
            name=re.sub(r"\.(yml|json)$", "", one["src"]).replace("/", ":"),
            method=one["method"],
            url=one["url"],
            status=one["status"],
            body=body_of(one),
        )
        for one in read
    ]


def body_of(line: dict[str, object]) -> str:
    """The body as text, whichever way it was written down."""
    if line.get("json") is not None:
        return json.dumps(line["json"], default=str)
    return str(line.get("body") or "")


def parse_assets(raw: object) -> tuple[str, ...]:
    """The symbols of one asset or of a list."""
    listed = rows(raw, "asset") if isinstance(raw, list) else [Row.of(raw, "asset")]
    return tuple(row.text("symbol") for row in listed)


def parse_orders(raw: object) -> object:
    """One order, a list of orders, or a list of statuses with an order in each that succeeded."""
    if not isinstance(raw, list):
        return parse_order(raw, "ira")
    return tuple(parse_order(one.get("body", one), "ira") for one in raw if one.get("status") not in range(300, 600))


# The first address that fits an exchange ("GET /v2/account") names its parser.
PARSERS: tuple[tuple[str, Callable[[object], object]], ...] = (
    (r"GET /account", parse_account),
    (r".* /account/activities.*", lambda raw: parse_activities(raw, "ira")),
    (r".* /account/portfolio/history", lambda raw: Row.of(raw, "portfolio history")),
    (r".* /account/configurations", lambda raw: Row.of(raw, "configuration")),
    (r"GET /clock", parse_clock),
    (r"GET /calendar", parse_settlement_days),
    (r"GET /assets.*", parse_assets),
    (r"GET /positions", parse_positions),
    (r"GET /positions/.*", parse_position),
    (r".* /(orders|positions).*", parse_orders),
)


def parse_recorded(method: str, url: str, body: str) -> object:
    """What the adapter's parsers make of an answer, chosen by the address that was asked; None of an empty one."""
    asked = f"{method} {urlsplit(url).path.removeprefix('/v2')}"
    parser = next(parser for pattern, parser in PARSERS if re.fullmatch(pattern, asked))
    return parser(json.loads(body, parse_float=Decimal)) if body.strip() else None


ALL = recordings()
ANSWERS = [one for one in ALL if not one.is_refusal]
REFUSALS = [one for one in ALL if one.is_refusal]

# An answer that is sound and that rebaloop must not work with, and the word of the sentence that says so.
NOT_OURS = {
    "ccjr:generic_errors__raises_InternalServerError_when_status_code_is_500": "short",
    "ccjr:generic_errors__raises_RateLimitedError_when_status_code_is_429": "short",
    "ccjr:new_order__supports_notional_orders": "AAPL is given in dollars",
    "ccjr:position__returns_a_Position_object": "FB is held short",
    "ccjr:positions__returns_an_Array_of_Position_objects_with_open_positions": "FB is held short",
}


def named(fragment: str) -> Recording:
    (found,) = [one for one in ANSWERS if fragment in one.name]
    return found


def parsed(fragment: str) -> object:
    one = named(fragment)
    return parse_recorded(one.method, one.url, one.body)


def test_no_recording_is_lost() -> None:
    assert len(ALL) >= 67
    assert set(NOT_OURS) <= {one.name for one in ANSWERS}


@pytest.mark.parametrize("one", [one for one in ANSWERS if one.name not in NOT_OURS], ids=lambda one: one.name)
def test_a_recorded_answer_becomes_nouns(one: Recording) -> None:
    parse_recorded(one.method, one.url, one.body)


@pytest.mark.parametrize("one", [one for one in ANSWERS if one.name in NOT_OURS], ids=lambda one: one.name)
def test_a_recorded_answer_that_is_not_for_us_is_refused_by_name(one: Recording) -> None:
    with pytest.raises(Reconcile, match=NOT_OURS[one.name]):
        parse_recorded(one.method, one.url, one.body)


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with Hostile() as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


@pytest.mark.parametrize("one", REFUSALS, ids=lambda one: one.name)
def test_a_recorded_refusal_is_a_sentence_of_ours(server: Hostile, one: Recording) -> None:
    broker, words = adapter_for(server.url), json.loads(one.body, parse_float=Decimal)["message"]
    server.say("GET /v2/replayed", Reply(status=one.status, body=one.body.encode()))
    with pytest.raises(RebaloopError) as caught:
        broker._line.get("/replayed")

    assert isinstance(caught.value, LogIn if one.status in {401, 403} else Reconcile)
    assert re.sub(r"\d{8,}|\b[0-9a-f-]{36}\b", "...", words) in caught.value.message


@pytest.mark.parametrize("one", [one for one in REFUSALS if one.method == "POST"], ids=lambda one: one.name)
def test_a_recorded_refusal_of_an_order_proves_that_there_is_none(server: Hostile, one: Recording) -> None:
    server.say("POST /v2/orders", Reply(status=one.status, body=one.body.encode()))
    submission = adapter_for(server.url)._line.send({"client_order_id": "ours"})

    assert submission.answer is Answer.REFUSED
    assert json.loads(one.body, parse_float=Decimal)["message"] in submission.text


def test_a_recorded_receipt_is_accepted_under_its_key(server: Hostile) -> None:
    server.say("POST /v2/orders", Reply(body=named("new_order__places_a_new_Order").body.encode()))

    assert adapter_for(server.url)._line.send({"client_order_id": "MY_ORDER_ID"}) == Submission(
        answer=Answer.ACCEPTED, broker_id="<ID>", text="new"
    )


def test_a_recorded_account_has_the_cash_that_it_had() -> None:
    balances = parsed("account__returns_an_Account_object")

    assert isinstance(balances, Balances)
    assert (balances.cash, balances.spendable) == (Usd.of(103_160), None)


def test_an_account_number_in_capitals_is_seen() -> None:
    balances = parsed("alpaca_elixir:account__get_success")

    assert isinstance(balances, Balances)
    assert balances.number.startswith("PA")


def test_a_recorded_position_is_exact() -> None:
    assert parsed("position__get_success") == HeldReading(
        symbol="AAPL",
        quantity=Shares.of(2),
        available=Shares.of(2),
        cost_basis=Usd.of("642.66"),
        price=Decimal("323.35"),
    )


def test_a_recorded_order_is_exact() -> None:
    assert parsed("order__returns_an_Order_object") == BrokerOrder(
        broker_id="f08bfc92-c922-41f9-8166-3657e5bedef0",
        client_order_id="c32402d5-31a0-4eff-84d7-00ec1820d3de",
        account="ira",
        side=Side.SELL,
        symbol="GDX",
        quantity=Shares.of(500),
        limit_price=Decimal("25.07"),
        state=OrderState.FILLED,
        filled=Shares.of(500),
        average_price=Decimal("25.07"),
        text="filled",
    )


def test_a_recorded_fill_keeps_its_instant_although_its_id_says_another() -> None:
    fills = parsed("account_activity__get_success")

    assert isinstance(fills, tuple)
    assert fills[0].activity_id.startswith("20200603093014")
    assert fills[0].at == datetime(2020, 6, 3, 13, 30, 14, 199812, tzinfo=UTC)
    assert (fills[0].on, fills[0].net) == (date(2020, 6, 3), Usd.of("4432.75"))


def test_a_recorded_dividend_is_a_dividend() -> None:
    entries = parsed("NonTradeActivity")

    assert isinstance(entries, tuple)
    assert [(one.kind, one.symbol, one.net, one.on) for one in entries] == [
        (ActivityKind.DIVIDEND, "T", Usd.of("1.02"), date(2019, 8, 1))
    ]


def test_a_recorded_calendar_settles_on_the_next_session() -> None:
    days = parsed("calendar__returns_Calendar_objects")

    assert isinstance(days, dict)
    assert days[date(2019, 6, 7)] == date(2019, 6, 10)


def test_a_list_of_open_orders_with_legs_is_not_counted() -> None:
    bracket = json.loads(named("supports_bracket_orders").body, parse_float=Decimal)

    with pytest.raises(Reconcile, match="AAPL has legs"):
        parse_open_orders([bracket], "ira")
