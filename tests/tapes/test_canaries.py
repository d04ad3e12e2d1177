"""Secrets that were planted in every place of an exchange are on no tape, whichever library spoke."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, quote_plus

import httpx
import pytest
import requests

from tests.adapters.hostile import Reply
from tests.adapters.scripted_schwab import Script, scripted_schwab
from tests.tapes.exchange import Exchange
from tests.tapes.scrubber import Scrubber
from tests.tapes.tape import recording, scrubbed, written

TAIL = "cAnArY7x9Qz3"
CANARIES = {
    "alpaca key": "PK" + "C4N4RYQWERTYUIOP" + "12",
    "alpaca secret": "s3cr3t/Alp4ca+" + TAIL * 2,
    "app key": "4ppK3y" + TAIL * 2,
    "app secret": "4ppS3cr3t" + TAIL,
    "access token": "I0." + TAIL * 3 + "@",
    "refresh token": "r3fr3sh-" + TAIL * 3 + "=",
    "id token": "1dt0k3n~" + TAIL * 2,
    "signed token": "eyJ" + "hbGciOiJSUzI1NiJ9." + "eyJzdWIiOiJjYW5hcnkifQ." + TAIL,
    "basic credentials": base64.b64encode(b"canary-key:canary-secret").decode(),
    "code": "C0." + TAIL + "%40x" + TAIL,
    "state": "1772463600." + TAIL * 2,
    "cookie": "sess10n" + TAIL * 2,
    "set cookie": "tr4ck3r" + TAIL * 2,
    "account number": "73918264",
    "account number with zeros": "00918273",
    "long account number": "558829173640",
    "paper number": "PA3QWERTY7XZ",
    "hash": "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    "uuid of the account": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    "email": "jane.canary@mail.example.org",
    "name": "Jane Q. Canarysdottir",
    "nickname": "Canary's rollover",
    "login": "jcanary_logs_in",
    "phone": "+1 415 555 0199",
    "streamer id": "5tr34m3r-" + TAIL,
    "customer id": "c0ffee11deadbeef99887766aabbccdd",
    "tax id": "912-88-7301",
}
UNDER = {
    "alpaca key": "key_id",
    "alpaca secret": "secret_key",
    "app key": "appKey",
    "app secret": "clientSecret",
    "access token": "access_token",
    "refresh token": "refresh_token",
    "id token": "id_token",
    "signed token": "jwtToken",
    "basic credentials": "authorization",
    "code": "loginCode",
    "state": "loginState",
    "cookie": "cookie",
    "set cookie": "cookies",
    "account number": "accountNumber",
    "account number with zeros": "account_number",
    "long account number": "accountId",
    "paper number": "account_number",
    "hash": "hashValue",
    "uuid of the account": "account_id",
    "email": "emailAddress",
    "name": "accountHolder",
    "nickname": "nickName",
    "login": "userId",
    "phone": "phoneNumber",
    "streamer id": "streamerId",
    "customer id": "schwabClientCustomerId",
    "tax id": "taxId",
}
# Only words that have a shape can be known where nothing tells what they are.
SHAPELESS = {"name", "nickname", "login", "phone", "tax id", "uuid of the account"}

TOLD = [(UNDER[name], secret) for name, secret in CANARIES.items()]
SAID = Exchange(
    method="GET",
    uri="http://x.test/",
    request_headers={},
    request_body=None,
    status=400,
    reason="",
    headers={},
    body=b"",
)

Secrets = Sequence[tuple[str, str]]  # each with the name of its field
Asking = Callable[[str, str, dict[str, str], str | None], object]


@pytest.fixture(params=["requests", "httpx"])
def ask(request: pytest.FixtureRequest) -> Iterator[Asking]:
    """A question by one of the two libraries that the brokers' clients are made of."""
    if request.param == "httpx":
        with httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as client:
            yield lambda method, url, headers, body: client.request(method, url, headers=headers, content=body)
        return
    with requests.Session() as session:
        session.trust_env = False
        yield lambda method, url, headers, body: session.request(
            method, url, headers=headers, data=body, allow_redirects=False, timeout=10
        )


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_schwab() as running:
        yield running


def answers(secrets: Secrets) -> dict[str, Reply]:
    """Answers with the secrets in every place of them, by their path."""
    words, safe = [secret for _, secret in secrets], [quote(secret, safe="") for _, secret in secrets]
    query = "&".join(f"{name}={word}" for name in ("code", "symbols") for word in safe)
    trees = [
        {
            name: secret,
            "somethingNew": [secret, {"deeper": secret}],
            secret: "as a name",
            "description": f"ACH of {secret} to {secret}",
            "symbol": secret,
        }
        for name, secret in secrets
    ]
    errors = [f"not good: {secret}" for secret in words]
    page = "".join(f"<title>{secret}</title><!-- {secret} --><p title='{secret}'>{secret}" for secret in words)
    return {
        "/told": Reply(body=[{name: secret} for name, secret in secrets]),
        "/tree": Reply(body=trees),
        "/listed": Reply(body=[words, [words]]),
        "/error": Reply(status=400, body={"message": errors[0], "errors": [*errors, {"detail": errors[0]}]}),
        "/faults": Reply(
            status=502, body=[{"fault": {"faultstring": one, "detail": {"errorcode": one}}} for one in errors]
        ),
        "/page": Reply(status=403, body=f"<html>{page}</html>".encode()),
        "/text": Reply(status=504, body=" ".join(words).encode()),
        "/broken": Reply(body=f'{{"told": "{" ".join(words)}", "cut'.encode()),
        "/moved": Reply(status=302, headers={"Location": f"/v2/{'/'.join(safe)}?{query}"}),
        "/away": Reply(status=302, headers={"Location": f"https://{TAIL}.example/{safe[0]}?{query}"}),
        "/marked": Reply(headers=marks(safe)),
    }


