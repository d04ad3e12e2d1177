"""Secrets that no one else has, planted in the settings and in everything that a broker says."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from adapters.simulator.faults.fault import Fault, Turn
from adapters.simulator.faults.kinds import answered, changed, spoiled
from adapters.simulator.faults.route import First, Route
from adapters.simulator.wire import Answer

TAIL = "cAnArY7x9Qz3"
# What the household keeps to itself, and a broker or a mail server is told in confidence.
KEPT = {
    "alpaca key": "PK" + "C4N4RYQWERTYUIOP" + "12",
    "alpaca secret": "s3cr3t/Alp4ca+" + TAIL * 2,
    "alpaca number": "PA3QWERTY7XZ",
    "app key": "4ppK3y" + TAIL * 2,
    "app secret": "4ppS3cr3t" + TAIL,
    "schwab number": "73918264",
    "other schwab number": "40917735",
    "nickname": "Canarys nest egg",
    "mail password": "m41l-Pa55w0rd",
    "passphrase": "correct canary battery staple",
}
KNOWN = {  # to whom
    "alpaca": ("alpaca key", "alpaca secret", "alpaca number"),
    "schwab": ("app key", "app secret", "schwab number", "other schwab number"),
}
# What may stand in the middle of any sentence of a broker's, and is known by its shape alone.
SAID = {
    "long number": "558829173640",
    "number with zeros": "00918273",
    "dashed number": "9182-7364",
    "mail address": "jane.canary@mail.example.org",
    "bearer": "Bearer c4n4ry.t0k3n.short",
    "signed token": "eyJ" + "hbGciOiJSUzI1NiJ9." + "eyJzdWIiOiJjYW5hcnkifQ." + TAIL,
    "session": "sess10n" + TAIL * 2,
    "tax id": "912-88-7301",
    "phone": "+1 415 555 0199",
    "account id": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    "customer id": "c0ffee11deadbeef99887766aabbccdd",
    "hash": "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    "other key": "PK9XCANARYKEY",
}
CANARIES = KEPT | SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Trick:
    """One way of a broker to tell everything it knows: in place of an answer to a question, or to an order."""

    name: str
    fault: Fault
    of_an_order: bool = False
    is_shown: bool = False  # also by a command that shows the health of each account


def sentences(words: Sequence[str]) -> list[str]:
    """Everything in one sentence, and a few in each of many: what a long one loses at its end a short one shows."""
    few = [words[at : at + 3] for at in range(0, len(words), 3)]
    return [f"denied for {' and '.join(some)}" for some in (words, *few)]


def bodies(told: Sequence[str]) -> Iterator[tuple[str, Answer]]:
    """Every kind of answer that is none, telling one of these sentences, and one of them in each header."""
    for at, words in enumerate(told):
        kinds = tuple(_kinds(words, _headers(words)).items())
        yield from kinds if at == 0 else (kinds[at % len(kinds)],)


def _headers(words: str) -> dict[str, str]:
    return {
        "Set-Cookie": f"id={quote(words, safe='')}; Path=/",
        "WWW-Authenticate": f'Bearer realm="{quote(words)}"',
        "X-Request-ID": quote(words, safe=""),
        "Schwab-Client-CorrelId": quote(words, safe=""),
        "Retry-After": quote(words, safe=""),
    }


def _kinds(words: str, headers: Mapping[str, str]) -> dict[str, Answer]:
    alpaca = {"code": 40310000, "message": words}
    schwab = {"message": words, "errors": [words, {"title": words, "detail": words}]}
    fault = {"fault": {"faultstring": words, "detail": {"errorcode": words}}}
    page = f"<html><title>{words}</title><body><!-- {words} --><p title='{words}'>{words}</body></html>".encode()
    html = {**headers, "Content-Type": "text/html"}
    return {
        "refused by alpaca": Answer(status=403, body=alpaca, headers=headers),
        "refused by schwab": Answer(status=400, body=schwab, headers=headers),
        "unprocessable": Answer(status=422, body={**alpaca, "code": 42210000}, headers=headers),
        "not found": Answer(status=404, body={**schwab, "code": 40410000}, headers=headers),
        "gateway": Answer(status=500, body=fault, headers=headers),
        "unauthorised": Answer(status=401, body={**schwab, "code": 40110000}, headers=headers),
        "throttled": Answer(status=429, body=schwab, headers={**headers, "Retry-After": "3600"}),
        "page": Answer(status=200, raw=page, headers=html),
        "page of an error": Answer(status=403, raw=page, headers=html),
        "text": Answer(status=500, raw=words.encode(), headers={**headers, "Content-Type": "text/plain"}),
        "half": Answer(status=200, raw=f'{{"told": "{words}", "cut'.encode(), headers=headers),
        "moved": Answer(status=302, headers={**headers, "Location": f"https://{TAIL}.example/{quote(words)}"}),
        "a list": Answer(status=200, body=[words], headers=headers),
    }


def of_questions(told: Sequence[str]) -> Iterator[Trick]:
    """In place of an answer about an account."""
    reads = Route.regex("GET", r"/v2/account|/trader/v1/accounts/\w{30,}")
    for name, body in bodies(told):
        yield Trick(name=f"question: {name}", fault=answered(reads, body), is_shown="refused" in name)


def of_orders(told: Sequence[str]) -> Iterator[Trick]:
    """In place of a receipt: the order was refused, or it was booked and nobody can tell."""
    for name, body in bodies(told[:1]):
        yield Trick(name=f"order: {name}", fault=answered(Route.orders("POST"), body, times=First(2)), of_an_order=True)
        if name == "page":
            booked = spoiled(Route.orders("POST"), body, times=First(1))
            yield Trick(name="order: booked, and a page", fault=booked, of_an_order=True)


def of_symbols(words: Sequence[str]) -> Iterator[Trick]:
    """Inside a good answer: where a fund's symbol stood, and in a field that nobody knows."""
    positions = Route.regex("GET", r"/v2/positions|/trader/v1/accounts/\w{30,}")
    for word in words:

        def change(turn: Turn, word: str = word) -> Answer:
            text = turn.answer.content.decode().replace('"VTI"', json.dumps(word)).replace("{", '{"x":%s,', 1)
            return replace(turn.answer, raw=(text % json.dumps(word) if "%s" in text else text).encode())

        yield Trick(name=f"symbol: {word[:8]}", fault=changed(positions, change))


def forms(secret: str) -> Iterable[str]:
    """The ways to write a secret that somebody could read again."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, secret.lower(), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], encoded}


def found_in(text: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Which secrets stand in a text, by name, with what stands around them."""
    lower, found = text.lower(), {}
    for name, secret in secrets.items():
        for form in forms(secret):
            at = lower.find(form.lower())
            if at >= 0:
                found[name] = text[max(0, at - 100) : at + 60]
    return found
