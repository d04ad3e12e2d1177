"""Reads a letter's HTML as a mail program would: what can be seen of it, and what it is built of."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

from bot.domain.letter import Letter

_SILENT = {"style", "title", "head"}
_EMPTY = {"meta", "img", "br"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _SILENT.intersection(self._open):
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", ((data, None),)))


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def seen(html: str) -> str:
    """The words of the body on one line."""
    return " ".join(" ".join(_read(html).words).split())


def built_of(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Its tags in order, with the names of their attributes; spans that only keep a date together are left out."""
    tags = _read(html).tags
    return [(name, tuple(key for key, _ in attrs)) for name, attrs in tags if not _is_a_day(name, attrs)]


def _is_a_day(name: str, attrs: tuple[tuple[str, str | None], ...]) -> bool:
    return name == "span" and attrs == (("style", "white-space:nowrap;"),)


def addresses(html: str) -> set[str]:
    """Everything that a mail program could ask another computer for, or that a click leads to."""
    asking = {"src", "href", "action", "background", "srcset", "data", "poster", "cite", "formaction", "ping"}
    return {value or "" for _, attrs in _read(html).tags for key, value in attrs if key in asking}


def with_pictures(letter: Letter) -> str:
    """The HTML with its pictures in place of their names, as a mail program shows it."""
    html = letter.html
    for picture in letter.pictures:
        html = html.replace(f"cid:{picture.name}", f"data:image/png;base64,{base64.b64encode(picture.png).decode()}")
    return html
