"""Many paths: the same answer from anybody who works on them, stopped or not."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import WrongUse
from bot.longview.crowd import Question, Side, draws, history
from bot.longview.home import model_home
from bot.longview.notebook import answered
from bot.longview.ways import Way

WAYS = (Way.SILO, Way.ADAPTIVE)
QUESTION = Question(home=model_home(months=24), ways=WAYS, sources=history(1926, 24, 100), matched=False)


class Backwards(Executor):
    """Works only when somebody waits for a result, the last task first."""

    def __init__(self) -> None:
        self.asked: list[tuple[Future[Any], partial[Any]]] = []

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:  # noqa: ANN401 - the signature of Executor
        """Remember the task."""
        future = _Late(self)
        self.asked.append((future, partial(fn, *args)))
        return future

    def work(self) -> None:
        """Do all that is asked, in the opposite order."""
        while self.asked:
            future, task = self.asked.pop()
            future.set_result(task())


class _Late(Future[Any]):
    def __init__(self, crew: Backwards) -> None:
        super().__init__()
        self._crew = crew

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - same
        self._crew.work()
        return super().result(timeout)


@pytest.fixture(scope="module")
def alone() -> list[Side]:
    return answered(QUESTION)


def test_two_processes_find_what_one_finds(alone: list[Side]) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert answered(QUESTION, executor) == alone


def test_the_order_in_which_the_work_is_done_changes_nothing(alone: list[Side]) -> None:
    assert answered(QUESTION, Backwards()) == alone


def test_a_run_that_was_stopped_goes_on_where_it_was(alone: list[Side], tmp_path: Path) -> None:
    """The notebook ends in the middle of a line, as after a power cut; only the rest is worked on again."""
    notebook = tmp_path / "notes"
    answered(QUESTION, None, notebook)
    whole = notebook.read_bytes()
    lines = whole.splitlines(keepends=True)
    notebook.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    worked = Backwards()

    assert answered(QUESTION, worked, notebook) == alone
    assert notebook.read_bytes() == whole


def test_a_notebook_of_another_question_is_refused(tmp_path: Path) -> None:
    notebook = tmp_path / "notes"
    answered(replace(QUESTION, sources=QUESTION.sources[:1]), None, notebook)

    with pytest.raises(WrongUse, match="other accounts"):
        answered(QUESTION, None, notebook)


def test_the_bar_moves_with_every_piece(alone: list[Side]) -> None:
    moved: list[int] = []

    answered(QUESTION, None, None, lambda: moved.append(1))

    assert len(moved) == QUESTION.pieces


def test_a_draw_depends_on_its_number_and_seed_alone() -> None:
    one, other = draws(2, 1926)
    assert one.path(240) == one.path(240)
    assert one.path(240) != other.path(240)
    assert one.path(240) != draws(1, 1926, seed=1)[0].path(240)
    assert one.path(120).prices[0] == one.path(240).prices[0][:120]
