"""How a settings file names a secret that is kept elsewhere."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from adapters.files.words import wrong

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def _reference(value: object) -> tuple[str, str]:
    """A reference as (source, name); what stands in its place is never repeated."""
    if isinstance(value, str | int):
        raise wrong("a secret does not belong in this file", hint="write {env: NAME} or {file: NAME}")
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in {"env", "file"}:
        raise wrong("should be {env: NAME} or {file: NAME}")
    source, name = next(iter(value.items()))
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > 200:
        raise wrong(f"`{source}` should name where the secret is kept")
    if source == "env" and not _VARIABLE.fullmatch(name):
        raise wrong("`env` should name an environment variable: letters, digits and _")
    return str(source), name


_SHAPE = WithJsonSchema(
    {
        "type": "object",
        "description": "Where a secret is kept: {env: NAME}, an environment variable, or {file: NAME}.",
        "properties": {"env": {"type": "string", "pattern": f"^{_VARIABLE.pattern}$"}, "file": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
)
Reference = Annotated[tuple[str, str], PlainValidator(_reference), _SHAPE]
