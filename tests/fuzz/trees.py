"""Spoils parsed JSON at random: lost keys, other types, huge numbers, NaN, signs, pieces of other answers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

Tree = object
Step = str | int
Spoil = Callable[[Random, Tree, Tree], Tree]

LOST = object()
STRANGE: tuple[Tree, ...] = (
    *(None, True, False, 0, 1, -1, 10**15, 10**16, -(10**18), 10**40, 10**4200, Decimal("1E+400"), Decimal("-1E+400")),
    *(Decimal("1E-400"), Decimal("1E+999999"), Decimal("1E-999999"), Decimal("NaN"), Decimal("sNaN"), Decimal("-0")),
    *(Decimal("Infinity"), Decimal("-Infinity"), Decimal("0.1"), Decimal("1." + "3" * 40), Decimal("-7.5")),
    *(Decimal("999999999999999.99"), Decimal("0.000000001"), Decimal("0.0000000000000000000000000000001")),
    *("", " ", "0", "-1", "1e5", "1E+400", "NaN", "Infinity", "1,234.5", "1_000", "9" * 29, "9" * 5000, "0x1F", "+5"),
    *(
        "\u0663",
        "\uff11\uff12",
        "\u00b2",
        "\ud800",
        "\x00",
        "\x1b[31m",
        "a\nb",
        "x" * 5000,
        "vti",
        "VTI ",
        "-",
        "A" * 40,
    ),
    *("2026-02-30", "2026-02-27", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("2026-02-27T15:00:00", "2026-02-27T15:00:00Z", "2026-02-27T25:00:00Z", "2026-W09-5", "20260227", "24:00"),
    *("2026-02-27T24:00:00Z", "2026-02-27T15:00:00+23:59:59.999999", "1970-01-01T00:00:00Z", "buy", "BUY", "FILLED"),
    *("USD", "EQUITY", "OPTION", "TRADE", "us_equity", "long", "short", "new", "filled", "FILL", "DIV", "VALID"),
    *([], {}, [[]], [{}], {"a": {}}, [None], [1], {"symbol": "VTI"}, [[[[[[]]]]]]),
)


def spoilt(rng: Random, tree: Tree, other: Tree) -> Tree:
    """The tree with one to five changes; the tree itself is left as it is."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        tree = rng.choice(SPOILS)(rng, tree, other)
    return None if tree is LOST else tree


def _place(rng: Random, tree: Tree) -> tuple[Step, ...]:
    """A path from the root, deeper places as likely as others on their level."""
    path: list[Step] = []
    while isinstance(tree, dict | list) and tree and (not path or rng.random() < 0.85):
        step = rng.choice(list(tree)) if isinstance(tree, dict) else rng.randrange(len(tree))
        path.append(step)
        tree = tree[step]
    return tuple(path)


def _at(tree: Tree, path: tuple[Step, ...]) -> Tree:
    for step in path:
        assert isinstance(tree, dict | list)
        tree = tree[step]  # type: ignore[index]  # the path was made for this very tree
    return tree


def _with(tree: Tree, path: tuple[Step, ...], change: Callable[[Tree], Tree]) -> Tree:
    """The tree with one place changed; all but the way there is shared with the old one."""
    if not path:
        return change(tree)
    step, rest = path[0], path[1:]
    if isinstance(tree, dict):
        new = _with(tree[step], rest, change)
        return {key: (new if key == step else value) for key, value in tree.items() if key != step or new is not LOST}
    assert isinstance(tree, list)
    assert isinstance(step, int)
    inner = _with(tree[step], rest, change)
    return tree[:step] + ([] if inner is LOST else [inner]) + tree[step + 1 :]


def _lose(rng: Random, tree: Tree, other: Tree) -> Tree:
    return _with(tree, _place(rng, tree), lambda _: LOST)


def _swap(rng: Random, tree: Tree, other: Tree) -> Tree:
    strange = rng.choice(STRANGE)
    return _with(tree, _place(rng, tree), lambda _: strange)


def _borrow(rng: Random, tree: Tree, other: Tree) -> Tree:
    """A piece of another answer in place of a piece."""
    piece = _at(other, _place(rng, other))
    return _with(tree, _place(rng, tree), lambda _: piece)


def _move(rng: Random, tree: Tree, other: Tree) -> Tree:
    """One piece in place of another of the same answer: known words in wrong places."""
    piece = _at(tree, _place(rng, tree))
    return _with(tree, _place(rng, tree), lambda _: piece)


def _twist(rng: Random, tree: Tree, other: Tree) -> Tree:
    """A number with its sign turned, its size changed, or as text; text as a number; mostly still sound."""
    factor = rng.choice((Decimal(-1), Decimal(10), Decimal("0.1"), Decimal("1E+12"), Decimal("1E-9"), Decimal(0)))

    def turn(value: Tree) -> Tree:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return rng.choice((-value, str(value), value * 10**12, value + 1)) if abs(value) < 10**100 else 1
        if isinstance(value, Decimal):
            return value * factor if value.is_finite() and abs(value.adjusted()) < 1000 else factor
        if isinstance(value, str) and value.replace(".", "", 1).removeprefix("-").isdecimal() and len(value) < 20:
            return rng.choice((Decimal(value), f"-{value}", f"{value}0", f"{value}.5", f"0{value}"))
        return str(value)[:100]

    return _with(tree, _place(rng, tree), turn)


def _repeat(rng: Random, tree: Tree, other: Tree) -> Tree:
    """An item of a list once more."""

    def again(value: Tree) -> Tree:
        return [*value, rng.choice(value)] if isinstance(value, list) and value else [value]

    return _with(tree, _place(rng, tree), again)


def _nest(rng: Random, tree: Tree, other: Tree) -> Tree:
    path = _place(rng, tree)
    return _with(tree, path, lambda value: {str(path[-1]) if path else "a": value})


SPOILS: tuple[Spoil, ...] = (_lose, _lose, _swap, _swap, _swap, _borrow, _move, _twist, _twist, _repeat, _nest)
