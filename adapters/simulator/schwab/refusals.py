"""The vendor's ways of saying no, and how query parameters are read."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from adapters.simulator.schwab.numbers import made_up
from adapters.simulator.wire import Answer, Json, Request

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


class Refusal(Exception):
    """A request that the vendor answers with an error body."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def bad_request(message: str, *errors: str) -> Refusal:
    """The trader API's error: a message, and sometimes a list of more of them (recorded without the list)."""
    body: dict[str, Json] = {"message": message}
    if errors:
        body["errors"] = list(errors)
    return Refusal(Answer(status=400, body=body))


def missing(message: str) -> Refusal:
    """The trader API's 404 (status by the specification; its wording is made up)."""
    return Refusal(Answer(status=404, body={"message": message}))


def _listed(status: int, shown_status: Json, title: str, detail: str) -> Refusal:
    error: dict[str, Json] = {"id": _error_id(title, detail), "status": shown_status, "title": title, "detail": detail}
    return Refusal(Answer(status=status, body={"errors": [error]}))


def _error_id(*parts: str) -> str:
    text = made_up(*parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def unauthorised() -> Refusal:
    """A missing, unknown or expired access token; the status inside is a number here."""
    return _listed(401, 401, "Unauthorized", "Client not authorized")


def not_found(detail: str) -> Refusal:
    """The market data API's 404, and the gateway's; the status inside is text here."""
    return _listed(404, "404", "Not Found", detail)


def bad_parameter(detail: str) -> Refusal:
    """The market data API's 400."""
    return _listed(400, "400", "Bad Request", detail)


def not_this_account() -> Refusal:
    """A hash that names none of the login's accounts, as an account number used in its place (recorded)."""
    return bad_request("Invalid account number")


def object_body(request: Request) -> dict[str, Json]:
    """The JSON object in a request's body, numbers as Decimals."""
    try:
        body = json.loads(request.body, parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise bad_request("Malformed request body") from error
    if not isinstance(body, dict):
        raise bad_request("Malformed request body")
    return body


def instant(query: Mapping[str, str], name: str) -> datetime:
    """A mandatory instant, UTC with a Z; anything else is answered as recorded."""
    text = query.get(name)
    if text is None:
        raise bad_request(f"Required parameter '{name}' is missing")
    try:
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise bad_request(f"'{text}' is not a valid value for {name}")


def count(query: Mapping[str, str], name: str, most: int) -> int:
    """A positive number up to a maximum, which is also the default."""
    text = query.get(name, str(most))
    if not (text.isascii() and text.isdigit() and 1 <= len(text) < 10 and int(text) > 0):
        raise bad_request(f"'{text}' is not a valid value for {name}")
    return min(int(text), most)


def day(query: Mapping[str, str], name: str, default: date) -> date:
    """A calendar date of the market data API, or the default."""
    text = query.get(name)
    try:
        return default if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise bad_parameter(f"{name} must be in the form YYYY-MM-DD") from error
