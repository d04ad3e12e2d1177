"""What the tests of the schedule share with those of the doors: a terminal, and a household on simulated brokers."""

from tests.doors.conftest import home, rebaloop

__all__ = ["home", "rebaloop"]
