"""Reads a YAML or JSON file into a plain tree that knows where everything stands."""

from __future__ import annotations

from pathlib import Path

from adapters.files.json_tree import json_tree
from adapters.files.opening import read_text
from adapters.files.tree import Tree, printable
from adapters.files.yaml_tree import yaml_tree

YAML_ENDINGS = frozenset({".yaml", ".yml"})


def read_tree(path: Path) -> Tree:
    """The content of a file: YAML by its ending, JSON by its ending or its opening brace.

    Raises:
        FixTheFile: when it cannot be read at all. What leaves the rest readable waits in `Tree.faults`.
    """
    text = read_text(path)
    file = printable(str(path), 400)
    is_yaml = path.suffix in YAML_ENDINGS or (path.suffix != ".json" and text.lstrip()[:1] not in {"{", "["})
    return yaml_tree(file, text) if is_yaml else json_tree(file, text)
