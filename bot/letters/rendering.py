"""Turns ready words into the HTML of a letter: everything from outside is escaped, and a word that is missing fails."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def rendered(template: str, **words: object) -> str:
    """One page; jinja2.UndefinedError where the template asks for a word that is not there."""
    return _desk().get_template(template).render(**words)


@cache
def _desk() -> Environment:
    desk = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,  # always, whatever a file is called
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    desk.filters |= {"prose": _prose, "opened": _opened}
    return desk


def _prose(words: str) -> Markup:
    """Words in which no date is broken over two lines."""
    return Markup(_DAY.sub(r'<span style="white-space:nowrap;">\g<0></span>', str(escape(words))))  # noqa: S704 - escaped


def _opened(words: str) -> str:
    """The same, beginning as a sentence does."""
    return words[:1].upper() + words[1:]
