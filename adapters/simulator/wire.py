"""A request and an answer as every dialect sees them, and JSON in which a number stays exact."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl, unquote

# A JSON value; a Decimal becomes a number, exactly as it is written.
Json = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names are lower case, `query` holds the first value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes) -> "Request":
        """From the parts of an HTTP request."""
        path, _, query = target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        return cls(
            method=method,
            path=unquote(path),
            query=dict(reversed(pairs)),
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `body` None sends no content. `account` names whose request it was, for the request log."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """What the request log keeps: never a key, a query or a body."""

    method: str
    path: str
    account: str | None
    status: int


def encode(value: Json) -> str:
    """JSON text of nested dicts, lists, text, integers, booleans, None and Decimals."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k))}:{encode(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(encode, value)) + "]"
    if isinstance(value, Decimal):
        return plain(value)
    return json.dumps(value)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
