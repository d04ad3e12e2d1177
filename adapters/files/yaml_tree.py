"""Reads YAML 1.2 text exactly: tickers stay text, nothing is repeated, copied or nested without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from adapters.files.json_tree import decimal_number, position, whole_number
from adapters.files.tree import DEEPEST, Keys, Mark, Tree, Unfit, broken, excerpt, lines_of, printable, withheld_lines
from adapters.files.yaml_runs import Item, Pair, runs_of, without
from bot.domain.errors import Fault, FixTheFile

# YAML 1.2.2, 10.3 (core schema); other spellings (0o7, 0x1F, .5, 1_000, 12:30, yes, on) stay text.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_STEEP = re.compile(rf"(?:[\[{{]\s*){{{DEEPEST + 1}}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or a list that is being read; `key` waits for its value."""

    keys: Keys
    content: dict[str, object] | list[object]
    at: tuple[int, int]
    key: str | None = None
    key_at: tuple[int, int] = (0, 0)
    repeated: bool = False


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read so far."""

    file: str
    lines: tuple[str, ...]
    stack: list[_Open] = field(default_factory=list)
    marks: dict[Keys, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    runs: dict[tuple[int, int], list[Item]] = field(default_factory=dict)  # not yet met, by the place of the first
    root: object = None
    documents: int = 0

    def fault(self, at: tuple[int, int], message: str, hint: str = "") -> Fault:
        return Fault(message=message, line=at[0], column=at[1], excerpt=excerpt(self.lines, at[0]), hint=hint)

    def stop(self, at: tuple[int, int], message: str, hint: str = "") -> FixTheFile:
        return broken(self.file, self.lines, at, message, hint)

    def take(self, event: Event) -> None:
        """Let one event of the parser change the tree."""
        at = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.stop(at, "a second document begins here", "keep one household in one file")
        elif isinstance(event, CollectionEndEvent):
            closed = self.stack.pop()
            # A block ends where the next thing begins, a bracket where it closes.
            is_block = event.start_mark.index == event.end_mark.index
            keys = self.next_keys()
            self.place(closed.content, closed.at, event.end_mark.line + (0 if is_block else 1))
            if closed.at in self.runs:
                self.unroll(self.runs[closed.at], closed.content, keys)
        elif isinstance(event, NodeEvent):
            self.refuse_cleverness(event, at)
            self.take_node(event, at)

    def refuse_cleverness(self, event: NodeEvent, at: tuple[int, int]) -> None:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self.faults.append(self.fault(at, "anchors and aliases are not allowed", "write the value out in full"))
        elif getattr(event, "tag", None) is not None:
            self.faults.append(self.fault(at, "tags (`!`) are not allowed", "write the plain value"))

    def take_node(self, event: NodeEvent, at: tuple[int, int]) -> None:
        if isinstance(event, CollectionStartEvent):
            if self.waits_for_key():
                raise self.stop(at, "a key must be a word")
            if len(self.stack) == DEEPEST:
                raise self.stop(at, f"nested deeper than {DEEPEST} levels")
            is_mapping = isinstance(event, MappingStartEvent)
            self.stack.append(_Open(keys=self.next_keys(), content={} if is_mapping else [], at=at))
        elif isinstance(event, ScalarEvent) and self.waits_for_key():
            self.take_key(str(event.value), at)
        elif isinstance(event, ScalarEvent):
            self.place(_value(event), at, event.end_mark.line + 1)
        elif self.waits_for_key():
            raise self.stop(at, "a key must be a word")
        else:
            self.place(Unfit(why="an alias is not allowed here"), at, at[0])

    def waits_for_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].content, dict) and self.stack[-1].key is None

    def take_key(self, key: str, at: tuple[int, int]) -> None:
        top = self.stack[-1]
        top.key, top.key_at, top.repeated = key, at, key in top.content
        if top.repeated:
            self.faults.append(self.fault(at, f"`{printable(key)}` is written more than once", "keep one of them"))

    def next_keys(self) -> Keys:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.keys, len(top.content) if top.key is None else top.key)

    def place(self, value: object, at: tuple[int, int], last_line: int) -> None:
        keys = self.next_keys()
        if not self.stack:
            self.root = value
            self.marks[keys] = Mark(key=at, value=at, last_line=last_line)
            return
        top = self.stack[-1]
        if isinstance(top.content, list):
            top.content.append(value)
            self.marks[keys] = Mark(key=at, value=at, last_line=last_line)
        elif top.key is not None:
            if not top.repeated:
                top.content[top.key] = value
                self.marks[keys] = Mark(key=top.key_at, value=at, last_line=last_line)
            top.key = None

    def unroll(self, run: list[Item], first: object, keys: Keys) -> None:
        """Add the items of a run whose first was just read; the last one still comes."""
        into = self.stack[-1].content if self.stack else None
        if not isinstance(into, list) or first != {pair.key: _plain(pair) for pair in run[0].pairs}:
            return
        for number, item in enumerate(run[:-1], start=len(into) - 1):
            self.mark(item, (*keys[:-1], number))
        into += [{pair.key: _plain(pair) for pair in item.pairs} for item in run[1:-1]]
        del self.runs[run[0].at]

    def mark(self, item: Item, keys: Keys) -> None:
        self.marks[keys] = Mark(key=item.at, value=item.at, last_line=item.last_line)
        for pair in item.pairs:
            self.marks[*keys, pair.key] = Mark(key=pair.key_at, value=pair.value_at, last_line=pair.value_at[0])


def yaml_tree(file: str, text: str) -> Tree:
    """The tree of a YAML text, with a mark for every key and value.

    Raises:
        FixTheFile: for text that is not YAML, holds several documents, or nests deeper than 64 levels.
    """
    lines = lines_of(text)
    for pattern, message in (
        (_CONTROL, "a control character stands here"),
        (_STEEP, f"nested deeper than {DEEPEST} levels"),
    ):
        found = pattern.search(text)
        if found:
            raise broken(file, lines, position(text, found.start()), message)
    reading = _quick(file, lines) or _slow(file, lines, text)
    return Tree(
        file=file,
        root=reading.root,
        lines=reading.lines,
        faults=tuple(reading.faults),
        marks=reading.marks,
        withheld=withheld_lines(reading.marks),
    )


def _quick(file: str, lines: tuple[str, ...]) -> _Reading | None:
    """What a text with long runs of plain items says; None where it has none, or anything is wrong or in doubt."""
    runs = list(runs_of(lines))
    if not runs:
        return None
    reading = _Reading(file=file, lines=lines, runs={run[0].at: run for run in runs})
    try:
        for event in _events(reading, without(lines, runs)):
            reading.take(event)
    except FixTheFile:
        return None
    return None if reading.runs or reading.faults else reading


def _slow(file: str, lines: tuple[str, ...], text: str) -> _Reading:
    reading = _Reading(file=file, lines=lines)
    for event in _events(reading, text):
        reading.take(event)
    return reading


def _events(reading: _Reading, text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = " ".join(str(problem.problem or problem.context).split()).replace("\\t", "a tab")
        hint = "indent with blanks, not with tabs" if "a tab" in message else _unclosed(problem)
        raise reading.stop(at, f"this is not YAML: {message}", hint) from None
    except (YAMLError, ValueError, ArithmeticError, LookupError, AttributeError, AssertionError) as problem:
        # The parser stumbles over a few malformed escapes and directives with errors of Python's own.
        raise reading.stop((0, 0), f"this is not YAML: the reader gave up ({type(problem).__name__})") from None


def _unclosed(problem: MarkedYAMLError) -> str:
    """A hint at the bracket that was never closed, where that is what went wrong."""
    begun = problem.context_mark
    if begun is None or not str(problem.context).startswith("while parsing a flow"):
        return ""
    bracket = "{" if "mapping" in str(problem.context) else "["
    return f"the `{bracket}` in line {begun.line + 1} is not closed"


def _value(event: ScalarEvent) -> object:
    text = str(event.value)
    return text if event.style or not event.implicit[0] else _meant(text)


def _plain(pair: Pair) -> object:
    return pair.text if pair.quoted else _meant(pair.text)


def _meant(text: str) -> object:
    """What a word without quotes stands for."""
    if text in _NOTHING:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return whole_number(text)
    return decimal_number(text) if _DECIMAL.fullmatch(text) else text
