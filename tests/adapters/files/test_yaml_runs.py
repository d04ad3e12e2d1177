"""Long lists of plain items are read without the parser, and nothing can be told from the way they were read."""

from __future__ import annotations

from random import Random

import pytest

from adapters.files.tree import Tree
from adapters.files.yaml_runs import SHORTEST, runs_of
from adapters.files.yaml_tree import yaml_tree
from bot.domain.errors import FixTheFile

INLINE = "    - {{qty: {0}.5, cost_per_share: {0}, acquired: 2020-01-0{1}}}"
BLOCK = "    - qty: {0}.5\n      cost_per_share: '{0}'\n      acquired: 2020-01-0{1}"
ODD: tuple[str, ...] = (
    "    - {qty: 1, qty: 2}",
    "    # a note",
    "    - {qty: &a 1}",
    "    - qty: 1\n        more",
    "      - {qty: 1}",
    "",
)
ODD += (
    "    - qty: |\n        1",
    "    - {token: 1}",
    "  b: 1",
    "    - [1]",
    "    - {qty: 1} # one",
    "x",
    "    - {qty: ~}",
)


def list_of(form: str, count: int) -> str:
    """A text with one list of so many items."""
    return "a:\n  lots:\n" + "\n".join(form.format(n, n % 9 + 1) for n in range(count)) + "\n"


def read(text: str) -> Tree | tuple[str, int, int]:
    """What a text says, or where and why it is refused."""
    try:
        return yaml_tree("x.yaml", text)
    except FixTheFile as problem:
        return problem.faults[0].message, problem.faults[0].line, problem.faults[0].column


def parts(outcome: Tree | tuple[str, int, int]) -> object:
    """All that is to be the same."""
    if isinstance(outcome, tuple):
        return outcome
    last_lines = {keys: mark.last_line for keys, mark in outcome.marks.items() if len(keys) > 3}
    places = {keys: (mark.key, mark.value) for keys, mark in outcome.marks.items()}
    faults = [(fault.message, fault.line, fault.column) for fault in outcome.faults]
    return outcome.root, places, last_lines, faults, outcome.withheld


@pytest.mark.parametrize("form", [INLINE, BLOCK])
def test_a_long_list_is_a_run(form: str) -> None:
    (run,) = runs_of(list_of(form, 20).split("\n"))

    assert len(run) == 20


@pytest.mark.parametrize("form", [INLINE, BLOCK])
def test_a_short_list_is_none(form: str) -> None:
    assert not list(runs_of(list_of(form, SHORTEST - 1).split("\n")))


@pytest.mark.parametrize("form", [INLINE, BLOCK])
@pytest.mark.parametrize("seed", range(40))
def test_odd_lines_between_the_items_are_read_as_ever(form: str, seed: int) -> None:
    rng = Random(seed)
    items = list_of(form, 40).split("\n")
    for _ in range(rng.randint(0, 3)):
        items.insert(rng.randint(2, len(items)), rng.choice(ODD))
    text = "\n".join(items)
    # a blank at its end makes a line no part of a run
    spoilt = "\n".join(line if line in ODD or "|" in line or not line else line + " " for line in items)

    assert list(runs_of(spoilt.split("\n"))) == []
    assert parts(read(text)) == parts(read(spoilt))


def test_an_item_in_a_block_of_text_is_text() -> None:
    text = list_of(INLINE, 20).replace("lots:", "story: |")

    assert yaml_tree("x.yaml", text).root == {"a": {"story": text.split("\n", 2)[2].replace("    -", "-")}}


def test_an_item_in_quotes_is_text() -> None:
    text = list_of(INLINE, 20).replace("lots:", 'story: "').rstrip("\n") + '"\n'

    tree = yaml_tree("x.yaml", text)

    assert isinstance(tree.root, dict)
    assert tree.root["a"]["story"].count("- {qty:") == 20


def test_a_mistake_below_a_run_is_told_at_its_line() -> None:
    text = list_of(INLINE, 20) + "b: [\n"

    assert read(text) == read(text.replace("}\n", "} \n"))
