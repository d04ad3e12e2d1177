"""Gathers every mistake of a file, in words for the person who wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from adapters.files.lots import LotPart
from adapters.files.tree import Keys, Tree, place, printable, secretive, shown
from bot.domain.errors import FixTheFile
from bot.domain.lots import TaxLot

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

# What decides the answer when a file has several mistakes; a mistake of shape counts last.
FIRST = ("targets_sum", "unknown_class", "bad_price", "bad_input")

_SHAPES = {
    "bool_type": "should be true or false",
    "string_type": "should be text",
    "list_type": "should be a list",
    "dict_type": "should be a mapping of keys to values",
    "model_type": "should be a mapping of keys to values",
    "int_type": "should be a whole number",
}


class Complaints:
    """The mistakes of one file so far: one for each place, later ones about the same place are dropped."""

    def __init__(self, tree: Tree, *, settings: bool = False) -> None:
        self.tree = tree
        self._settings = settings
        self._faults = {fault.place or f"{fault.line}:{fault.column}": fault for fault in tree.faults}

    def add(self, keys: Keys, message: str, *, code: str = "bad_input", hint: str = "", at_key: bool = False) -> None:
        """Note a mistake at a key's path."""
        fault = self.tree.fault(keys, message, code=code, hint=hint, at_key=at_key)
        if f"{fault.line}:{fault.column}" not in self._faults:  # what cannot even be read is named once
            self._faults.setdefault(fault.place, fault)

    def missing(self, keys: Keys) -> None:
        """Note that a key is missing, at the place of what should hold it."""
        fault = self.tree.fault(keys[:-1], "this key is missing", hint=f"add `{keys[-1]}:`", at_key=True)
        self._faults.setdefault(place(keys), replace(fault, place=place(keys)))

    def part(self, model: type[Model], keys: Keys, raw: object) -> Model | None:
        """The piece of the file at that path as a model; None, its mistakes noted, when it is wrong."""
        try:
            return model.model_validate(raw)
        except ValidationError as problem:
            for error in problem.errors(include_url=False):
                self._note(model, keys, error)
            return None

    def at(self, model: type[Model], keys: Keys, root: object) -> Model | None:
        """The mapping at a path below the root as a model; None when it is wrong, or is no mapping at all."""
        for key in keys:
            root = root.get(key) if isinstance(root, dict) else None
        return self.part(model, keys, root) if isinstance(root, dict) else None

    def finish(self) -> None:
        """Raise FixTheFile with every mistake, the one that decides the answer first; nothing when there is none."""
        faults = sorted(self._faults.values(), key=lambda fault: FIRST.index(fault.code))
        if faults:
            raise FixTheFile(self.tree.file, tuple(faults), settings=self._settings)

    def _note(self, model: type[BaseModel], base: Keys, error: ErrorDetails) -> None:
        inside = tuple(key for key in error["loc"] if key != "[key]")
        keys, at_key, context = (*base, *inside), "[key]" in error["loc"], error.get("ctx", {})
        got = "" if secretive(keys) else f", got {shown(error['input'])}"
        match error["type"]:
            case "wrong":
                extra: Keys = context["at"]
                at_key = at_key or isinstance(error["input"], Mapping)
                self.add((*keys, *extra), context["message"], code=context["code"], hint=context["hint"], at_key=at_key)
            case "missing":
                self.missing(keys)
            case "extra_forbidden":
                hint = did_you_mean(str(keys[-1]), _known_keys(model, inside[:-1]))
                self.add(keys, "this key is not known", hint=hint, at_key=True)
            case "enum" | "literal_error":
                expected = str(context["expected"])
                self.add(keys, f"should be {expected}{got}", hint=did_you_mean(error["input"], _quoted(expected)))
            case "too_short":
                self.add(keys, "must not be empty", at_key=True)
            case kind:
                hint = "write true or false without quotes" if kind == "bool_type" and got.endswith("'") else ""
                self.add(keys, _SHAPES.get(kind, error["msg"]) + got, hint=hint, at_key=error["input"] is None)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A hint that names the nearest known word; empty when nothing comes near."""
    text = str(word)[:100]
    known = list(known)
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.6) or [
        name for name in known if name.lower() == text.lower()
    ]
    return f"did you mean `{printable(near[0])}`?" if near else ""


def _quoted(expected: str) -> list[str]:
    return expected.split("'")[1::2]


def _known_keys(model: type[BaseModel], inside: Keys) -> list[str]:
    """The keys that a model knows at a path inside it."""
    for key in inside:
        field = next((f for name, f in model.model_fields.items() if (f.alias or name) == key), None)
        if field is not None:
            model = _model_of(field.annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_of(annotation: object) -> type[BaseModel] | None:
    """The model inside a list, an option or an annotation; None when there is none."""
    if annotation is TaxLot:  # the one noun that is read without a model, unless there is a mistake to be named
        return LotPart
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_of(inner)) is not None), None)
