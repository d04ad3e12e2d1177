"""An order to Schwab leaves exactly once, whatever comes back, and only a proof counts as a refusal."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.brokers.schwab.line import Line
from bot.domain.orders import Answer
from bot.domain.plan import Environment
from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import (
    HASH,
    ORDERS,
    TOKEN,
    Script,
    access_to,
    line_to,
    scripted_schwab,
    store,
)

BODY = {"orderType": "LIMIT", "price": "299.50", "orderLegCollection": [{"instruction": "BUY", "quantity": 1}]}
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>"
UNAUTHORISED = {"errors": [{"id": "1", "status": 401, "title": "Unauthorized", "detail": "Client not authorized"}]}
FAULT = {"fault": {"faultstring": "Body buffer overflow", "detail": {"errorcode": "protocol.http.TooBigBody"}}}
WHITELABEL = {
    "timestamp": "2026-03-02",
    "status": 404,
    "error": "Not Found",
    "message": "No message available",
    "path": f"/trader/v1/accounts/{HASH}",
}
AT = f"/trader/v1/accounts/{HASH}/orders/1002003004005"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Script, Line]]:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path)
        yield script, line_to(access)


def created(location: str) -> Reply:
    return Reply(status=201, headers={"Location": location})


def refused(status: int) -> Reply:
    return Reply(status=status, body={"message": "Invalid order", "errors": ["quantity"]})


CASES = {
    "201 with an address": (created(f"https://api.schwabapi.com{AT}"), Answer.ACCEPTED),
    "201 with a path": (created(AT), Answer.ACCEPTED),
    "201 of another host": (created(f"http://127.0.0.1:1{AT}/"), Answer.ACCEPTED),
    "200 with a path": (Reply(status=200, body={}, headers={"Location": AT}), Answer.ACCEPTED),
    "201 without a location": (Reply(status=201), Answer.UNKNOWN),
    "201 with a strange location": (created("/trader/v1/accounts"), Answer.UNKNOWN),
    "201 with letters for a number": (created(f"{AT}x"), Answer.UNKNOWN),
    "201 with no address at all": (created("http://[/orders/1"), Answer.UNKNOWN),
    "200": (Reply(status=200, body={"orderId": 1}), Answer.UNKNOWN),
    "204": (Reply(status=204), Answer.UNKNOWN),
    "302": (Reply(status=302, headers={"Location": AT}), Answer.UNKNOWN),
    "307": (Reply(status=307, headers={"Location": AT}), Answer.UNKNOWN),
    "400": (refused(400), Answer.REFUSED),
    "401": (Reply(status=401, body=UNAUTHORISED), Answer.REFUSED),
    "403": (refused(403), Answer.REFUSED),
    "404": (refused(404), Answer.REFUSED),
    "422": (refused(422), Answer.REFUSED),
    "400 of the gateway": (Reply(status=400, body=FAULT), Answer.UNKNOWN),
    "403 page": (Reply(status=403, body=b"<html><title>Access Denied</title></html>"), Answer.UNKNOWN),
    "404 of nobody": (Reply(status=404, body=WHITELABEL), Answer.UNKNOWN),
    "408": (refused(408), Answer.UNKNOWN),
    "409": (refused(409), Answer.UNKNOWN),
    "429": (Reply(status=429, body={"message": "Too many requests"}, headers={"Retry-After": "1"}), Answer.UNKNOWN),
    "500": (refused(500), Answer.UNKNOWN),
    "502 page": (Reply(status=502, body=PAGE), Answer.UNKNOWN),
    "503": (Reply(status=503), Answer.UNKNOWN),
    "504 text": (Reply(status=504, body=b"upstream request timeout"), Answer.UNKNOWN),
    "dropped": (Reply(drop=True), Answer.UNKNOWN),
}


@pytest.mark.parametrize(("reply", "answer"), CASES.values(), ids=CASES)
def test_one_request_for_one_order_and_only_a_proof_is_a_refusal(
    desk: tuple[Script, Line], reply: Reply, answer: Answer
) -> None:
    script, line = desk
    script.say(ORDERS, reply)
    submission = line.send(HASH, BODY)

    assert (submission.answer, script.count(ORDERS)) == (answer, 1)
    assert submission.broker_id == ("1002003004005" if answer is Answer.ACCEPTED else "")
    assert HASH not in submission.text


def test_an_order_that_is_not_answered_in_time_is_unknown_and_was_sent_once(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path)
        script.say(ORDERS, Reply(hang=True))
        submission = line_to(access, patience=timedelta(milliseconds=50)).send(HASH, BODY)

        assert (submission.answer, submission.text) == (Answer.UNKNOWN, "no answer (ReadTimeout)")
        assert script.count(ORDERS) == 1


def test_an_order_is_not_repeated_after_a_401_although_a_question_would_be(desk: tuple[Script, Line]) -> None:
    script, line = desk
    script.say(ORDERS, Reply(status=401, body=UNAUTHORISED), created(AT))

    assert line.send(HASH, BODY).text == "Unauthorized: Client not authorized (401)"
    assert (script.count(ORDERS), script.count(TOKEN)) == (1, 0)


def test_a_refusal_carries_the_brokers_words(desk: tuple[Script, Line]) -> None:
    script, line = desk
    script.say(ORDERS, refused(400))

    assert line.send(HASH, BODY).text == "Invalid order; quantity (400)"


def test_the_order_is_sent_as_it_was_given_with_the_living_token(desk: tuple[Script, Line]) -> None:
    script, line = desk
    script.say(ORDERS, created(AT))
    line.send(HASH, BODY)

    assert json.loads(script.asked[-1].body) == BODY
    assert script.asked[-1].headers["authorization"] == "Bearer canary-access-token-0"


def test_an_access_token_that_is_about_to_end_is_renewed_before_the_order(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path, expires_at=1)
        script.say(ORDERS, created(AT))

        assert line_to(access).send(HASH, BODY).answer is Answer.ACCEPTED
        assert [asked.headers["authorization"][:6] for asked in script.asked] == ["Basic ", "Bearer"]
        assert script.asked[-1].headers["authorization"] == "Bearer canary-access-token-1"


@pytest.mark.parametrize("body", [{"quantity": object()}, {"price": {1, 2}}], ids=["an object", "a set"])
def test_what_is_no_json_never_leaves(desk: tuple[Script, Line], body: dict[str, object]) -> None:
    script, line = desk

    assert line.send(HASH, body).text == "Nothing was sent: TypeError"
    assert not script.asked


def test_a_login_that_died_proves_that_nothing_was_sent(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path, expires_at=1)
        script.say(TOKEN, Reply(status=400, body={"error": "unsupported_token_type"}))
        submission = line_to(access).send(HASH, BODY)

        assert submission.answer is Answer.REFUSED
        assert submission.text.startswith("Nothing was sent: schwab: Schwab does not accept this login any more")
        assert script.count(ORDERS) == 0


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    with scripted_schwab() as script:
        access = access_to(script.url, tmp_path)
        store(access.token_path)
        line = line_to(access, environment=Environment.DRY_RUN)

        assert line.send(HASH, BODY).answer is Answer.REFUSED
        assert not line.sends_orders
        assert not script.asked
