"""What the scenarios share with the doors."""

from __future__ import annotations

from tests.doors.conftest import home, rebaloop

__all__ = ["home", "rebaloop"]
