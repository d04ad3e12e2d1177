"""A letter to the household: the same words twice, for a terminal and for a mail program."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG that the HTML of a letter shows as `cid:<name>`; `alt` says in words what is to be seen on it."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter; `text` is plain, complete and fits a terminal of 80 columns, `html` says the same ("": nothing)."""

    subject: str
    text: str
    html: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLink:
    """Where one person opens the page of a plan; `url` is a secret of that person until it is used or runs out."""

    person: str
    url: str = field(repr=False)
