"""What the tests of the page share: a stage, a visitor, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.browsing import browser
from tests.page.stage import PageStage, Visitor

__all__ = ["browser", "silence", "stage", "visitor"]


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    """No events on the terminal."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def stage(tmp_path: Path) -> PageStage:
    """A household whose people have passphrases."""
    return PageStage(tmp_path)


@pytest.fixture
def visitor(stage: PageStage) -> Iterator[Visitor]:
    """Somebody at the door."""
    with Visitor(stage.app()) as one:
        yield one
