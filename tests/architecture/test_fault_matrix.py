"""The fault matrix of tests/README.md is complete: every row names tests that run, or the part that it waits for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from tests.architecture.tree import ROOT

TESTS = ROOT / "tests"
README = (TESTS / "README.md").read_text(encoding="utf-8")
ROWS = 80
# Parts of the house that do not exist yet, and where they would stand; a row may wait for one of these alone.
PARTS = {"approval page": "bot/page*", "mail": "adapters/*mail*", "scheduler": "bot/daemon*"}
WAITS = "not built yet: "
TEST = re.compile(r"`([\w/]+/test_\w+\.py)::((?:Test\w+::)?test_\w+)`")
COUNT = re.compile(r"(\d+) of the 80 rows are shown, (\d+) in part, and (\d+) are not built yet\.")
AVOIDING = {"skip", "skipif", "xfail", "importorskip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault: `tests` are (file below tests/, name), `waits` the parts without which it cannot be shown whole."""

    number: int
    words: tuple[str, ...]
    tests: tuple[tuple[str, str], ...]
    waits: tuple[str, ...]


def rows_of(text: str) -> Iterator[Row]:
    """The rows of the table, in its order."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if cells[0].isdigit():
            yield _row(cells)


def _row(cells: list[str]) -> Row:
    shown = cells[-1].split("<br>")
    tests = [match for part in shown if (match := TEST.fullmatch(part))]
    waits = [part.removeprefix(WAITS) for part in shown if part.startswith(WAITS)]
    assert len(tests) + len(waits) == len(shown), f"row {cells[0]}: neither a test nor a part: {shown}"
    return Row(
        number=int(cells[0]),
        words=tuple(cells[1:-1]),
        tests=tuple((match[1], match[2]) for match in tests),
        waits=tuple(waits),
    )


@cache
def standing_in(path: str) -> dict[str, bool]:
    """The tests of a file by name, with whether each runs: nothing on it or around it skips it or expects less."""
    file = TESTS / path
    return running(file.read_text(encoding="utf-8")) if file.is_file() else {}


def running(source: str) -> dict[str, bool]:
    """The same of a file's text."""
    body = ast.parse(source).body
    around = any(_avoids(node) for node in body if not isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = not around and not _avoids(node)
        elif isinstance(node, ast.ClassDef):
            outside = around or any(_avoids(one) for one in node.decorator_list)
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    found[f"{node.name}::{inner.name}"] = not outside and not _avoids(inner)
    return found


def _avoids(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr in AVOIDING for one in ast.walk(node))


MATRIX = tuple(rows_of(README))


def test_the_table_has_all_rows_in_order() -> None:
    assert [row.number for row in MATRIX] == list(range(1, ROWS + 1))
    assert all(len(row.words) == 3 and all(row.words) for row in MATRIX)


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.number}-{row.words[1]}")
def test_every_test_of_a_row_exists_and_runs(row: Row) -> None:
    assert row.tests or row.waits
    assert not [f"{path}::{name}" for path, name in row.tests if not standing_in(path).get(name, False)]


def test_a_row_waits_only_for_a_part_that_does_not_exist() -> None:
    waited_for = {part.partition(" (")[0] for row in MATRIX for part in row.waits}

    assert waited_for <= PARTS.keys()
    assert not [part for part in waited_for if list(ROOT.glob(PARTS[part]))]


def test_the_table_says_how_much_of_it_is_shown() -> None:
    whole = sum(not row.waits for row in MATRIX)
    part = sum(bool(row.waits and row.tests) for row in MATRIX)
    said = COUNT.search(README)

    assert said is not None
    assert tuple(map(int, said.groups())) == (whole, part, ROWS - whole - part)


def test_every_command_that_is_told_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    modules = [ROOT / f"{name.replace('.', '/')}.py" for name in re.findall(r"`python -m ([\w.]+)", README)]

    assert not set(re.findall(r"`make ([a-z-]+)", README)) - set(targets)
    assert modules
    assert not [path for path in modules if "__main__" not in (path.read_text("utf-8") if path.is_file() else "")]


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skip(reason='later')\ndef test_x(): ...",
        "@pytest.mark.xfail\ndef test_x(): ...",
        "def test_x():\n    pytest.skip('later')",
        "pytestmark = pytest.mark.skipif(True, reason='later')\ndef test_x(): ...",
        "pytest.importorskip('mail')\ndef test_x(): ...",
        "def test_y(): ...",
    ],
)
def test_a_test_that_does_not_run_would_be_seen(source: str) -> None:
    assert not running(source).get("test_x", False)


def test_a_test_that_runs_is_left_alone() -> None:
    source = "@pytest.mark.parametrize('a', [1])\ndef test_x(a): ...\nclass TestY:\n    def test_z(self): ..."

    assert running(source) == {"test_x": True, "TestY::test_z": True}


def test_a_cell_that_names_neither_a_test_nor_a_part_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="row 7: neither"):
        list(rows_of("| 7 | sync | a fault | the cure | some day |\n"))
