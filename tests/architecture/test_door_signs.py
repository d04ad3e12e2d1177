"""Every file opens with one sentence, and a package's own file holds nothing else."""

import ast
import re

import pytest

from tests.architecture.tree import Module, modules, report

SECOND_SENTENCE = re.compile(r"(?<!e\.g)(?<!i\.e)[.!?]\s+[A-Z]")


def sign_complaints(module: Module) -> list[str]:
    """What is wrong with the first line of a file's docstring."""
    sign = (ast.get_docstring(module.syntax) or "").partition("\n")[0]
    if not sign:
        return [f"{module.name}:1: does not open with a docstring"]
    if not sign.endswith((".", "?", "!")):
        return [f"{module.name}:1: the first line is not a whole sentence"]
    if SECOND_SENTENCE.search(sign):
        return [f"{module.name}:1: the first line is more than one sentence"]
    return []


def holds_more_than_a_docstring(module: Module) -> bool:
    """Whether anything but a docstring stands in a file."""
    return len(module.syntax.body) != 1 or ast.get_docstring(module.syntax) is None


def test_every_file_opens_with_one_sentence() -> None:
    found = [line for module in modules("bot", "adapters", "config", "tests") for line in sign_complaints(module)]

    assert not found, report(found)


def test_a_package_file_holds_a_docstring_and_nothing_else() -> None:
    packages = [
        module for module in modules("bot", "adapters", "config", "tests") if module.name.endswith("__init__.py")
    ]
    found = [f"{module.name}:1: holds code" for module in packages if holds_more_than_a_docstring(module)]

    assert not found, f"imports say where things live:{report(found)}"


@pytest.mark.parametrize(
    "text",
    ["x = 1\n", '"""Without an end\n"""\n', '"""One thing. And another."""\n', "# only a comment\n"],
)
def test_a_poor_opening_would_be_seen(text: str) -> None:
    assert sign_complaints(Module(name="x.py", text=text))


def test_a_good_opening_is_left_alone() -> None:
    assert not sign_complaints(Module(name="x.py", text='"""Money, i.e. US dollars in cents."""\n'))


def test_a_package_file_that_re_exports_would_be_seen() -> None:
    assert holds_more_than_a_docstring(Module(name="__init__.py", text='"""A room."""\nfrom a import b\n'))
