"""Letters in a folder are whole, private, and hold no header that we did not write."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings, strategies as st

from adapters.letters_folder import LettersFolder
from bot.domain.errors import TryLater
from bot.domain.letter import Letter
from bot.ports import Postbox

AT = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return AT

    def wait(self, seconds: int) -> None:
        raise AssertionError("a letter waits for nobody")

    def steady(self) -> timedelta:
        """No time passes."""
        return timedelta()


def posted(folder: Path, subject: str, text: str = "Good morning.") -> EmailMessage:
    """The letter as a mail program reads it."""
    LettersFolder(folder, StoppedClock()).send(Letter(subject=subject, text=text))
    return message_from_bytes(max(folder.iterdir()).read_bytes(), _class=EmailMessage, policy=default)


def test_it_is_a_postbox(tmp_path: Path) -> None:
    box: Postbox = LettersFolder(tmp_path, StoppedClock())
    box.send(Letter(subject="a", text="b"))

    assert [file.name for file in tmp_path.iterdir()] == ["20260302T143000Z-001.eml"]


def test_a_letter_says_what_when_and_that_nobody_wrote_it(tmp_path: Path) -> None:
    letter = posted(tmp_path, "A plan waits: 1,000 €, déjà vu", "Line one\nLine two: 5 €\n")

    assert letter["Subject"] == "A plan waits: 1,000 €, déjà vu"
    assert letter["Date"].datetime == AT
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == "Line one\nLine two: 5 €\n"


def test_letters_of_one_second_are_counted(tmp_path: Path) -> None:
    for text in "abc":
        LettersFolder(tmp_path, StoppedClock()).send(Letter(subject=text, text=text))

    assert sorted(file.name[-7:] for file in tmp_path.iterdir()) == ["001.eml", "002.eml", "003.eml"]


def test_a_draft_that_a_crash_left_behind_is_neither_sent_nor_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".20260302T143000Z-001.draft").write_text("half a le")

    assert posted(tmp_path, "whole")["Subject"] == "whole"
    assert [file.name for file in tmp_path.glob("*.eml")] == ["20260302T143000Z-002.eml"]


def test_letters_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    posted(folder, "a")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_made_is_for_later(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(TryLater, match="could not be written"):
        posted(tmp_path / "file", "a")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=200), st.text(alphabet=st.characters(), max_size=200))
@example("a\r\nBcc: thief@example.com", "b")
@example("a\nBcc: thief@example.com\n\nbody", "b")
@example("a\x0b\x0c\x1c\x85\u2028\u2029Bcc: thief@example.com", "b")
@example("=?utf-8?q?a=0D=0ABcc:_thief=40example.com?=", "b")
@example("=?utf-8?q?=0ABcc:_t=40example.com?= " * 9, "b")
@example("==?utf-8?q?x?=?utf-8?q?=0ABcc:_t?=", "b")
def test_no_subject_makes_a_second_header(subject: str, text: str) -> None:
    with TemporaryDirectory() as folder:
        letter = posted(Path(folder), subject, text)

    assert sorted(letter.keys()) == [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "MIME-Version",
        "Subject",
    ]
    assert not letter.defects
