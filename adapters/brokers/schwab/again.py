"""When a question may be asked once more, and after how long."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.brokers.schwab.replies import Reply, instant

LONGEST_WAIT = 60  # seconds that a throttled question waits, all in all
BACK_OFF = (1, 4)  # seconds after the first and the second failure of the broker's service


class Again:
    """The patience with one question: two failures of the service, one broken connection, a minute of throttling."""

    def __init__(self) -> None:
        self._failures = list(BACK_OFF)
        self._may_drop = True
        self._throttled = 0

    def after_drop(self) -> bool:
        """Whether to ask again after a connection that broke: once."""
        once, self._may_drop = self._may_drop, False
        return once

    def after(self, reply: Reply) -> int | None:
        """Seconds to wait before asking again; None when this answer stands."""
        if reply.status >= 500:
            return self._failures.pop(0) if self._failures else None
        if reply.status != 429:
            return None
        wanted = seconds_wanted(reply.headers)
        if wanted is None or self._throttled + max(wanted, 1) > LONGEST_WAIT:
            return None
        self._throttled += max(wanted, 1)
        return max(wanted, 1)


def seconds_wanted(headers: Mapping[str, str]) -> int | None:
    """The seconds of a Retry-After (RFC 9110, 10.2.3), whether they stand there or follow from its date and `Date`."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    until, told_at = instant(text), instant(headers.get("date", ""))
    return max(0, int((until - told_at).total_seconds())) if until and told_at else None
