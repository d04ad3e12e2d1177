"""What a login may not do never reaches a wire, and nothing secret reaches a log, an exception or a repr."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from adapters.brokers.schwab.access import Access
from adapters.brokers.schwab.hosts import REAL, broker_address
from adapters.brokers.schwab.line import Line
from adapters.brokers.schwab.transport import NoWire, Wire
from bot.domain.errors import LogIn, NotAllowed, RebaloopError
from bot.domain.orders import Answer
from bot.domain.plan import Environment
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import (
    HASH,
    LOGGED_IN_AT,
    NUMBER,
    NUMBERS,
    ORDERS,
    TOKEN,
    Script,
    access_to,
    line_to,
    scripted_schwab,
    store,
)
from tests.fakes.clock import FakeClock

OF = f"/trader/v1/accounts/{HASH}"
CANARIES = ("canary", HASH, NUMBER)


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_schwab() as running:
        yield running


@pytest.mark.parametrize(
    "url",
    [
        "https://api.schwabapi.com.example.com",
        "https://api.schwabapi.com@example.com",
        "https://sandbox.schwabapi.com",
        "http://api.schwabapi.com",
        "https://api.schwabapi.com:8443",
        "https://api.schwabapi.com/trader",
        "https://127.0.0.1.example.com",
        "http://10.0.0.1:8000",
        "http://2130706433",
        "http://127.0.0.1:0",
        "ftp://127.0.0.1",
        "api.schwabapi.com",
        "",
        "http://[",
    ],
)
def test_any_host_but_the_vendors_and_the_loopback_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        access_to(url, tmp_path)


@pytest.mark.parametrize("url", [REAL, REAL + "/", REAL + ":443", "HTTPS://API.SCHWABAPI.COM"])
def test_the_vendors_host_is_taken(url: str) -> None:
    assert broker_address(url) == REAL


@pytest.mark.parametrize("secret", ["", "a b", "tab\t", "umlaut-ü"])
def test_a_key_that_cannot_be_one_is_refused(secret: str, tmp_path: Path) -> None:
    with pytest.raises(LogIn):
        Access(name="a", app_key="k", app_secret=secret, callback_url="https://127.0.0.1", token_path=tmp_path / "t")


def test_live_orders_need_the_real_host_and_a_second_word(tmp_path: Path) -> None:
    clock, real = FakeClock(LOGGED_IN_AT), access_to(REAL, tmp_path)
    with pytest.raises(NotAllowed, match="Live"):
        Line(real, environment=Environment.LIVE, clock=clock)
    with pytest.raises(NotAllowed, match="Live"):
        Line(access_to("http://127.0.0.1:9", tmp_path), environment=Environment.LIVE, clock=clock, orders_allowed=True)

    assert Line(real, environment=Environment.LIVE, clock=clock, orders_allowed=True).sends_orders


@pytest.mark.parametrize("environment", [Environment.DRY_RUN, Environment.PAPER])
def test_nothing_is_ever_sent_to_the_real_host_outside_live(environment: Environment, tmp_path: Path) -> None:
    line = line_to(access_to(REAL, tmp_path), environment=environment)

    assert not line.sends_orders
    assert line.send(HASH, {}).answer is Answer.REFUSED


WRITES = [
    ("POST", f"{OF}/orders"),
    ("POST", f"{OF}/previewOrder"),
    ("DELETE", f"{OF}/orders/1"),
    ("PUT", f"{OF}/orders/1"),
    ("PATCH", OF),
    ("POST", "/v1/oauth/revoke"),
    ("POST", "/trader/v1/accounts"),
    ("GET", "/v1/oauth/token"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_login_that_only_reads_lets_nothing_else_out(script: Script, method: str, path: str) -> None:
    with pytest.raises(NotAllowed):
        Wire(script.url, previews=False, orders=False).handle_request(httpx.Request(method, REAL + path))

    assert not script.asked


@pytest.mark.parametrize(
    "path",
    [f"{OF}/orders/1/orders", f"{OF}/../orders", f"{OF}/orders/", "/trader/v1/accounts/a%2Fb/orders", f"{OF}/Orders"],
)
def test_even_a_login_that_may_order_posts_to_one_kind_of_address(script: Script, path: str) -> None:
    with pytest.raises(NotAllowed):
        Wire(script.url, previews=True, orders=True).handle_request(httpx.Request("POST", REAL + path))

    assert not script.asked


@pytest.mark.parametrize(
    "url", ["https://example.com/trader/v1/accounts", "http://api.schwabapi.com/trader/v1/accounts"]
)
def test_no_other_host_is_spoken_to(script: Script, url: str) -> None:
    request = httpx.Request("GET", url)
    with pytest.raises(NotAllowed):
        Wire(script.url, previews=True, orders=True).handle_request(request)
    with pytest.raises(NotAllowed):
        NoWire().handle_request(request)

    assert not script.asked


SECRET_ANSWERS = {
    "a refusal with the hash": Reply(status=400, body={"message": f"no such order in {HASH} ({NUMBER})"}),
    "a refusal with tokens": Reply(status=403, body={"message": "denied", "errors": [f"Bearer {'x' * 40}"]}),
    "a page": Reply(status=502, body=f"<html><title>{HASH}</title></html>".encode()),
    "text": Reply(status=500, body=f"{HASH} {NUMBER}".encode()),
    "401": Reply(status=401, body={"errors": [{"title": f"no {NUMBER}"}]}),
    "dropped": Reply(drop=True),
    "throttled": Reply(status=429, body={"message": NUMBER}),
    "no json": Reply(body=f'{{"accountNumber": "{NUMBER}"'.encode()),
    "good": Reply(body={"accountNumber": NUMBER}),
}


@pytest.mark.parametrize("reply", SECRET_ANSWERS.values(), ids=SECRET_ANSWERS)
def test_no_secret_is_told_even_when_everything_is_logged(
    script: Script,
    reply: Reply,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("schwab", "schwab.client.base", "httpx", "httpcore", "authlib"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    access = access_to(script.url, tmp_path)
    store(access.token_path)
    line = line_to(access)
    for route in (f"GET {OF}", ORDERS):
        script.say(route, reply)
    told = [repr(line), repr(access), repr(line.login())]
    with structlog.testing.capture_logs() as events:
        try:
            line.account(HASH)
        except RebaloopError as problem:
            told += [repr(problem), "".join(traceback.format_exception(problem)), problem.next_step]
        told += [repr(line.send(HASH, {"price": "1"})), repr(line._opened), repr(line._tokens.load())]
    told += [repr(events), caplog.text]

    assert not [canary for canary in (*CANARIES, "x" * 40) for text in told if canary in text]


def test_no_secret_is_told_when_the_login_service_fails(
    script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = access_to(script.url, tmp_path)
    store(access.token_path, expires_at=1)
    body = {"error": "canary-refresh-token", "error_description": "canary-refresh-token"}
    script.say(TOKEN, Reply(status=400, body=body), Reply(status=403, body=b"canary-refresh-token"), Reply(drop=True))
    told = [caplog.text]
    for _ in range(3):
        with pytest.raises(RebaloopError) as caught:
            line_to(access).account_numbers()
        told += [repr(caught.value), "".join(traceback.format_exception(caught.value))]

    assert not [text for text in [*told, caplog.text] if "canary" in text]


def test_what_the_brokers_support_asks_for_is_logged(script: Script, tmp_path: Path) -> None:
    access = access_to(script.url, tmp_path)
    store(access.token_path)
    script.say(NUMBERS, Reply(status=400, body={"message": "no"}, headers={"Schwab-Client-CorrelId": "ab-12"}))
    with structlog.testing.capture_logs() as events, pytest.raises(RebaloopError):
        line_to(access).account_numbers()

    assert events == [
        {
            "event": "schwab.answered",
            "log_level": "info",
            "login": "schwab",
            "question": "account_numbers",
            "status": 400,
            "correlation": "ab-12",
            "broker_time": "2026-03-02T15:00:00+00:00",
        }
    ]


def test_a_strange_correlation_number_is_not_logged(script: Script, tmp_path: Path) -> None:
    access = access_to(script.url, tmp_path)
    store(access.token_path)
    script.say(NUMBERS, Reply(status=400, body={"message": "no"}, headers={"Schwab-Client-CorrelId": "a b; c"}))
    with structlog.testing.capture_logs() as events, pytest.raises(RebaloopError):
        line_to(access).account_numbers()

    assert [event["correlation"] for event in events] == [""]
