"""Every value that counts, and where it comes from: the file, the environment, a credential, or nobody said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from adapters.files.tree import Keys, place, printable
from bot.domain.errors import FixTheFile
from bot.settings.loading import Effective, effective_tree, load_settings
from bot.settings.schema import BROKERS, IGNORED, settings_schema
from bot.settings.secret import Secret

MASK = "********"
DEFAULT = "default"
OLDER = "managed"  # a word that `role` has taken the place of: nobody means its default


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One key with its value as it would be written, and its origin; a secret is masked."""

    key: str
    text: str
    origin: str


def effective_values(path: Path, environ: Mapping[str, str]) -> tuple[Value, ...]:
    """Every key of sound settings that has a value, in the order of the reference.

    Raises:
        FixTheFile: with exit code 78 and every mistake, where they are not sound.
    """
    load_settings(path, environ)
    schema = settings_schema()
    shapes = schema.pop("$defs")
    assert isinstance(shapes, dict)
    look = _Look(path=path, environ=environ, said=effective_tree(path, environ), shapes=shapes)
    return tuple(look.keys((), schema, look.said.tree.root))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A walk along the shape of a settings file, with what is said in hand."""

    path: Path
    environ: Mapping[str, str]
    said: Effective
    shapes: Mapping[str, Mapping[str, object]]

    def keys(self, keys: Keys, shape: Mapping[str, object], raw: object) -> Iterator[Value]:
        """The values below a mapping whose keys are known."""
        given = raw if isinstance(raw, dict) else {}
        known = shape["properties"]
        assert isinstance(known, dict)
        for key, inner in known.items():
            if key in given:
                yield from self.value((*keys, key), inner, given[key])
            elif inner.get("default") not in (None, {}, [], "") and key != OLDER:
                yield Value(key=place((*keys, key)), text=_written(inner["default"]), origin=DEFAULT)
            elif inner.get("default") == {} and "properties" in self.resolved(inner, {}):
                yield from self.keys((*keys, key), self.resolved(inner, {}), {})

    def value(self, keys: Keys, shape: Mapping[str, object], raw: object) -> Iterator[Value]:
        """The values at and below one key that is there."""
        shape = self.resolved(shape, raw)
        if shape.get("maxProperties") == 1 and isinstance(raw, dict):
            yield self.secret(keys, raw)
        elif "properties" in shape and isinstance(raw, dict):
            yield from self.keys(keys, shape, raw)
        elif isinstance(raw, dict) and isinstance(inner := shape.get("additionalProperties"), dict) and "$ref" in inner:
            for key, one in raw.items():
                yield from self.value((*keys, key), inner, one)
        elif isinstance(raw, list) and isinstance(inner := shape.get("items"), dict) and "$ref" in inner:
            for at, one in enumerate(raw):
                yield from self.value((*keys, at), inner, one)
        else:
            yield Value(key=place(keys), text=_written(raw), origin=self.origin(keys))

    def resolved(self, shape: Mapping[str, object], raw: object) -> Mapping[str, object]:
        """What a reference or a choice comes down to for this value."""
        choices = shape.get("anyOf")
        if isinstance(choices, list):
            shape = next(one for one in choices if one.get("type") != "null")
        reference = str(shape.get("$ref", "")).rpartition("/")[2]
        if reference == "account" and isinstance(raw, dict):
            ignored = raw.get("role") == "ignored"
            reference = IGNORED.__name__ if ignored else BROKERS[str(raw["broker"])].__name__
        return self.shapes[reference] if reference else shape

    def origin(self, keys: Keys) -> str:
        """Where a value that is there was written."""
        if variable := self.said.variables.get(str(keys[0])):
            return f"environment {variable}"
        mark = self.said.tree.marks.get(keys)
        if mark is None and keys == ("id",):
            return "the file's name"
        return printable(self.path.name) + (f":{mark.value[0]}" if mark else "")

    def secret(self, keys: Keys, raw: Mapping[str, object]) -> Value:
        """Where a secret is kept, and whether it could be used; never the secret."""
        ((source, name),) = raw.items()
        where = {"env": "environment", "file": "credential" if self.environ.get("CREDENTIALS_DIRECTORY") else "file"}
        kept = Secret(source=source, name=str(name), settings=str(self.path), place=place(keys), environ=self.environ)
        try:
            kept.reveal()
        except FixTheFile as problem:
            text = f"not usable: {problem.faults[0].message}"
        else:
            text = MASK
        return Value(key=place(keys), text=text, origin=f"{where[source]} {printable(str(name))}")


def _written(value: object) -> str:
    """A value as it would stand in the file, on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case dict():
            return "{" + ", ".join(f"{printable(str(key))}: {_written(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case _:
            return printable(str(value), 200)
