"""The list of guards that `python -m tests.tapes.guards` takes away fits the code as it is."""

import ast

import pytest

from tests.tapes.guards import GUARDS, ROOT, Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.trap}-{guard.path}")
def test_a_guard_stands_where_the_list_says_and_the_code_without_it_is_code(guard: Guard) -> None:
    text = (ROOT / guard.path).read_text(encoding="utf-8")

    assert text.count(guard.old) == 1
    assert guard.tests
    assert ast.dump(ast.parse(text.replace(guard.old, guard.new))) != ast.dump(ast.parse(text))
