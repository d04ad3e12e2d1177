"""A list whose rows are written for good when somebody first asks for them: most of a long past is never read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

Raw = TypeVar("Raw")
Noun = TypeVar("Noun")


class OnDemand(Sequence[Noun], Generic[Noun, Raw]):
    """Nouns made of raw rows by `write`, which is given the place of a row and the row; nobody may change a row later.

    Equal to any sequence of equal nouns.
    """

    __slots__ = ("_raw", "_write", "_written")

    def __init__(self, raw: Sequence[Raw], write: Callable[[int, Raw], Noun]) -> None:
        self._raw = raw
        self._write = write
        self._written: dict[int, Noun] = {}

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, at: int) -> Noun: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Noun, ...]: ...

    def __getitem__(self, at: int | slice) -> Noun | tuple[Noun, ...]:
        places = range(len(self._raw))[at]
        return self._noun(places) if isinstance(places, int) else tuple(map(self._noun, places))

    def __iter__(self) -> Iterator[Noun]:
        return map(self._noun, range(len(self._raw)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _noun(self, place: int) -> Noun:
        if place not in self._written:
            self._written[place] = self._write(place, self._raw[place])
        return self._written[place]
