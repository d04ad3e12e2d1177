"""The household that stands in a test's docstring, and the plan for it."""

from __future__ import annotations

import inspect

import pytest

from bot.domain.plan import Plan
from tests.engine.drawing import planned


@pytest.fixture
def plan(request: pytest.FixtureRequest) -> Plan:
    """The plan for the household that the test draws."""
    return planned(inspect.cleandoc(request.function.__doc__))
