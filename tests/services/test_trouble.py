"""A run that fails writes one letter a day for each cause, and its own error stays the only one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.errors import LogIn, RebaloopError, Reconcile, TryLater
from bot.services.cycle import Outcome
from bot.services.trouble import run_and_tell, telling
from tests.fakes.scripted_broker import Fate
from tests.services.stage import Stage
from tests.services.test_matrix_sync import Kept

DAY = timedelta(days=1)


def fails(stage: Stage, problem: RebaloopError) -> None:
    """A run that ends with this."""
    stage.broker.unreadable["rollover"] = problem
    with pytest.raises(type(problem)) as caught:
        run_and_tell(stage.house)
    assert caught.value is problem


def subjects(stage: Stage) -> list[str]:
    return [subject.removeprefix("[rebaloop paper] ") for subject, _ in stage.postbox.letters]


@pytest.mark.parametrize(
    ("problem", "subject"),
    [
        (TryLater("Alpaca does not answer."), "A run could not finish: Alpaca does not answer"),
        (LogIn("The login has ended."), "A broker wants you to log in: The login has ended"),
        (Reconcile("That is another account."), "Books and broker need your eye: That is another account"),
    ],
)
def test_a_run_that_fails_writes_a_letter_and_ends_as_it_did(problem: RebaloopError, subject: str) -> None:
    stage = Stage()

    fails(stage, problem)

    assert subjects(stage) == [subject]


def test_the_same_cause_is_told_once_a_day() -> None:
    stage = Stage()
    for _ in range(3):
        fails(stage, TryLater("Alpaca does not answer."))
    stage.clock.pass_by(DAY)
    fails(stage, TryLater("Alpaca does not answer."))

    assert len(stage.postbox.letters) == 2


def test_figures_that_change_are_no_new_cause() -> None:
    stage = Stage()
    fails(stage, TryLater("Alpaca asks for 30 seconds of patience."))
    fails(stage, TryLater("Alpaca asks for 45 seconds of patience."))

    assert len(stage.postbox.letters) == 1


def test_another_cause_is_told_on_the_same_day() -> None:
    stage = Stage()
    fails(stage, TryLater("Alpaca does not answer."))
    fails(stage, LogIn("The login has ended."))

    assert len(stage.postbox.letters) == 2


def test_a_letter_that_cannot_be_written_is_no_second_error() -> None:
    stage = Stage()
    stage.postbox.broken = True

    fails(stage, TryLater("Alpaca does not answer."))

    assert stage.postbox.letters == []


def test_an_error_that_nobody_foresaw_is_told_without_its_words() -> None:
    stage = Stage()
    stage.broker.prices = {}
    stage.broker.tills.clear()

    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever it is
        run_and_tell(stage.house)

    assert len(stage.postbox.letters) == 1
    assert isinstance(caught.value, RebaloopError) or str(caught.value) not in stage.postbox.letters[0][1]


def test_a_run_that_goes_well_writes_what_it_always_did() -> None:
    stage = Stage()

    report = run_and_tell(stage.house)

    assert report.outcome is Outcome.PROPOSED
    assert [subject.partition(" ")[0] for subject in subjects(stage)] == ["Approve"]


def test_a_fund_that_split_is_frozen_and_told() -> None:
    stage = Kept()
    stage.say_yes_to_a_drawn_plan()
    stage.split("2")
    run_and_tell(stage.house)
    stage.say_yes_to_a_drawn_plan()

    run_and_tell(stage.house)

    assert "A fund is frozen: VTI went from 100 to 50" in subjects(stage)


def test_an_order_that_nobody_knows_the_fate_of_is_told_an_hour_after_its_session() -> None:
    stage = Stage()
    stage.broker.fates["VTI"] = Fate.LOST
    stage.say_yes_to_a_drawn_plan()
    run_and_tell(stage.house)
    before = subjects(stage)
    stage.clock.pass_by(timedelta(hours=7))
    stage.broker.trouble = TryLater("Alpaca does not answer.")

    with pytest.raises(TryLater):
        run_and_tell(stage.house)

    assert not any("Nobody knows" in subject for subject in before)
    assert any("Nobody knows what became of 1 order" in subject for subject in subjects(stage))


def _cannot_say(problem: Exception) -> bool:
    raise OSError(str(problem))


@pytest.mark.parametrize(("unless", "letters"), [(lambda _: True, 0), (lambda _: False, 1), (_cannot_say, 1)])
def test_what_is_too_early_to_tell_is_only_raised(unless: Callable[[Exception], bool], letters: int) -> None:
    stage = Stage()

    with pytest.raises(TryLater), telling(stage.house, unless):
        raise TryLater("Alpaca does not answer.")

    assert len(stage.postbox.letters) == letters
