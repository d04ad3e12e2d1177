"""A plan that nobody answered is told of once, when it has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.plan import Environment
from bot.services.cycle import run
from tests.services.stage import Stage

A_WEEK = timedelta(days=7)
SILENCE = "[rebaloop paper] Nobody approved a plan in time, and nothing was sent (P-2026-03-02-A)"


def subjects(stage: Stage) -> list[str]:
    return [subject for subject, _ in stage.postbox.letters]


def run_out(stage: Stage) -> None:
    """A plan, and a week without a word."""
    run(stage.house)
    stage.clock.pass_by(A_WEEK)


def test_a_plan_that_ran_out_is_told_of_before_the_next_one() -> None:
    stage = Stage()
    run_out(stage)

    run(stage.house)
    run(stage.house)

    assert [SILENCE in subject or "Approve" in subject for subject in subjects(stage)] == [True, True, True]
    assert subjects(stage)[1] == SILENCE


def test_a_word_that_could_not_be_written_is_written_by_the_next_run() -> None:
    stage = Stage()
    run_out(stage)
    stage.postbox.broken = True
    with pytest.raises(ConnectionError):
        run(stage.house)
    stage.postbox.broken = False

    run(stage.house)

    assert subjects(stage).count(SILENCE) == 1


def test_a_dry_run_that_ran_out_asked_for_nothing_and_is_not_told_of() -> None:
    stage = Stage()
    stage.terms = replace(stage.terms, environment=Environment.DRY_RUN)
    run_out(stage)

    run(stage.house)

    assert not any("Nobody" in subject for subject in subjects(stage))
