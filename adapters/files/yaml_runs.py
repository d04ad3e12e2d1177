"""Runs of plain items in a YAML list, such as lots: once a parser has read the first of them, all are known.

A parser takes half a millisecond for a lot, and a household may have thousands. Where it met the first item of a run as
an item of a block list, what follows at the same depth can be nothing else (YAML 1.2.2, 8.2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.files.tree import SECRETIVE

SHORTEST = 8  # items for which it is worth while
_PAIR = r"[a-z_]+: (?:-?[0-9A-Za-z.][0-9A-Za-z.\-]*|'[0-9A-Za-z.\-]*'|\"[0-9A-Za-z.\-]*\")"
_ON_ONE_LINE = re.compile(rf"( *)- (\{{{_PAIR}(?:, {_PAIR})*\}})")
_FIRST_LINE = re.compile(rf"( *)- ({_PAIR})")
_NEXT_LINE = re.compile(rf"( *)({_PAIR})")
_PARTS = re.compile(r"([a-z_]+): ([^,}]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key and the text of its value, with the places (line, column) where they begin; both count from 1."""

    key: str
    text: str
    quoted: bool
    key_at: tuple[int, int]
    value_at: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mapping of a list: where it begins (its brace, or its first key), the line it ends on, and what it holds."""

    at: tuple[int, int]
    last_line: int
    pairs: tuple[Pair, ...]


def runs_of(lines: Sequence[str]) -> Iterator[list[Item]]:
    """The runs of a text's lines: items of one depth, each directly below the one before, no key twice in any."""
    run: list[Item] = []
    number = 0
    while number < len(lines):
        item = _item(lines, number)
        if run and (item is None or (item.at[0], item.at[1]) != (run[-1].last_line + 1, run[-1].at[1])):
            if len(run) >= SHORTEST:
                yield run
            run = []
        run += [] if item is None else [item]
        number = number + 1 if item is None else item.last_line
    if len(run) >= SHORTEST:
        yield run


def without(lines: Sequence[str], runs: Sequence[Sequence[Item]]) -> str:
    """The text with an empty line for each of a run but those of its first item and its last."""
    left = list(lines)
    for run in runs:
        for number in range(run[0].last_line, run[-1].at[0] - 1):
            left[number] = ""
    return "\n".join(left)


def _item(lines: Sequence[str], number: int) -> Item | None:
    """The item that begins on a line (its number counts from 0); None where none does, or no plain one."""
    if found := _ON_ONE_LINE.fullmatch(lines[number]):
        pairs, last = _pairs(found[2], number, found.start(2)), number
    elif found := _FIRST_LINE.fullmatch(lines[number]):
        pairs, last = _pairs(found[2], number, found.start(2)), number
        while more := _next_line(lines, last + 1, found.start(2)):
            last += 1
            pairs += _pairs(more, last, found.start(2))
    else:
        return None
    if len({pair.key for pair in pairs}) < len(pairs) or any(SECRETIVE.search(pair.key) for pair in pairs):
        return None
    return Item(at=(number + 1, found.start(2) + 1), last_line=last + 1, pairs=tuple(pairs))


def _next_line(lines: Sequence[str], number: int, depth: int) -> str:
    found = _NEXT_LINE.fullmatch(lines[number]) if number < len(lines) else None
    return found[2] if found and found.start(2) == depth else ""


def _pairs(text: str, number: int, start: int) -> list[Pair]:
    return [
        Pair(
            key=found[1],
            text=found[2].strip("'\""),
            quoted=found[2][0] in "'\"",
            key_at=(number + 1, start + found.start(1) + 1),
            value_at=(number + 1, start + found.start(2) + 1),
        )
        for found in _PARTS.finditer(text)
    ]
