"""A noun never changes: every dataclass of domain and engine is frozen, slotted and keyword-only."""

import ast

from tests.architecture.tree import Module, modules, report

WANTED = {"frozen", "slots", "kw_only"}

# "path: Class" -> which of the three it does without, and why. An entry that is no longer true fails the test.
EXCUSED: dict[str, tuple[set[str], str]] = {
    "bot/domain/money.py: Usd": ({"kw_only"}, "one number and its unit: Usd(500) reads as the amount it is"),
    "bot/domain/money.py: Shares": ({"kw_only"}, "one number and its unit: Shares(qty) reads as the count it is"),
}


def missing(module: Module) -> dict[str, set[str]]:
    """What each dataclass lacks, by "path: Class"; complete ones are left out."""
    lacks = {
        f"{module.name}: {node.name}": WANTED - _switched_on(decorator)
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if _is_dataclass(decorator)
    }
    return {name: words for name, words in lacks.items() if words}


def _is_dataclass(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(target).rpartition(".")[2] == "dataclass"


def _switched_on(decorator: ast.expr) -> set[str]:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return {word.arg for word in keywords if word.arg and ast.unparse(word.value) == "True"}


def _all_missing() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module in modules("bot/domain", "bot/engine"):
        found |= missing(module)
    return found


def test_every_noun_is_frozen_slotted_and_keyword_only() -> None:
    found = [
        f"{name}: lacks {', '.join(sorted(words))}"
        for name, words in _all_missing().items()
        if EXCUSED.get(name, (set(), ""))[0] != words
    ]

    assert not found, report(found)


def test_every_excused_noun_still_needs_its_excuse() -> None:
    stale = set(EXCUSED) - set(_all_missing())

    assert not stale, f"take these out of EXCUSED: {stale}"


def test_a_noun_that_can_change_would_be_seen() -> None:
    source = Module(
        name="x.py",
        text="@dataclass\nclass A: ...\n"
        "@dataclasses.dataclass(frozen=True, slots=True)\nclass B: ...\n"
        "@dataclass(frozen=True, slots=True, kw_only=True)\nclass C: ...\n"
        "class D: ...\n",
    )

    assert missing(source) == {"x.py: A": WANTED, "x.py: B": {"kw_only"}}
