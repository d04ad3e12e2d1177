"""An order to Alpaca leaves exactly once, whatever comes back, and only a proof counts as a refusal."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.brokers.alpaca.broker import AlpacaBroker
from adapters.brokers.alpaca.hosts import RealMoney
from bot.domain.errors import NotAllowed
from bot.domain.money import Shares
from bot.domain.orders import Answer, Intent
from bot.domain.plan import Environment
from bot.domain.snapshot import Side
from tests.adapters.hostile import ACCOUNT, Hostile, Reply, hostile_broker, impatient

INTENT = Intent(
    plan="plan",
    line=1,
    attempt=1,
    account="ira",
    side=Side.BUY,
    symbol="VTI",
    quantity=Shares.of("0.123456789"),
    limit_price=Decimal("250.1"),
)
ORDERS = "POST /v2/orders"
RECEIPT = {"id": "an-id", "client_order_id": INTENT.client_order_id, "status": "accepted"}
PAGE = b"<html><body>Bad Gateway</body></html>"


def error(status: int, code: int, message: str) -> Reply:
    return Reply(status=status, body={"code": code, "message": message})


@pytest.fixture
def hostile() -> Iterator[tuple[Hostile, AlpacaBroker]]:
    with hostile_broker() as pair:
        yield pair


CASES = {
    "200": (Reply(body=RECEIPT), Answer.ACCEPTED),
    "201": (Reply(status=201, body=RECEIPT), Answer.ACCEPTED),
    "200 without id": (Reply(body={**RECEIPT, "id": None}), Answer.UNKNOWN),
    "200 with a number as id": (Reply(body={**RECEIPT, "id": 7}), Answer.UNKNOWN),
    "200 for another order": (Reply(body={**RECEIPT, "client_order_id": "mine"}), Answer.UNKNOWN),
    "200 empty": (Reply(), Answer.UNKNOWN),
    "200 page": (Reply(body=PAGE), Answer.UNKNOWN),
    "200 truncated": (Reply(body=b'{"id": "an-'), Answer.UNKNOWN),
    "200 list": (Reply(body=[RECEIPT]), Answer.UNKNOWN),
    "200 bottomless": (Reply(body=b"[" * 100_000), Answer.UNKNOWN),
    "204": (Reply(status=204), Answer.UNKNOWN),
    "302": (Reply(status=302, headers={"Location": "/v2/elsewhere"}), Answer.UNKNOWN),
    "307 with a receipt": (Reply(status=307, body=RECEIPT, headers={"Location": "/v2/orders"}), Answer.UNKNOWN),
    "400": (error(400, 40010000, "request body format is invalid"), Answer.REFUSED),
    "401": (error(401, 40110000, "request is not authorized"), Answer.REFUSED),
    "403": (error(403, 40310000, "insufficient buying power"), Answer.REFUSED),
    "404": (error(404, 40410000, "asset not found"), Answer.REFUSED),
    "422": (error(422, 42210000, "qty must be > 0"), Answer.REFUSED),
    "403 page": (Reply(status=403, body=PAGE), Answer.UNKNOWN),
    "404 of a gateway": (Reply(status=404, body={"message": "no Route matched with those values"}), Answer.UNKNOWN),
    "422 without message": (Reply(status=422, body={"code": 42210000}), Answer.UNKNOWN),
    "422 duplicate": (error(422, 40010001, "client_order_id must be unique"), Answer.UNKNOWN),
    "408": (error(408, 40810000, "request timeout"), Answer.UNKNOWN),
    "429": (Reply(status=429, body={"message": "too many requests."}), Answer.UNKNOWN),
    "429 with code": (error(429, 42910000, "rate limit exceeded"), Answer.UNKNOWN),
    "500": (error(500, 50010000, "internal server error occurred"), Answer.UNKNOWN),
    "502 page": (Reply(status=502, body=PAGE), Answer.UNKNOWN),
    "503": (Reply(status=503), Answer.UNKNOWN),
    "504": (error(504, 50410000, "gateway timeout"), Answer.UNKNOWN),
    "no answer in time": (Reply(hang=True), Answer.UNKNOWN),
    "dropped": (Reply(drop=True), Answer.UNKNOWN),
}


@pytest.mark.parametrize(("reply", "answer"), CASES.values(), ids=CASES)
def test_one_request_for_one_order_and_only_a_proof_is_a_refusal(
    hostile: tuple[Hostile, AlpacaBroker], reply: Reply, answer: Answer
) -> None:
    server, broker = hostile
    server.say(ORDERS, reply)
    submission = (impatient(server.url) if reply.hang else broker).submit(INTENT)

    assert (submission.answer, server.count("POST")) == (answer, 1)
    assert submission.text


def test_an_order_does_not_wait_for_an_answer_without_end(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    server, _ = hostile
    server.say(ORDERS, Reply(hang=True))

    assert impatient(server.url).submit(INTENT).text == "no answer (ReadTimeout)"


def test_a_refusal_carries_the_brokers_words(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    server, broker = hostile
    server.say(ORDERS, error(403, 40310000, "insufficient buying power"))

    assert broker.submit(INTENT).text == "insufficient buying power (40310000)"


def test_the_order_is_sent_as_exact_text_with_its_key(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    server, broker = hostile
    server.say(ORDERS, Reply(body=RECEIPT))
    broker.submit(INTENT)

    assert json.loads(server.asked[-1].body) == {
        "symbol": "VTI",
        "qty": "0.123456789",
        "side": "buy",
        "type": "limit",
        "time_in_force": "day",
        "limit_price": "250.10",
        "extended_hours": False,
        "client_order_id": INTENT.client_order_id,
    }


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        ("0", "250.00"),
        ("-1", "250.00"),
        ("0.1234567891", "250.00"),
        ("1", "250.001"),
        ("1", "0.12345"),
        ("1", "0"),
        ("1", "-2.00"),
    ],
)
def test_what_the_broker_could_not_take_as_it_is_never_leaves(
    hostile: tuple[Hostile, AlpacaBroker], quantity: str, price: str
) -> None:
    server, broker = hostile
    intent = replace(INTENT, quantity=Shares.of(quantity), limit_price=Decimal(price))

    assert broker.submit(intent).answer is Answer.REFUSED
    assert server.count("POST") == 0


def test_below_a_dollar_four_decimals_are_sent(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    server, broker = hostile
    server.say(ORDERS, Reply(body=RECEIPT))
    broker.submit(replace(INTENT, limit_price=Decimal("0.1234")))

    assert json.loads(server.asked[-1].body)["limit_price"] == "0.1234"


def test_no_order_leaves_before_the_account_is_known_to_be_a_paper_account(
    hostile: tuple[Hostile, AlpacaBroker],
) -> None:
    server, broker = hostile
    server.say("GET /v2/account", Reply(body={**ACCOUNT, "account_number": "123456789"}))

    assert broker.submit(INTENT).answer is Answer.REFUSED
    assert server.count("POST") == 0


def test_a_dry_run_sends_nothing(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    server, _ = hostile
    broker = AlpacaBroker(
        account="ira",
        key_id="KEY",
        secret_key="SECRET",
        trading_url=server.url,
        data_url=server.url,
        environment=Environment.DRY_RUN,
    )

    assert broker.submit(INTENT).answer is Answer.REFUSED
    assert not broker.capabilities().sends_orders
    assert not server.asked


PAPER = "https://paper-api.alpaca.markets"
DATA = "https://data.alpaca.markets"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.alpaca.markets",
        "https://API.alpaca.markets/v2",
        "https://paper-api.alpaca.markets.example.com",
        "https://paper-api.alpaca.markets@api.alpaca.markets",
        "https://paper-api.alpaca.markets.",
        "https://broker-api.alpaca.markets",
        "http://paper-api.alpaca.markets",
        "https://127.0.0.1.example.com",
        "http://10.0.0.1:8000",
        "http://2130706433",
        "ftp://127.0.0.1",
        "paper-api.alpaca.markets",
        "",
        "http://[",
    ],
)
def test_any_host_but_paper_and_loopback_is_refused_before_a_request(url: str) -> None:
    with pytest.raises(NotAllowed):
        AlpacaBroker(
            account="ira",
            key_id="KEY",
            secret_key="SECRET",
            trading_url=url,
            data_url=DATA,
            environment=Environment.PAPER,
        )


def test_the_live_environment_is_refused_on_every_host() -> None:
    with pytest.raises(NotAllowed, match="Live"):
        AlpacaBroker(
            account="ira",
            key_id="KEY",
            secret_key="SECRET",
            trading_url=PAPER,
            data_url=DATA,
            environment=Environment.LIVE,
        )


REAL = "https://api.alpaca.markets"


def live_broker(url: str, real: RealMoney, environment: Environment = Environment.LIVE) -> AlpacaBroker:
    """A broker with real money open so far."""
    return AlpacaBroker(
        account="ira",
        key_id="KEY",
        secret_key="SECRET",
        trading_url=url,
        data_url=DATA if url.startswith("https") else url,
        environment=environment,
        real=real,
    )


@pytest.mark.parametrize("environment", [Environment.PAPER, Environment.DRY_RUN])
@pytest.mark.parametrize("real", [RealMoney.READ, RealMoney.ORDERS])
def test_real_money_is_open_in_the_live_environment_alone(environment: Environment, real: RealMoney) -> None:
    with pytest.raises(NotAllowed):
        live_broker(REAL, real, environment)


@pytest.mark.parametrize("url", [PAPER, "https://api.alpaca.markets.example.com", "https://example.com"])
def test_live_orders_go_to_the_vendors_live_host_and_nowhere_else(url: str) -> None:
    with pytest.raises(NotAllowed, match="live host"):
        live_broker(url, RealMoney.ORDERS)


@pytest.mark.parametrize(("real", "sends"), [(RealMoney.READ, False), (RealMoney.ORDERS, True)])
def test_real_money_that_is_open_for_reading_takes_no_order(real: RealMoney, sends: bool) -> None:
    assert live_broker(REAL, real).capabilities().sends_orders is sends


def test_a_live_key_that_opens_a_paper_account_is_refused(hostile: tuple[Hostile, AlpacaBroker]) -> None:
    hostile[0].replies["GET /v2/account"] = [Reply(body=ACCOUNT)]
    with pytest.raises(NotAllowed, match="does not open an account with real money"):
        live_broker(hostile[0].url, RealMoney.READ).number_ends()


def test_an_order_is_not_even_posted_where_real_money_is_open_for_reading(
    hostile: tuple[Hostile, AlpacaBroker],
) -> None:
    hostile[0].replies["GET /v2/account"] = [Reply(body={**ACCOUNT, "account_number": "400011111234"})]

    submission = live_broker(hostile[0].url, RealMoney.READ).submit(INTENT)

    assert submission.answer is Answer.REFUSED
    assert not [asked for asked in hostile[0].asked if asked.method == "POST"]


@pytest.mark.parametrize(
    ("trading", "data"),
    [
        (PAPER, DATA),
        (PAPER + "/v2/", DATA),
        ("http://localhost:9", "http://[::1]:9"),
        ("http://127.8.9.1:9/v2", "http://127.0.0.1:9"),
    ],
)
def test_paper_and_loopback_are_taken(trading: str, data: str) -> None:
    broker = AlpacaBroker(
        account="ira",
        key_id="KEY",
        secret_key="SECRET",
        trading_url=trading,
        data_url=data,
        environment=Environment.PAPER,
    )

    assert broker.capabilities().environment is Environment.PAPER


@pytest.mark.parametrize(("trading", "data"), [(PAPER, "https://example.com"), ("http://127.0.0.1:9", DATA)])
def test_prices_come_from_the_same_world_as_the_account(trading: str, data: str) -> None:
    with pytest.raises(NotAllowed):
        AlpacaBroker(
            account="ira",
            key_id="KEY",
            secret_key="SECRET",
            trading_url=trading,
            data_url=data,
            environment=Environment.PAPER,
        )
