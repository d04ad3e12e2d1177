"""Forty wrong settings files, and for each what its owner reads: the line, a caret under the word, and a hint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.complaint import render
from bot.domain.errors import FixTheFile
from bot.settings.loading import load_settings

FOLDER = Path(__file__).with_name("golden_config")
FILES = sorted(FOLDER.glob("*.yaml"))
_POINTED = re.compile(r"^ +\d+ \| (?P<line>.*)\n +\| (?P<blanks> *)(?P<carets>\^+)$", re.MULTILINE)


def told(file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the terminal says of a file of this folder."""
    monkeypatch.chdir(FOLDER)
    with pytest.raises(FixTheFile) as caught:
        load_settings(Path(file.name), {})
    assert caught.value.exit_code == 78
    return render(caught.value) + "\n"


def test_there_are_at_least_thirty_of_them() -> None:
    assert len(FILES) >= 30


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_answer_is_the_one_that_was_looked_at(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(file, monkeypatch) == file.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_carets_stand_under_what_the_file_itself_calls_wrong(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file names in its first comments the words that are wrong, in the order of the answer."""
    expected = re.findall(r"^# wrong at: (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)

    found = [
        one["line"][len(one["blanks"]) :][: len(one["carets"])] for one in _POINTED.finditer(told(file, monkeypatch))
    ]

    assert [word for word in found if word.strip()] == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_mistake_has_a_line_and_a_hint(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = told(file, monkeypatch)

    mistakes = text.count("error: ")
    assert mistakes == len(re.findall(rf"  --> {file.name}:\d+:\d+", text)) == text.count("  help: ")
    assert f"rebaloop config check {file.name}" in text
