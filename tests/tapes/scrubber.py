"""What of an exchange may stand on a tape: names and shapes that are known to be harmless, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from tests.tapes.exchange import Exchange, Spelled, Tree, parse, spell
from tests.tapes.words import (
    ACCOUNT_NUMBERS,
    ERROR_CODE,
    FAKE_NUMBER,
    FREE_TEXT,
    GONE,
    HARMLESS,
    HASHES,
    HEADER_FAMILIES,
    HEADERS,
    IDENTITIES,
    IDENTITY,
    LONG_NUMBERS,
    PAGES,
    PLAIN,
    QUERY,
    is_secret,
    plain_name,
    without_patterns,
)

_HASH_IN_PATH = re.compile(r"/accounts/(\w{1,128})(?=/|\Z)")
_SHORTEST = 5  # signs of a value that is looked for everywhere; a shorter one would be found in other words
_FAKE_ID = "00000000-0000-4000-8000-00000000000{}"


class Scrubber:
    """First `learn` everything of a tape, then `clean` each exchange: what was told once is then known everywhere.

    `origins` maps the address that was spoken to onto the one that the tape names; `hide` are words of the owner.
    """

    def __init__(self, origins: Mapping[str, str], hide: Iterable[str] = ()) -> None:
        self._origins = {urlsplit(real).netloc: urlsplit(shown) for real, shown in origins.items()}
        self._known: dict[str, str] = {}  # in lower case
        self._pattern: re.Pattern[str] | None = None
        self._counts = {"number": 0, "paper": 0, "hash": 0, "id": 0}
        for word in hide:
            self._learn(word, GONE)

    def learn(self, exchanges: Sequence[Exchange]) -> None:
        """Take note of the account numbers, hashes and secrets that are told under a telling name."""
        for exchange in exchanges:
            path = urlsplit(exchange.uri).path
            for content in (exchange.request_body or b"", exchange.body):
                tree = _parsed(content)
                self._walk(tree)
                if path == "/v2/account" and isinstance(tree, dict):
                    self._fake("id", str(tree.get("id", "")))
            for found in _HASH_IN_PATH.finditer(path):
                if found.group(1) not in {"accountNumbers", "activities", "configurations"}:
                    self._fake("hash", found.group(1))

    def clean(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be kept."""
        body = self._body(exchange.body)
        headers = self._headers(exchange.headers)
        if "content-length" in {name.lower() for name in exchange.headers}:
            headers["Content-Length"] = (str(len(body)),)
        return replace(
            exchange,
            uri=self._uri(exchange.uri),
            request_headers=self._headers(exchange.request_headers),
            request_body=exchange.request_body and self._body(exchange.request_body),
            headers=headers,
            body=body,
        )

    def _walk(self, tree: Tree, name: str = "") -> None:
        if isinstance(tree, dict):
            for key, value in tree.items():
                self._walk(value, plain_name(key))
        elif isinstance(tree, list):
            for value in tree:
                self._walk(value, name)
        elif isinstance(tree, str) and tree:
            if name in ACCOUNT_NUMBERS:
                self._number(tree)
            elif name in HASHES:
                self._fake("hash", tree)
            elif is_secret(name) and not isinstance(tree, Spelled):
                self._learn(tree, GONE)

    def _number(self, number: str) -> None:
        if not FAKE_NUMBER.fullmatch(number):
            self._fake("paper" if number.startswith("PA") else "number", number)
            if number.startswith("0"):  # as a JSON number it has lost its leading zeros
                self._learn(number.lstrip("0"), self._known.get(number.lower(), GONE))

    def _fake(self, kind: str, value: str) -> None:
        if value.lower() in self._known or len(value) < _SHORTEST:
            return
        self._counts[kind] += 1
        count = self._counts[kind]
        fakes = {"number": f"9000000{count}", "paper": f"PA000000000{count}", "hash": f"HASH_{count}"}
        self._learn(value, fakes.get(kind) or _FAKE_ID.format(count))

    def _learn(self, value: str, fake: str) -> None:
        for form in (value, quote(value, safe=""), quote_plus(value)):
            if len(form) >= _SHORTEST and form != fake:
                self._known.setdefault(form.lower(), fake)
                self._pattern = None

    def _renamed(self, text: str) -> str:
        """Text without the values that are known."""
        if self._pattern is None:
            forms = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, forms)) or r"(?!)", re.IGNORECASE)
        return self._pattern.sub(lambda found: self._known[found.group().lower()], text)

    def _body(self, content: bytes) -> bytes:
        if not content.strip():
            return b""
        tree = _parsed(content)
        if tree is not None:
            return spell(self._tree(tree)).encode()
        text = content.decode("utf-8", "replace").strip()
        if "<" in text:
            title = next((page for page in PAGES if page in text), GONE)
            return f"<html><head><title>{title}</title></head><body></body></html>".encode()
        return text.encode() if PLAIN.fullmatch(text) and self._renamed(text) == text else GONE.encode()

    def _tree(self, tree: Tree, name: str = "") -> Tree:
        if isinstance(tree, dict):
            return {self._text(key): self._tree(value, plain_name(key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._tree(value, name) for value in tree]
        if isinstance(tree, Spelled):
            return self._figure(tree, name)
        return self._value(tree, name) if isinstance(tree, str) else tree

    def _figure(self, figure: Spelled, name: str) -> Spelled:
        if name in ACCOUNT_NUMBERS or str(figure) in self._known:
            fake = self._known.get(str(figure), str(figure))
            return Spelled(fake if FAKE_NUMBER.fullmatch(fake) and fake.isdigit() else "0")
        told = name in IDENTITIES or name in LONG_NUMBERS or "time" in name or "." in figure
        told = told or (name == "code" and bool(ERROR_CODE.fullmatch(figure)))
        return figure if (told and not is_secret(name)) or len(figure) < 7 else Spelled("0")

    def _value(self, value: str, name: str) -> str:
        renamed = self._renamed(value)
        if name in ACCOUNT_NUMBERS or name in HASHES:
            return renamed if renamed != value or FAKE_NUMBER.fullmatch(value) else GONE
        if not value:
            return value
        if is_secret(name):
            return GONE
        if name in IDENTITIES and IDENTITY.fullmatch(renamed):
            return renamed
        return self._text(value) if name in FREE_TEXT or HARMLESS.fullmatch(renamed) else GONE

    def _text(self, text: str) -> str:
        return without_patterns(self._renamed(text))

    def _headers(self, headers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(
                self._uri(value) if name.lower() == "location" else without_patterns(self._renamed(value))
                for value in values
            )
            for name, values in headers.items()
            if name.lower() in HEADERS or name.lower().startswith(HEADER_FAMILIES)
        }

    def _uri(self, uri: str) -> str:
        parts = urlsplit(uri)
        shown = self._origins.get(parts.netloc, SplitResult(parts.scheme, "elsewhere.test", "", "", ""))
        query = [
            (name if name in QUERY else without_patterns(self._renamed(name)), self._asked(name, value))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        origin = (shown.scheme, shown.netloc) if parts.netloc else ("", "")
        return urlunsplit((*origin, self._path(parts.path), urlencode(query), ""))

    def _asked(self, name: str, value: str) -> str:
        renamed = self._renamed(value)
        listed = all(HARMLESS.fullmatch(part) or IDENTITY.fullmatch(part) for part in renamed.split(","))
        return renamed if name in QUERY and listed else GONE

    def _path(self, path: str) -> str:
        parts = self._renamed(path).split("/")
        return "/".join(
            part if IDENTITY.fullmatch(part) and before in {"orders", "transactions"} else without_patterns(part)
            for before, part in zip(["", *parts], parts, strict=False)
        )


def _parsed(content: bytes) -> Tree | None:
    try:
        return parse(content)
    except (ValueError, RecursionError):
        return None
