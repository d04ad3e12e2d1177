"""The stations of a run: as they are, or a second copy of them with a mistake planted in their text."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import bot.engine.guard
import bot.services

ROOMS = ("bot.services", "bot.engine.guard")
HOME = Path(bot.__path__[0])


@dataclass(frozen=True)
class Change:
    """A piece of text that stands in a module of `bot` exactly once, and what takes its place.

    `module` is a name below `services`, or `guard.` and one below `engine.guard`.
    """

    module: str
    old: str
    new: str

    @property
    def full_name(self) -> str:
        """The module's own name."""
        return f"bot.engine.{self.module}" if self.module.startswith("guard.") else f"bot.services.{self.module}"


def _file(name: str) -> Path:
    return HOME.joinpath(*name.split(".")[1:]).with_suffix(".py")


def _is_copied(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in ROOMS)


class Stations:
    """The modules that a run needs, all of one copy."""

    def __init__(self) -> None:
        self.cycle = importlib.import_module("bot.services.cycle")
        self.begun = importlib.import_module("bot.services.begun")
        self.house = importlib.import_module("bot.services.house")
        self.points = importlib.import_module("bot.services.points")

    def listening(self, listener: object) -> AbstractContextManager[None]:
        """Every named point of this copy is told to the listener."""
        heard: AbstractContextManager[None] = self.points.listening(listener)
        return heard

    def run(self, **world: Any) -> object:  # noqa: ANN401 - the fields of a House, whose copy may be another one's
        """A whole run but for the drawing of new plans: `cycle.run` up to where it would start anew."""
        house = self.house.House(**world)
        self.cycle.catch_up(house)
        begun = self.begun.unfinished(house.ledger) or self.begun.due_again(house)
        return None if begun is None else self.cycle._finish(house, begun)


def planted(changes: Sequence[Change]) -> Stations:
    """A copy of all stations with these changes; the real ones stay as they are.

    Raises:
        AssertionError: when a text does not stand in its module exactly once (any more).
    """
    texts: dict[str, str] = {}
    for change in changes:
        text = texts.get(change.full_name) or _file(change.full_name).read_text(encoding="utf-8")
        assert text.count(change.old) == 1, f"{change.module} does not hold this text once: {change.old!r}"
        texts[change.full_name] = text.replace(change.old, change.new)
    real = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_copied(name)}
    finder = _Finder(texts)
    sys.meta_path.insert(0, finder)
    try:
        return Stations()
    finally:
        sys.meta_path.remove(finder)
        for name in filter(_is_copied, list(sys.modules)):
            del sys.modules[name]
        sys.modules.update(real)
        bot.services, bot.engine.guard = (real[room] for room in ROOMS)


class _Finder(MetaPathFinder):
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in self._texts:
            return None
        file = _file(fullname)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, str(file), self._texts[fullname]))


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec")
