"""One request with its answer, and JSON whose numbers stay spelled as they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Tree = Any  # parsed JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What went out and what came back; header names keep their case, each with its values."""

    method: str
    uri: str
    request_headers: Mapping[str, tuple[str, ...]]
    request_body: bytes | None
    status: int
    reason: str
    headers: Mapping[str, tuple[str, ...]]
    body: bytes


class Spelled(str):
    """A JSON number as it is written."""

    __slots__ = ()


def parse(content: bytes) -> Tree:
    """Parsed JSON with spelled numbers; ValueError for anything else, NaN and infinities too."""
    return json.loads(content, parse_int=Spelled, parse_float=Spelled, parse_constant=_refuse)


def spell(tree: Tree) -> str:
    """JSON again, compact, every number as it was."""
    if isinstance(tree, Spelled):
        return str(tree)
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {spell(value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(spell, tree)) + "]"
    return json.dumps(tree)


def _refuse(constant: str) -> None:
    raise ValueError(f"not a finite number: {constant}")
