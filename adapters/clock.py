"""What time it is: by this machine, or by a simulated broker whose time is the only one that counts."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from bot.ports import Broker

BREATH = 1 / 200  # seconds: long enough that a poller does not spin, short enough to go unnoticed


class SystemClock:
    """The machine's clock; the only place that asks it."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: int) -> None:
        """Sleep."""
        time.sleep(seconds)


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
