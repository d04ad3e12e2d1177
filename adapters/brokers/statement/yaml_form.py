"""A statement as YAML: `as_of`, `cash`, and a list of `positions`."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.brokers.statement.draft import Blame, Cell, Draft, Line
from adapters.files.tree import Keys, Tree, shown
from adapters.files.yaml_tree import yaml_tree
from bot.domain.errors import Fault, FixTheFile

TOP = frozenset({"as_of", "cash", "positions"})
EACH = ("symbol", "quantity", "price", "cost_basis")


def yaml_draft(file: str, text: str) -> Draft:
    """The statement as it was written.

    Raises:
        FixTheFile: when it is no YAML, or no mapping.
    """
    tree = yaml_tree(file, text)
    root = tree.root
    if not isinstance(root, dict):
        raise FixTheFile(file, (tree.fault((), f"a statement is a mapping, not {shown(root)}"),))
    draft = Draft(file=file, as_of=key_cell(tree, root, (), "as_of"), cash=key_cell(tree, root, (), "cash"))
    draft.faults = [*tree.faults, *unknown_keys(tree, root, (), TOP)]
    positions = root.get("positions")
    if not isinstance(positions, list | None):
        draft.faults.append(tree.fault(("positions",), f"positions are a list, not {shown(positions)}"))
        return draft
    for number, position in enumerate(positions or []):
        _take(draft, tree, ("positions", number), position)
    return draft


def _take(draft: Draft, tree: Tree, keys: Keys, position: object) -> None:
    if not isinstance(position, dict):
        draft.faults.append(tree.fault(keys, f"a position is a mapping, not {shown(position)}"))
        return
    draft.faults += unknown_keys(tree, position, keys, frozenset(EACH))
    draft.lines.append(Line(**{name: key_cell(tree, position, keys, name) for name in EACH}))


def unknown_keys(tree: Tree, mapping: dict[str, object], keys: Keys, known: frozenset[str]) -> Iterator[Fault]:
    """Keys that a form does not have."""
    for key in mapping:
        if key not in known:
            message = f"there is no such key as {shown(key)}"
            yield tree.fault((*keys, key), message, hint=f"known are {', '.join(sorted(known))}", at_key=True)


def key_cell(tree: Tree, mapping: dict[str, object], keys: Keys, name: str) -> Cell:
    """The value of a key, blank where it is not there."""
    present = name in mapping
    return Cell(mapping.get(name), _blame(tree, (*keys, name) if present else keys))


def _blame(tree: Tree, keys: Keys) -> Blame:
    return lambda message, code: tree.fault(keys, message, code=code)
