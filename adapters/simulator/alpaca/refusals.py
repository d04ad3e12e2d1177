"""The vendor's ways of saying no: status, code and message as recorded, and how parameters are read."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from adapters.simulator.market.prices import exact
from adapters.simulator.wire import Answer, Json, Request

LARGEST_POWER_OF_TEN = 12


class Refusal(Exception):
    """A request that the vendor answers with an error body."""

    def __init__(self, status: int, code: int, message: str, **more: Json) -> None:
        """Build the body `{"code", "message", ...}`."""
        super().__init__(message)
        self.answer = Answer(status=status, body={"code": code, "message": message, **more})


def unauthorised() -> Refusal:
    """A wrong key, or a key of the other environment (recorded)."""
    return Refusal(401, 40110000, "access key verification failed : verification failure")


def malformed() -> Refusal:
    """A body that is no JSON object."""
    return Refusal(400, 40010000, "request body format is invalid")


def unprocessable(message: str) -> Refusal:
    """A parameter that is not recognized (code recorded)."""
    return Refusal(422, 40010001, message)


def against_rules(message: str) -> Refusal:
    """An order that breaks a trading rule, or comes too late (code recorded)."""
    return Refusal(422, 42210000, message)


def forbidden(message: str, **more: Json) -> Refusal:
    """Not enough cash or shares (code recorded)."""
    return Refusal(403, 40310000, message, **more)


def missing(message: str) -> Refusal:
    """Something that does not exist (code recorded)."""
    return Refusal(404, 40410000, message)


def object_body(request: Request) -> dict[str, Json]:
    """The JSON object in a request's body, numbers as Decimals."""
    try:
        body = json.loads(request.body, parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise malformed() from error
    if not isinstance(body, dict):
        raise malformed()
    return body


def number(asked: Mapping[str, Json], name: str) -> Decimal | None:
    """A positive number given as text or as a number, None when absent."""
    value = asked.get(name)
    if value is None:
        return None
    try:
        amount = exact(value)  # type: ignore[arg-type]  # whatever the wire brought is refused right here
    except (TypeError, ValueError) as error:
        raise unprocessable(f"invalid {name}") from error
    if amount.adjusted() > LARGEST_POWER_OF_TEN:
        raise unprocessable(f"invalid {name}")
    if amount <= 0:
        raise unprocessable(f"{name} must be > 0")
    return amount


def order_id(text: str) -> str:
    """A well-formed order id; anything else is answered as recorded."""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise unprocessable("order_id is missing") from error


def choice(query: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    """A query parameter out of a closed set."""
    value = query.get(name, default)
    if value not in allowed:
        raise unprocessable(f"invalid {name}: {value}")
    return value


def count(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A query parameter from 1 to a maximum."""
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):
        raise unprocessable(f"invalid {name}: {value}")
    return int(value)


def instant(query: Mapping[str, str], name: str) -> datetime | None:
    """A query parameter as an aware instant; a bare date is its midnight, UTC."""
    if not query.get(name):
        return None
    try:
        at = datetime.fromisoformat(query[name])
    except ValueError as error:
        raise unprocessable(f"invalid {name}: {query[name]}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def day(query: Mapping[str, str], name: str, default: date | None = None) -> date:
    """A query parameter as a calendar date, or the default; without one it is required."""
    try:
        return default if default and not query.get(name) else date.fromisoformat(query.get(name, "")[:10])
    except ValueError as error:
        raise unprocessable(f"invalid {name}: {query.get(name, '')}") from error
