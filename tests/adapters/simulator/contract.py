"""The vendor's OpenAPI documents as a judge of answers."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = Any  # whatever the wire brought
VENDOR = Path(__file__).parent / "vendor"
TRADING = "trading-api.2026-06.openapi.json"
MARKET_DATA = "market-data-api.2026-06.openapi.json"
# Seen in the vendor's own examples and recordings, though missing from the schemas.
BEYOND_THE_SCHEMA = {"subtag", "source", "description"}


def _with_nulls(node: Json) -> Json:
    """OpenAPI 3.0 says `nullable`; JSON Schema says type null."""
    if isinstance(node, list):
        return [_with_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {key: _with_nulls(value) for key, value in node.items()}
    if converted.pop("nullable", None) is True and isinstance(converted.get("type"), str):
        converted["type"] = [converted["type"], "null"]
    return converted


@cache
def document(name: str) -> dict[str, Any]:
    """One of the two documents, ready for a JSON Schema validator."""
    converted = _with_nulls(json.loads((VENDOR / name).read_text(encoding="utf-8")))
    assert isinstance(converted, dict)
    return converted


def _judge(schema: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document(name)["components"]})


@cache
def _component(name: str) -> Draft202012Validator:
    return _judge({"$ref": f"#/components/schemas/{name}"}, TRADING)


@cache
def _response(method: str, path: str, status: int) -> Draft202012Validator | None:
    for name in (TRADING, MARKET_DATA):
        for template, operations in document(name)["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
                answers = operations[method.lower()]["responses"]
                content = answers[str(status)].get("content")
                return _judge(content["application/json"]["schema"], name) if content else None
    raise AssertionError(f"{method} {path} is not in the vendor's documents")


def check(method: str, path: str, status: int, body: Json) -> None:
    """Raise when an answer breaks the vendor's contract; a refusal has a code and a message."""
    if status == 429:
        assert body["message"]
    elif status >= 400:
        _component("Error").validate(body)
    elif path.startswith("/v2/account/activities"):
        for row in body:
            # the document's oneOf cannot tell its two families apart, as neither requires a field
            family = "TradingActivities" if row["activity_type"] == "FILL" else "NonTradeActivities"
            _component(family).validate(row)
    else:
        judge = _response(method, re.sub(r"[0-9a-f-]{36}", "an-id", path), status)
        if judge is None:
            assert body is None
        else:
            judge.validate(body)


def strangers(schema_name: str, body: dict[str, Any]) -> set[str]:
    """Fields of an answer that the vendor's schema has never heard of."""
    return set(body) - set(document(TRADING)["components"]["schemas"][schema_name]["properties"]) - BEYOND_THE_SCHEMA
