"""A request and an answer as every dialect sees them, and JSON in which a number stays exact."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qsl, unquote

# A JSON value; a Decimal becomes a number, exactly as it is written.
Json = object


class Double(Decimal):
    """A number as a Java broker writes a double: always a point, and an exponent when it is large or small."""


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


class HangUp(StrEnum):
    """Where an answer breaks off because the connection is closed; an answer without content has no middle."""

    SILENT = "before the first byte"
    IN_HEAD = "after the status line"
    IN_BODY = "in the middle of the content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `body` None sends no content. `account` names whose request it was, for the request log.

    `raw` is sent as it is in place of `body`, `promised` told as Content-Length in place of the true number of bytes;
    a Content-Type among the headers wins over JSON's.
    """

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    raw: bytes | None = None
    promised: int | None = None
    hang_up: HangUp | None = None

    @property
    def content(self) -> bytes:
        """What is sent after the headers."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else encode(self.body).encode()


@dataclass(slots=True, kw_only=True)
class RequestLine:
    """What the request log keeps, filled in as the request goes its way: never a key, a query or a body.

    `status` is what the customer was told (0: no whole answer), `broker_status` what the broker itself said (None: it
    has not been asked), `fault` the names of the faults that came between the two.
    """

    method: str
    path: str
    account: str | None = None
    status: int = 0
    broker_status: int | None = None
    fault: str = ""

    @property
    def applied(self) -> bool:
        """Whether the broker has done what was asked."""
        return self.broker_status is not None and self.broker_status < 300


def encode(value: Json) -> str:
    """JSON text of nested dicts, lists, text, integers, booleans, None and Decimals."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k))}:{encode(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(encode, value)) + "]"
    if isinstance(value, Double):
        return as_double(value)
    if isinstance(value, Decimal):
        return plain(value)
    return json.dumps(value)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def as_double(number: Decimal) -> str:
    """The text of Java's `Double.toString`: 5.0, 12.25; from ten million on 1.25E7, under a thousandth 5.0E-4."""
    if number == 0 or Decimal("0.001") <= abs(number) < 10_000_000:
        text = plain(number)
        return text if "." in text else f"{text}.0"
    exponent = number.adjusted()
    return f"{as_double(number.scaleb(-exponent))}E{exponent}"
