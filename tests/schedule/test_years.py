"""Months of a calendar with reboots and clock jumps; the three years are `python -m tests.schedule.years`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.schedule import DueState
from tests.schedule.years import live


@pytest.mark.parametrize(
    ("first", "last", "seed"),
    [
        (date(2024, 2, 20), date(2024, 3, 20), 1),  # a leap day, and the clocks go forward
        (date(2025, 10, 20), date(2025, 12, 2), 2),  # the clocks go back, and a half day
    ],
)
def test_every_due_date_once_at_a_legal_hour(tmp_path: Path, first: date, last: date, seed: int) -> None:
    story = live(tmp_path / "ledger.sqlite3", first, last, disruptions=40, seed=seed)

    assert story.complaints == []
    assert story.deaths > 10
    assert story.jumps > 5
    assert story.refused > 10
    assert story.states[DueState.DONE] > 20
