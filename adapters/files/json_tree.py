"""Reads JSON text exactly: no floats, no silent repetition, no nesting without end."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import chain

from adapters.files.tree import DEEPEST, Keys, Tree, Unfit, broken
from bot.domain.errors import Fault

LONGEST_NUMBER = 60  # characters; 28 digits, a sign, a point and an exponent fit well

_PLAIN = frozenset({dict, list, str, int, Decimal, bool, type(None)})
# Strings are stepped over whole; the possessive star keeps an unclosed one from being tried again and again.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.?)*+"?|[\[\]{}]', re.DOTALL)


class _Repeated(dict[str, object]):
    """A JSON object with a key that was written more than once."""

    again: tuple[str, ...] = ()


def json_tree(file: str, text: str) -> Tree:
    """The tree of a JSON text.

    Raises:
        FixTheFile: for text that is not JSON, with line and column, or that nests deeper than 64 levels.
    """
    try:
        root: object = json.loads(
            text,
            parse_float=decimal_number,
            parse_int=whole_number,
            parse_constant=lambda word: Unfit(why=f"{word} is not a number"),
            object_pairs_hook=_object,
        )
    except (json.JSONDecodeError, RecursionError) as problem:
        _refuse_deep(file, text)
        at, message = _told(problem)
        raise broken(file, tuple(text.split("\n")), at, f"this is not JSON: {message}") from None
    tree = Tree(file=file, root=root, lines=())
    if _is_plain(root):
        return tree
    # what stood under a repeated key is gone from the tree: only the text knows how deep it was
    _refuse_deep(file, text)
    return replace(tree, faults=tuple(_faults(tree, (), root)))


def _told(problem: json.JSONDecodeError | RecursionError) -> tuple[tuple[int, int], str]:
    """Where a text stops being JSON, and why."""
    if isinstance(problem, json.JSONDecodeError):
        return (problem.lineno, problem.colno), f"{problem.msg[:1].lower()}{problem.msg[1:]}"
    return (0, 0), "the reader gave up"


def _is_plain(root: object) -> bool:
    """Whether a tree surely holds nothing unfit, nothing repeated and no deep nesting; level by level, which is quick.

    A large file is plain but for its mistakes, and a walk from thing to thing with the path of each is slow.
    """
    level = [root]
    for _ in range(DEEPEST):
        kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return False
        if not kinds & {dict, list}:
            return True
        mappings = [thing.values() for thing in level if type(thing) is dict]
        level = [*chain.from_iterable(mappings), *chain.from_iterable(t for t in level if type(t) is list)]
    return False


def decimal_number(text: str) -> Decimal | Unfit:
    """The exact number behind a JSON number with a point or an exponent."""
    try:
        return Decimal(text) if len(text) <= LONGEST_NUMBER else _too_long()
    except InvalidOperation:
        return Unfit(why="this number is beyond all measure")


def whole_number(text: str) -> int | Unfit:
    """The exact number behind a JSON number without a point; thousands of digits are never converted."""
    return int(text) if len(text) <= LONGEST_NUMBER else _too_long()


def _too_long() -> Unfit:
    return Unfit(why="this number has more than 28 digits")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    times = Counter(key for key, _ in pairs)
    repeated = _Repeated(content)
    repeated.again = tuple(key for key, count in times.items() if count > 1)
    return repeated


def _faults(tree: Tree, keys: Keys, thing: object) -> Iterator[Fault]:
    if isinstance(thing, Unfit):
        yield tree.fault(keys, thing.why)
    if isinstance(thing, _Repeated):
        for key in thing.again:
            yield tree.fault((*keys, key), "this key is written more than once")
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from _faults(tree, (*keys, key), value)
    elif isinstance(thing, list):
        for index, value in enumerate(thing):
            yield from _faults(tree, (*keys, index), value)


def _refuse_deep(file: str, text: str) -> None:
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
        if depth > DEEPEST:
            raise broken(file, (), position(text, match.start()), f"nested deeper than {DEEPEST} levels")


def position(text: str, offset: int) -> tuple[int, int]:
    """The line and column of a character, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
