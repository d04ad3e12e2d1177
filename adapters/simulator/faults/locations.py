"""Location headers that mislead; an answer without one is left alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from adapters.simulator.faults.fault import Turn
from adapters.simulator.wire import Answer

ELSEWHERE = "orders.example.com"


def missing(turn: Turn) -> Answer:
    """There is none."""
    return replace(turn.answer, headers={k: v for k, v in turn.answer.headers.items() if k.lower() != "location"})


def relative(turn: Turn) -> Answer:
    """A path without scheme and host."""
    return _moved(turn, lambda url: urlunsplit(("", "", *urlsplit(url)[2:])))


def foreign(turn: Turn) -> Answer:
    """The right path on another host."""
    return _moved(turn, lambda url: urlunsplit(("https", ELSEWHERE, *urlsplit(url)[2:])))


def of_another_order(turn: Turn) -> Answer:
    """The latest order placed before this one; the next number, which is nobody's, when there was none."""
    return _moved(turn, lambda url: next((seen for seen in reversed(turn.locations) if seen != url), _next(url)))


def _next(url: str) -> str:
    return re.sub(r"\d+$", lambda digits: str(int(digits[0]) + 1), url)


def _moved(turn: Turn, to: Callable[[str], str]) -> Answer:
    headers = {k: to(v) if k.lower() == "location" else v for k, v in turn.answer.headers.items()}
    return replace(turn.answer, headers=headers)
