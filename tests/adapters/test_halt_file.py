"""The halt file counts as soon as it is not certainly absent."""

import os
from pathlib import Path

import pytest

from adapters.halt_file import HaltFile
from bot.domain.errors import NotAllowed


def brake(folder: Path) -> HaltFile:
    return HaltFile(folder / "HALT")


def test_without_a_file_nothing_is_halted(tmp_path: Path) -> None:
    assert brake(tmp_path).pulled() == ""
    assert not brake(tmp_path).release()


def test_the_reasons_are_kept_one_after_the_other(tmp_path: Path) -> None:
    brake(tmp_path).pull("a look\nat it")
    brake(tmp_path).pull("another")

    assert brake(tmp_path).pulled() == "a look at it another"
    assert (tmp_path / "HALT").stat().st_mode & 0o777 == 0o600


def test_an_empty_file_halts_too(tmp_path: Path) -> None:
    (tmp_path / "HALT").touch()

    assert brake(tmp_path).pulled() == "nobody wrote down why"


def test_bytes_that_are_no_text_halt_too(tmp_path: Path) -> None:
    (tmp_path / "HALT").write_bytes(b"\xff\x00\xfe")

    assert brake(tmp_path).pulled()


def test_a_folder_in_its_place_halts_and_only_a_person_takes_it_away(tmp_path: Path) -> None:
    (tmp_path / "HALT").mkdir()

    assert "no ordinary file" in brake(tmp_path).pulled()
    with pytest.raises(NotAllowed):
        brake(tmp_path).release()


def test_a_link_that_leads_nowhere_halts(tmp_path: Path) -> None:
    (tmp_path / "HALT").symlink_to(tmp_path / "nothing")

    assert brake(tmp_path).pulled()


def test_a_pipe_in_its_place_halts_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "HALT")

    assert brake(tmp_path).pulled()


def test_a_folder_that_is_not_there_or_no_folder_halts(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert brake(tmp_path / "nowhere").pulled()
    assert brake(tmp_path / "file").pulled()


def test_a_file_that_may_not_be_read_halts(tmp_path: Path) -> None:
    (tmp_path / "HALT").write_text("a look")
    (tmp_path / "HALT").chmod(0)

    assert brake(tmp_path).pulled()


def test_what_was_pulled_is_released(tmp_path: Path) -> None:
    brake(tmp_path).pull("a look")

    assert brake(tmp_path).release()
    assert brake(tmp_path).pulled() == ""
