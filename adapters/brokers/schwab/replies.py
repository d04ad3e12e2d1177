"""What comes back from the broker: an answer as it stands, or silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.domain.errors import TryLater


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: its status, its headers by lower-case name, and its content; only the status is shown in a repr."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class Silence(TryLater):
    """No answer came; `dropped` says that the connection broke, otherwise the patience ended."""

    def __init__(self, message: str, *, kind: str, dropped: bool) -> None:
        super().__init__(message)
        self.kind = kind
        self.dropped = dropped


def instant(http_date: str) -> datetime | None:
    """The instant of an HTTP date, in UTC; None for what is none."""
    try:
        found = parsedate_to_datetime(http_date)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
