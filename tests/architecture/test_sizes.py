"""Files end before line 300 and functions before line 50."""

import ast

from tests.architecture.tree import Module, modules, report

LONGEST_FILE = 300
LONGEST_FUNCTION = 50


def long_files(sources: tuple[Module, ...]) -> list[str]:
    """Files past the wall."""
    lengths = {module.name: len(module.text.splitlines()) for module in sources}
    return [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_FILE]


def long_functions(sources: tuple[Module, ...]) -> list[str]:
    """Functions past the wall, measured from `def` to their last line."""
    return [
        module.at(node, f"{node.name} has {_length(node)} lines")
        for module in sources
        for node in ast.walk(module.syntax)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _length(node) > LONGEST_FUNCTION
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_the_wall() -> None:
    found = long_files(modules("bot", "adapters"))

    assert not found, f"over {LONGEST_FILE} lines, look for the second file inside:{report(found)}"


def test_no_function_is_longer_than_the_wall() -> None:
    found = long_functions(modules("bot", "adapters"))

    assert not found, f"over {LONGEST_FUNCTION} lines, look for the second function inside:{report(found)}"


def test_one_line_past_either_wall_would_be_seen() -> None:
    body = "    pass\n"
    just_fits = Module(name="a.py", text="def f():\n" + body * 49 + "\n" * 250)
    too_long = Module(name="b.py", text="def f():\n" + body * 50 + "\n" * 250)

    assert long_files((just_fits, too_long)) == ["b.py: 301 lines"]
    assert long_functions((just_fits, too_long)) == ["b.py:1: f has 51 lines"]
