"""Many paths lived through by any executor, in pieces whose size and order depend on nothing but the question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TypeVar

from bot.longview.home import Home
from bot.longview.life import Life, live
from bot.longview.market import Path, century, drawn, window
from bot.longview.ways import Way

T = TypeVar("T")
PIECE = 4  # paths that one task lives through
AHEAD = 64  # tasks that wait in an executor at most
MATCHES = (Decimal(-3), Decimal(3), Decimal(6), Decimal(9))  # points by which the silo's target of stocks is raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a path comes from: the month of history in which it begins, or the number of a draw since a year."""

    start: int = -1
    draw: int = -1
    since: int = 1926
    seed: int = 0

    def path(self, months: int) -> Path:
        """The path itself."""
        if self.draw < 0:
            return window(century(), self.start, months)
        return drawn(century(), self.draw, months, since=self.since, seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is lived through: a household, the ways side by side, and all paths.

    With `matched` the silo is lived through with other targets as well, so that risk can be compared at equal shares.
    """

    home: Home
    ways: tuple[Way, ...]
    sources: tuple[Source, ...]
    matched: bool = True

    @property
    def pieces(self) -> int:
        """The number of tasks."""
        return -(-len(self.sources) // PIECE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One path: its lives by way in the order of the question, and the silo's at the targets of `MATCHES`."""

    lives: tuple[Life, ...]
    matches: tuple[Life, ...]


def history(since: int, months: int, every: int = 1) -> tuple[Source, ...]:
    """Every so many months of history, from a year on, a window that begins there."""
    return tuple(Source(start=start) for start in century().starts(since, months)[::every])


def draws(count: int, since: int, seed: int = 0) -> tuple[Source, ...]:
    """So many draws from the history since a year."""
    return tuple(Source(draw=number, since=since, seed=seed) for number in range(count))


def piece(part: Question) -> tuple[Side, ...]:
    """One task: the paths of a small question, each in all ways."""
    return tuple(_side(part, source.path(part.home.months)) for source in part.sources)


def _part(question: Question, number: int) -> Question:
    return replace(question, sources=question.sources[number * PIECE : (number + 1) * PIECE])


def _side(question: Question, path: Path) -> Side:
    matches = MATCHES if question.matched else ()
    return Side(
        lives=tuple(live(question.home, path, way) for way in question.ways),
        matches=tuple(live(question.home, path, Way.SILO, points) for points in matches),
    )


def pieces(question: Question, numbers: Iterable[int], executor: Executor | None) -> Iterator[tuple[Side, ...]]:
    """The pieces of these numbers in their order, whoever works on them."""
    return in_order(executor, (partial(piece, _part(question, number)) for number in numbers))


def in_order(executor: Executor | None, tasks: Iterable[Callable[[], T]]) -> Iterator[T]:
    """The results of tasks in their order; without an executor they are done here, one after the other.

    Only so many wait in the executor at a time, so that memory does not grow with their number.
    """
    if executor is None:
        yield from (task() for task in tasks)
        return
    coming = iter(tasks)
    while batch := list(islice(coming, AHEAD)):
        yield from executor.map(_done, batch)


def _done(task: Callable[[], T]) -> T:
    return task()
