"""What the tests of running it share: a terminal and a household, as at the doors."""

from __future__ import annotations

from tests.doors.conftest import home, rebaloop

__all__ = ["home", "rebaloop"]
