"""The shape of a settings file as JSON Schema, for editors that complete and explain while somebody writes."""

from __future__ import annotations

import json
import re
from datetime import time
from decimal import Decimal
from enum import Enum
from importlib import resources

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import PydanticSerializationError

from adapters.files.models import PolicyPart, SecurityPart
from bot.domain.money import Usd
from bot.domain.schedule import Monthly, NthWeekday
from bot.settings.models import (
    AlpacaPart,
    IgnoredAccountPart,
    LoginPart,
    SchwabPart,
    SettingsPart,
    StatementPart,
)

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "household.schema.json"
BROKERS: dict[str, type[BaseModel]] = {"alpaca": AlpacaPart, "schwab": SchwabPart, "statement": StatementPart}
IGNORED: type[BaseModel] = IgnoredAccountPart
_PARTS: tuple[type[BaseModel], ...] = (SettingsPart, PolicyPart, SecurityPart, LoginPart, IGNORED, *BROKERS.values())
# Which tables of FORMAT.md speak of which parts; a part that is a key of the settings has a table by that name.
_ACCOUNTS = tuple(part.__name__ for part in BROKERS.values())
_TABLES = {
    "Keys of the settings": (SettingsPart.__name__,),
    "`policy`": (PolicyPart.__name__,),
    "`band`": ("BandPart",),
    "`glide_path`": ("GlideStepPart",),
    "`securities`": (SecurityPart.__name__,),
    "`accounts`": _ACCOUNTS,
    "`broker`": _ACCOUNTS,
    "`logins`": (LoginPart.__name__,),
    "`earmarks`": ("EarmarkPart",),
    "`schedule`": ("SchedulePart", "PaydayPart", "ContributionPart", "PayDatePart"),
}
_ROW = re.compile(r"\| (?P<keys>`[^|]+`) \| (?P<default>[^|]*) \| (?P<meaning>.*) \|")


class _Shape(GenerateJsonSchema):
    """Defaults as somebody would write them; those that are nouns of our own are left out."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - the base class's own attribute

    def encode_default(self, dft: object) -> object:
        match dft:
            case Usd():
                return _plain(Decimal(dft.cents) / 100)
            case Decimal():
                return _plain(dft)
            case Enum():
                return dft.value
            case time():
                return f"{dft:%H:%M}"
            case BaseModel():
                return {}
            case tuple() | Monthly() | NthWeekday():
                raise PydanticSerializationError("a noun of our own")
            case _:
                return super().encode_default(dft)


def settings_schema() -> Schema:
    """JSON Schema (2020-12) of a settings file; what it cannot say, `rebaloop config check` does."""
    _, whole = models_json_schema(
        [(part, "validation") for part in _PARTS], ref_template="#/$defs/{model}", schema_generator=_Shape
    )
    defs = whole["$defs"]
    _explain(defs)
    top = defs.pop(SettingsPart.__name__)
    keys = top["properties"]
    keys["policy"] |= _ref(PolicyPart)
    keys["securities"] |= {"additionalProperties": _ref(SecurityPart)}
    keys["logins"] |= {"additionalProperties": _ref(LoginPart)}
    keys["accounts"] |= {"items": {"$ref": "#/$defs/account"}}
    defs["account"] = _account()
    top |= {"title": "The settings of a household", "required": [key for key in top["required"] if key != "id"]}
    named = _named({"top": top, **defs})
    return {"$schema": DIALECT, **top, "$defs": {name: shape for name, shape in defs.items() if name in named}}


def _named(shapes: object) -> set[str]:
    """The names of all shapes that something refers to; the others are nouns of our own."""
    if isinstance(shapes, list):
        return set().union(*map(_named, shapes))
    if not isinstance(shapes, dict):
        return set()
    inside = set().union(*map(_named, shapes.values()))
    return inside | ({str(shapes["$ref"]).removeprefix("#/$defs/")} if "$ref" in shapes else set())


def schema_text() -> str:
    """The same as the text of a file."""
    return json.dumps(settings_schema(), indent=1, ensure_ascii=False) + "\n"


def _account() -> Schema:
    """An account is what its broker says, unless it is ignored: one shape at a time, so that an editor names one."""
    by_broker = [
        {"if": {"properties": {"broker": {"const": broker}}, "required": ["broker"]}, "then": _ref(part)}
        for broker, part in BROKERS.items()
    ]
    reached = {"required": ["broker"], "properties": {"broker": {"enum": [*BROKERS]}}, "allOf": by_broker}
    ignored = {"properties": {"role": {"const": "ignored"}}, "required": ["role"]}
    return {"type": "object", "if": ignored, "then": _ref(IGNORED), "else": reached}


def _ref(part: type[BaseModel]) -> Schema:
    return {"$ref": f"#/$defs/{part.__name__}"}


def _plain(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else f"{number:f}"


def _explain(defs: dict[str, Schema]) -> None:
    """Give each key the words that FORMAT.md has for it."""
    named = _parts_by_key(defs[SettingsPart.__name__])
    for section, key, words in _meanings():
        for part in _TABLES.get(section, (named.get(section, ""),)):
            keys = defs[part].get("properties") if part in defs else None
            if isinstance(keys, dict) and key in keys:
                keys[key]["description"] = words


def _parts_by_key(top: Schema) -> dict[str, str]:
    """Heading -> part, of every key of the settings that is a part of its own."""
    keys = top["properties"]
    assert isinstance(keys, dict)
    return {f"`{key}`": name for key, shape in keys.items() for name in _named(shape)}


def _meanings() -> list[tuple[str, str, str]]:
    """(heading, key, what it means) of every row of the tables."""
    text = resources.files("config").joinpath("FORMAT.md").read_text(encoding="utf-8")
    found, section = [], ""
    for line in text.splitlines():
        if line.startswith("#"):
            section = line.lstrip("#").strip()
        row = _ROW.fullmatch(line)
        if row is not None:
            words = f"{row['meaning']} (default: {row['default']})".replace("`", "").replace(" (default: required)", "")
            found += [(section, key, words) for key in re.findall(r"`(\w+)`", row["keys"])]
    return found
