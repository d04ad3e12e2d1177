"""The plain content of a file, and where in the file each of its keys and values stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors import Fault, FixTheFile

Keys = tuple[str | int, ...]

DEEPEST = 64  # levels of nesting; ours need seven
SECRETIVE = re.compile(r"cred|secret|passw|token|key_?id|app_?key|number|://[^\s/]*@", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Stands in a tree for a value that could be read and must not be used; `why` is the reason, for a person."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a key and its value begin, and on which line the value ends; all count from 1."""

    key: tuple[int, int]
    value: tuple[int, int]
    last_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A file as text, exact numbers, booleans, None, lists and dicts.

    `faults` are mistakes that leave the rest readable (a key written twice, NaN). `marks` is empty for JSON, whose
    faults are placed by their path alone.
    """

    file: str
    root: object
    lines: tuple[str, ...] = field(repr=False)
    faults: tuple[Fault, ...] = ()
    marks: Mapping[Keys, Mark] = field(default_factory=dict, repr=False)
    withheld: frozenset[int] = frozenset()

    def fault(
        self, keys: Keys, message: str, *, code: str = "bad_input", hint: str = "", at_key: bool = False
    ) -> Fault:
        """A mistake at a key's path: at its value, or at the key itself."""
        mark = self.marks.get(keys)
        line, column = (0, 0) if mark is None else mark.key if at_key else mark.value
        seen = "" if line in self.withheld else excerpt(self.lines, line)
        return Fault(message=message, code=code, place=place(keys), line=line, column=column, excerpt=seen, hint=hint)


def secretive(keys: Keys) -> bool:
    """Whether a path leads to credentials, whose values are never repeated."""
    return any(SECRETIVE.search(key) for key in keys if isinstance(key, str))


def withheld_lines(marks: Mapping[Keys, Mark]) -> frozenset[int]:
    """The lines on which a credential may stand."""
    names = {keys[-1] for keys in marks if keys}  # few, where there are many marks
    if not any(secretive((name,)) for name in names):
        return frozenset()
    ranges = (range(mark.key[0], mark.last_line + 1) for keys, mark in marks.items() if secretive(keys))
    return frozenset(line for lines in ranges for line in lines)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text, however they end."""
    return tuple(re.split(r"\r\n|\r|\n", text))


def excerpt(lines: tuple[str, ...], line: int) -> str:
    """One line, its control characters shown as blanks; empty when unknown, or when it speaks of credentials."""
    if not 0 < line <= len(lines) or SECRETIVE.search(lines[line - 1]):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in lines[line - 1][:400])


def broken(file: str, lines: tuple[str, ...], at: tuple[int, int], message: str, hint: str = "") -> FixTheFile:
    """The refusal of a text that is no YAML or JSON at a line and column; cautious about lines near credentials."""
    line, column = at
    near = "" if 1 < line <= len(lines) and SECRETIVE.search(lines[line - 2]) else excerpt(lines, line)
    return FixTheFile(file, (Fault(message=message, line=line, column=column, excerpt=near, hint=hint),))


def place(keys: Keys) -> str:
    """A path as a person writes it, such as `accounts[0].positions[1].lots[0].qty`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{printable(key)}" for key in keys)
    return "".join(parts).removeprefix(".")


def printable(text: str, longest: int = 60) -> str:
    """Foreign text that cannot upset a terminal: escapes for what is not printable, cut when long."""
    safe = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:longest])
    return safe + ("..." if len(text) > longest else "")


def shown(thing: object) -> str:
    """A value of a tree as it is named in a complaint."""
    match thing:
        case None:
            return "nothing (null)"
        case bool():
            return str(thing).lower()
        case str():
            return f"'{printable(thing)}'"
        case list() | tuple():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return printable(str(thing))
