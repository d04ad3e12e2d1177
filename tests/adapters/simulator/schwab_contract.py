"""Schwab's specification as a judge of answers, with the recorded quirks in which the vendor itself departs from it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = Any  # whatever the wire brought
VENDOR = Path(__file__).parent / "vendor"
TRADER = ("/trader/v1", "schwab-trader-api.2024-05.schemas.json")
MARKET_DATA = ("/marketdata/v1", "schwab-market-data-api.schemas.json")
# What real answers hold beyond the specification, by the schema that lacks it: recorded, unless it says otherwise.
BEYOND_THE_SCHEMA = {
    "Account": {"aggregatedBalance"},
    "AccountsBaseInstrument": {"type"},
    "CashBalance": {
        *("accruedInterest", "bondValue", "cashBalance", "cashReceipts", "liquidationValue", "longMarketValue"),
        *("longOptionMarketValue", "moneyMarketFund", "mutualFundValue", "pendingDeposits", "savings"),
        *(
            "shortMarketValue",
            "shortOptionMarketValue",
        ),  # of a margin account; no recording of a cash account was found
    },
    "MarginBalance": {
        *("accruedInterest", "bondValue", "cashBalance", "cashReceipts", "liquidationValue", "longMarketValue"),
        *("longOptionMarketValue", "moneyMarketFund", "mutualFundValue", "pendingDeposits", "savings"),
        *("shortMarketValue", "shortOptionMarketValue"),
    },
    "OrderActivity": {"activityId"},
    "OrderLeg": {"instrument", "positionEffect"},
    "TransactionBaseInstrument": {"status", "closingPrice", "type"},
    "UserPreferenceAccount": {"lotSelectionMethod"},
    "AccountMutualFund": {"type"},  # not recorded
}


def _quirks(schemas: dict[str, Any]) -> None:
    """Bend the schemas to what was recorded."""
    for name in ("AccountsBaseInstrument", "TransactionBaseInstrument"):
        if name in schemas:
            schemas[name]["required"].remove("name")  # required by the document, sent by nobody
    for name in ("CashInitialBalance", "MarginInitialBalance", "MarginBalance"):
        if name in schemas:
            schemas[name]["properties"]["isInCall"] = {"type": "boolean"}  # a number in the document
    if "AccountsInstrument" in schemas:  # an ETF in a position: the document knows none
        schemas["AccountsInstrument"]["discriminator"]["mapping"]["COLLECTIVE_INVESTMENT"] = (
            "#/components/schemas/AccountsBaseInstrument"
        )
    if "OrderActivity" in schemas:  # what was cancelled is an activity too
        schemas["OrderActivity"]["properties"]["executionType"]["enum"].append("CANCELED")


def _chosen(node: Json) -> Json:
    """Let a discriminator choose the one schema to be kept, which a plain `oneOf` cannot."""
    if isinstance(node, list):
        return [_chosen(item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {key: _chosen(value) for key, value in node.items()}
    mapping = node.get("discriminator", {}).get("mapping") if isinstance(node.get("discriminator"), dict) else None
    if "oneOf" in converted:
        choices = converted.pop("oneOf")
        if mapping is None:
            return {**converted, "anyOf": choices}
        name = node["discriminator"]["propertyName"]
        cases = [
            {"if": {"properties": {name: {"const": kind}}}, "then": {"$ref": reference}}
            for kind, reference in mapping.items()
        ]
        return {"required": [name], "properties": {name: {"enum": list(mapping)}}, "allOf": cases}
    if converted.pop("nullable", None) is True:
        converted["type"] = [converted["type"], "null"]
    return converted


@cache
def document(name: str) -> dict[str, Any]:
    """One of the two documents, ready for a JSON Schema validator."""
    plain = json.loads((VENDOR / name).read_text(encoding="utf-8"))
    _quirks(plain["components"]["schemas"])
    converted = _chosen(plain)
    assert isinstance(converted, dict)
    return converted


@cache
def schema_of(method: str, path: str, status: int) -> tuple[str, Json]:
    """The document and the schema of an answer's body, None when it has no body."""
    for prefix, name in (TRADER, MARKET_DATA):
        for template, operations in document(name)["paths"].items():
            pattern = prefix + re.sub(r"\{\w+\}", "[^/]+", template)
            literal = "{" in template and path.endswith("/accountNumbers")
            if re.fullmatch(pattern, path) and method.lower() in operations and not literal:
                answer = operations[method.lower()]["responses"][str(status)]
                return name, answer["content"]["application/json"]["schema"] if "content" in answer else None
    raise AssertionError(f"{method} {path} is not in the vendor's documents")


def check(method: str, path: str, status: int, body: Json) -> None:
    """Raise when an answer breaks the vendor's contract."""
    if path.startswith("/v1/oauth/"):
        return
    if status >= 400:
        _check_refusal(path, status, body)
        return
    name, schema = schema_of(method, path, status)
    if path.endswith("/userPreference"):
        schema = schema["items"]  # a list in the document, an object on the wire
    if schema is None:
        assert body is None
        return
    Draft202012Validator({**schema, "components": document(name)["components"]}).validate(body)
    assert list(strangers(name, schema, body)) == []


def _check_refusal(path: str, status: int, body: Json) -> None:
    listed = status == 401 or path.startswith("/marketdata/")  # the trader API's 401 has the other API's shape
    name = MARKET_DATA[1] if listed else TRADER[1]
    kind = "ErrorResponse" if listed else "ServiceError"
    if listed:
        body = {"errors": [{**error, "status": str(error["status"])} for error in body["errors"]]}  # a number as well
    judge = {"$ref": f"#/components/schemas/{kind}", "components": document(name)["components"]}
    Draft202012Validator(judge).validate(body)


def strangers(document_name: str, schema: Json, body: Json, where: str = "") -> Iterator[str]:
    """Fields of an answer that neither the specification nor the list of quirks has heard of."""
    if isinstance(body, list):
        for item in body:
            yield from strangers(document_name, schema["items"], item, where)
    elif isinstance(body, dict):
        known, values = _fields(document_name, schema, body)
        for field, value in body.items():
            if field in known:
                if known[field] is not None:
                    yield from strangers(document_name, known[field], value, f"{where}.{field}")
            elif values is None:
                yield f"{where}.{field}"
            else:
                yield from strangers(document_name, values, value, f"{where}.{field}")


def _fields(document_name: str, schema: Json, body: Json) -> tuple[dict[str, Json], Json]:
    """The fields that a schema knows in a body, with their schemas, and the schema of any other field."""
    known: dict[str, Json] = {}
    values = schema.get("additionalProperties")
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        known, values = _fields(document_name, document(document_name)["components"]["schemas"][name], body)
        known |= dict.fromkeys(BEYOND_THE_SCHEMA.get(name, ()))
    known |= schema.get("properties", {})
    for part in [*schema.get("allOf", ()), *schema.get("anyOf", ())]:
        if "if" in part and any(body.get(k) != v["const"] for k, v in part["if"]["properties"].items()):
            continue
        more, _ = _fields(document_name, part.get("then", part), body)
        known = more | known
    return known, values