def marks(safe: list[str]) -> dict[str, str]:
    """Headers of an answer that tell everything."""
    return {
        "Set-Cookie": f"id={'.'.join(safe)}; Path=/",
        "Schwab-Client-CorrelId": " ".join(safe),
        "X-RateLimit-Reset": " ".join(safe),
        "Retry-After": " ".join(safe),
        "X-Anything": " ".join(safe),
        "Content-Type": f"text/plain; x={' '.join(safe)}",
    }


def converse(script: Script, ask: Asking, secrets: Secrets) -> None:
    """Every answer with these secrets, to questions that tell them too."""
    safe = [quote(secret, safe="") for _, secret in secrets]
    shown = {"Authorization": f"Bearer {' '.join(safe)}", "APCA-API-KEY-ID": " ".join(safe), "Accept": " ".join(safe)}
    query = "&".join(f"code={word}&symbols={word}&{word}=1" for word in safe)
    body = json.dumps([{name: secret, "note": secret, "price": [secret]} for name, secret in secrets])
    for path, reply in answers(secrets).items():
        script.say(f"GET {path}", reply)
        script.say(f"POST {path}", reply)
        asked = f"?{query}" if path in {"/told", "/moved"} else ""
        ask("GET", f"{script.url}{path}{asked}", {**shown, "Cookie": f"a={safe[0]}"}, None)
        ask("POST", f"{script.url}{path}", {**shown, "Content-Type": "application/json"}, body)
    for word in safe:
        ask("GET", f"{script.url}/trader/v1/accounts/{word}/orders/{word}/{word}", shown, None)
    form = {**shown, "Content-Type": "application/x-www-form-urlencoded"}
    ask("POST", f"{script.url}/form", form, query)
    ask("POST", f"{script.url}/v1/oauth/token", form, query)


def tape_of(script: Script, ask: Asking, secrets: Secrets, hide: Sequence[str] = ()) -> str:
    """The text of the tape of such a conversation."""
    with recording() as heard:
        converse(script, ask, secrets)
    assert len(heard.exchanges) == 2 * 11 + len(secrets) + 1  # all but the one of the token endpoint
    return written(scrubbed(heard.exchanges, {script.url: "http://x.test"}, hide), broker="schwab", source="simulator")


def forms(secret: str) -> set[str]:
    """The ways to write a secret that somebody could read again."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, secret.lower(), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], encoded}


def found_on(text: str, secret: str) -> set[str]:
    return {form for form in forms(secret) if form in text or form.lower() in text.lower()}


def test_more_than_twenty_are_planted() -> None:
    assert len(set(CANARIES.values())) == len(CANARIES) == len(UNDER) > 20


def test_secrets_that_are_told_once_are_nowhere_on_the_tape(script: Script, ask: Asking) -> None:
    text = tape_of(script, ask, TOLD)

    assert not {name: found_on(text, secret) for name, secret in CANARIES.items() if found_on(text, secret)}


def test_secrets_that_nothing_names_are_known_by_their_shape(script: Script, ask: Asking) -> None:
    text = tape_of(script, ask, [("somewhere", secret) for name, secret in CANARIES.items() if name not in SHAPELESS])

    assert not {name for name in CANARIES.keys() - SHAPELESS if found_on(text, CANARIES[name])}


@pytest.mark.parametrize("name", sorted(CANARIES.keys() - SHAPELESS))
def test_a_secret_alone_in_an_error_is_known_by_its_shape(name: str) -> None:
    secret = CANARIES[name]
    scrubber = Scrubber({})
    told = replace(SAID, body=json.dumps({"message": f"nothing is known of {secret} here"}).encode())
    scrubber.learn([told])

    assert not found_on(scrubber.clean(told).body.decode(), secret)


def test_words_that_the_owner_hides_are_hidden_everywhere(script: Script, ask: Asking) -> None:
    hide = [CANARIES[name] for name in sorted(SHAPELESS)]
    text = tape_of(script, ask, [("somewhere", secret) for secret in hide], hide)

    assert not {name for name in SHAPELESS if found_on(text, CANARIES[name])}


def test_without_the_scrubber_they_would_all_be_there(script: Script, ask: Asking) -> None:
    with recording() as heard:
        converse(script, ask, TOLD)
    text = " ".join(written(heard.exchanges, broker="schwab", source="simulator").replace("\\\n", "").split())

    assert {name for name, secret in CANARIES.items() if found_on(text, secret)} == set(CANARIES)
