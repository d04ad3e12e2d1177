"""`rebaloop plan` for a folder of very many households: the same lines in the same order, stopped or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doors.stage import Terminal
from tests.longview.many import household

COUNT = 45


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """More than two pieces of households, and one that cannot be read."""
    place = tmp_path / "households"
    place.mkdir()
    for number in range(COUNT):
        (place / f"{number:03}.json").write_text(household(number), encoding="utf-8")
    (place / "021.json").write_text("{", encoding="utf-8")
    return place


def test_it_says_what_the_plain_command_says(rebaloop: Terminal, folder: Path) -> None:
    plain = rebaloop("plan", "--household", folder, "--json")
    many = rebaloop("plan", "--household", folder, "--workers", 1)

    assert many.out == plain.out
    assert (many.code, plain.code) == (65, 65)
    assert len(many.out.splitlines()) == COUNT


def test_a_run_that_was_stopped_goes_on_after_the_last_whole_line(
    rebaloop: Terminal, folder: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers"
    rebaloop("plan", "--household", folder, "--answers", answers)
    whole = answers.read_bytes()
    lines = whole.splitlines(keepends=True)
    answers.write_bytes(b"".join(lines[:7]) + lines[7][:100])

    rebaloop("plan", "--household", folder, "--answers", answers)

    assert answers.read_bytes() == whole
    assert [json.loads(line)["household"] for line in lines[:2]] == ["household-000000", "household-000001"]


def test_answers_of_other_households_are_left_alone(rebaloop: Terminal, folder: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    answers.write_text('{"household": "another"}\n', encoding="utf-8")

    done = rebaloop("plan", "--household", folder, "--answers", answers)

    assert done.code == 2
    assert "other households" in done.err
    assert answers.read_text(encoding="utf-8") == '{"household": "another"}\n'


def test_a_crew_needs_a_folder(rebaloop: Terminal, folder: Path) -> None:
    done = rebaloop("plan", "--household", folder / "001.json", "--workers", 2)

    assert done.code == 2
    assert "one folder" in done.err
