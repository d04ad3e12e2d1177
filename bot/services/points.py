"""Named points on the way of an order: whoever wants to see what a sudden death there leaves behind listens here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

POINTS = (
    "before_intent",
    "intent_written",
    "sending_written",
    "posted",
    "read_back",
    "state_written",
    "between_legs",
    "reconciled",
    "report_written",
)
_LISTENERS: list[Callable[[str], None]] = []  # empty but in tests that end the process in the middle of a run


def reach(name: str) -> None:
    """Say that this point was reached."""
    for listener in _LISTENERS:
        listener(name)


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Call `listener` with the name of every point while this lasts."""
    _LISTENERS.append(listener)
    try:
        yield
    finally:
        _LISTENERS.remove(listener)
