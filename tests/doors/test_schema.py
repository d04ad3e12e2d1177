"""The shape of a settings file: what an editor gets agrees with what is read, and explains every key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.files.marked import read_tree
from bot.settings.schema import BROKERS, settings_schema
from tests.doors.stage import Terminal

EXAMPLE = Path(__file__).resolve().parents[2] / "config" / "household.example.yaml"
GOLDEN = Path(__file__).with_name("golden_config")
SHAPE: dict[str, Any] = settings_schema()
# These are wrong in a way that no shape can say.
BEYOND = {"04", "05", "06", "08", "15", "21", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34"}
BEYOND |= {"07", "14", "16", "36", "35", "37", "38", "39"}
BROKEN = {"16", "17", "18", "19", "20"}
# Written about as a whole, or never asked for.
UNEXPLAINED = {"IgnoredAccountPart"}


def complaints(tree: object) -> list[str]:
    """Where an editor would underline something."""
    validator = jsonschema.Draft202012Validator(SHAPE)
    return [error.json_path for error in validator.iter_errors(tree)]


def test_it_is_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SHAPE)


def test_the_example_has_this_shape() -> None:
    assert complaints(read_tree(EXAMPLE).root) == []


@pytest.mark.parametrize(
    "file",
    [file for file in sorted(GOLDEN.glob("*.yaml")) if file.name[:2] not in BEYOND | BROKEN],
    ids=lambda file: file.stem,
)
def test_an_editor_sees_a_mistake_of_shape(file: Path) -> None:
    assert complaints(read_tree(file).root)


def test_an_editor_names_the_broker_s_own_keys_alone() -> None:
    tree = read_tree(EXAMPLE).root
    assert isinstance(tree, dict)
    tree["accounts"][0]["logins"] = "ann"

    assert complaints(tree) == ["$.accounts[0]"]


def test_an_ignored_account_may_say_anything() -> None:
    tree = read_tree(EXAMPLE).root
    assert isinstance(tree, dict)
    tree["accounts"].append({"id": "college", "kind": "529", "role": "ignored"})

    assert complaints(tree) == []


def test_a_literal_secret_is_underlined() -> None:
    tree = read_tree(EXAMPLE).root
    assert isinstance(tree, dict)
    tree["accounts"][0]["credentials"]["key_id"] = "hunter2"

    assert complaints(tree) == ["$.accounts[0].credentials.key_id"]


def _keys(shapes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"{part}.{key}"
        for part, shape in shapes.items()
        if part not in UNEXPLAINED
        for key, inner in shape.get("properties", {}).items()
        if "description" not in inner and "$ref" not in inner
    ]


def test_every_key_is_explained_in_the_words_of_the_reference() -> None:
    assert _keys({"settings": SHAPE, **SHAPE["$defs"]}) == []


def test_every_broker_s_account_has_a_shape() -> None:
    assert set(BROKERS) == {"alpaca", "schwab", "statement"}
    assert {part.__name__ for part in BROKERS.values()} <= SHAPE["$defs"].keys()


def test_the_command_prints_it(rebaloop: Terminal) -> None:
    said = rebaloop("config", "schema")

    assert (said.code, json.loads(said.out)) == (0, SHAPE)
