"""What time it is: by this machine, or by a simulated broker whose time is the only one that counts."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from bot.domain.errors import TryLater
from bot.ports import Broker

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
PATIENCE = 10  # seconds
BREATH = 1 / 200  # seconds: long enough that a poller does not spin, short enough to go unnoticed


class SystemClock:
    """The machine's clock; the only place that asks it."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: int) -> None:
        """Sleep."""
        time.sleep(seconds)

    def steady(self) -> timedelta:
        """The machine's own stopwatch, which no correction of its clock moves."""
        return timedelta(microseconds=time.monotonic_ns() // 1000)


class DateClock:
    """The clock of a simulated broker that tells nothing without a login but the `Date` of its answers (RFC 9110)."""

    def __init__(self, host: str) -> None:
        """`host` is an address of this machine, such as `http://127.0.0.1:8700`."""
        self._at = urlsplit(host).netloc

    def now(self) -> datetime:
        """The broker's instant, aware, in UTC, to the second; TryLater when nothing answers there."""
        connection = HTTPConnection(self._at, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            return parsedate_to_datetime(connection.getresponse().headers["Date"]).astimezone(UTC)
        except (OSError, HTTPException, TypeError, ValueError):
            raise TryLater(f"Nothing that tells the time answers at {self._at}.") from None
        finally:
            connection.close()

    def wait(self, seconds: int) -> None:  # noqa: ARG002 - the broker's time does not depend on ours
        """Return almost at once."""
        time.sleep(BREATH)

    def steady(self) -> timedelta:
        """The broker's time since long ago."""
        return self.now() - EPOCH


class BrokerClock:
    """The clock of a simulated broker, whose days pass when they are told to and never by waiting."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def now(self) -> datetime:
        """The broker's instant, aware, in UTC."""
        return self._broker.market().at

    def wait(self, seconds: int) -> None:  # noqa: ARG002 - the broker's time does not depend on ours
        """Return almost at once."""
        time.sleep(BREATH)

    def steady(self) -> timedelta:
        """The broker's time since long ago: it is the only one here, so nothing can stray from it."""
        return self.now() - EPOCH
