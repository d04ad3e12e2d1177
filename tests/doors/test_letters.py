"""Letters leave as mail when a run begins and when it ends, and the terminal tells what became of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.domain.letter import Letter
from bot.domain.post import Fate
from bot.wiring import open_mail, settings_from
from tests.adapters.mail.mailroom import DROPS, Mailroom, mailroom
from tests.doors.stage import Home, Terminal


@pytest.fixture
def room() -> Iterator[Mailroom]:
    """A mail server on this machine."""
    with mailroom() as running:
        yield running


@pytest.fixture
def mailed(home: Home, room: Mailroom) -> Home:
    """The household, whose letters leave as mail."""
    home.change(mail=to(room.port))
    return home


def to(port: int) -> dict[str, object]:
    """Settings for a plain server on this machine."""
    addresses = {"from": "bot@home.example", "to": "ann@home.example"}
    return {**addresses, "host": "127.0.0.1", "port": port, "security": "none"}


def subjects(room: Mailroom) -> list[str]:
    return [str(one.message["Subject"]) for one in room.taken]


def test_the_letter_of_a_plan_has_left_when_the_run_ends(rebaloop: Terminal, mailed: Home, room: Mailroom) -> None:
    assert rebaloop("run").code == 3

    (subject,) = subjects(room)
    assert subject.startswith("[rebaloop paper] ")
    assert "P-2026-03-02-A" in subject
    assert not (mailed.folder / "letters").exists()
    assert rebaloop("letters").code == 0


def test_a_run_is_not_stopped_by_a_server_that_is_down(rebaloop: Terminal, home: Home) -> None:
    home.change(mail=to(1))

    assert rebaloop("run").code == 3
    assert len(home.proposals) == 1


def test_what_waited_leaves_with_the_next_run_and_new_settings_void_nothing(
    rebaloop: Terminal, home: Home, room: Mailroom
) -> None:
    home.change(mail=to(1))
    rebaloop("run")
    home.change(mail=to(room.port))
    assert rebaloop("approve", "P-2026-03-02-A", "--yes").code == 0
    rebaloop("letters", "--deliver")

    assert rebaloop("run").code == 0
    assert ["P-2026-03-02-A" in subject for subject in subjects(room)] == [True, True]
    assert "2 of 2 orders filled" in subjects(room)[1]


def lock_out(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the broker does not accept the key of the second account."""
    monkeypatch.setenv("ANOTHER_SECRET", "another")
    home.tree["accounts"][1]["credentials"]["secret_key"] = {"env": "ANOTHER_SECRET"}
    home.furnish()


def test_a_run_that_fails_delivers_when_it_begins_and_when_it_ends(
    rebaloop: Terminal, mailed: Home, room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_mail(settings_from(mailed.settings)) as postbox:
        for name in ("first", "second"):
            postbox.send(Letter(subject=name, text=name))
    room.data.append(DROPS)  # ends the round of the beginning
    lock_out(mailed, monkeypatch)

    assert rebaloop("run").code == 4
    assert "second" in subjects(room)
    assert len(room.greeted) == 2


def test_status_tells_of_letters_that_never_leave(
    rebaloop: Terminal, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.change(mail=to(1))
    rebaloop("run")

    said = rebaloop("status")
    assert "Post: 1 letter could not be sent yet: 127.0.0.1: nobody listens there." in said.out
    assert rebaloop("status", "--json").only["letters"] == {"waiting": 1, "lost": 0}
    lock_out(home, monkeypatch)
    assert "Post: 1 letter could not be sent yet" in rebaloop("status").out


def test_a_letter_that_waits_is_listed_with_its_reason_and_can_be_read(rebaloop: Terminal, home: Home) -> None:
    home.change(mail=to(1))
    rebaloop("run")

    listed = rebaloop("letters")
    assert listed.code == 1
    assert "waiting" in listed.out
    assert "to ann@home.example: 127.0.0.1: nobody listens there" in listed.out
    assert rebaloop("letters", "--json").only["state"] == Fate.WAITING.value
    read = rebaloop("letters", "--read", 1)
    assert read.out.startswith("[rebaloop paper] ")
    assert "rebaloop approve P-2026-03-02-A" in read.out


def test_a_letter_that_is_not_there_cannot_be_read(rebaloop: Terminal, mailed: Home) -> None:
    assert rebaloop("letters", "--read", 1).code == 2
    assert rebaloop("letters").out == "No letter was written yet.\n"


def test_a_test_letter_says_what_the_server_answers(rebaloop: Terminal, mailed: Home, room: Mailroom) -> None:
    room.data.append("250 2.0.0 queued as 4F2A1B")
    said = rebaloop("letters", "--send-test")

    assert (said.code, said.out.splitlines()[0]) == (0, "taken: 250 2.0.0 queued as 4F2A1B")
    assert subjects(room) == ["[rebaloop paper] A test letter"]
    assert not list((mailed.folder / "letters").glob("*"))


@pytest.mark.parametrize(("answer", "code"), [("550 no such user", 1), ("451 later", 75)])
def test_a_test_letter_that_is_not_taken_says_why(
    rebaloop: Terminal, mailed: Home, room: Mailroom, answer: str, code: int
) -> None:
    room.rcpt.append(answer)
    said = rebaloop("letters", "--send-test")

    assert (said.code, answer in said.err) == (code, True)


def test_without_mail_the_folder_is_listed(rebaloop: Terminal, home: Home) -> None:
    rebaloop("run")
    listed = rebaloop("letters")

    assert listed.code == 0
    assert "P-2026-03-02-A" in listed.out
    assert "rebaloop approve P-2026-03-02-A" in rebaloop("letters", "--read", 1).out
    assert rebaloop("letters", "--read", 2).code == 2
    assert rebaloop("letters", "--json").only["number"] == 1


def test_without_mail_there_is_nothing_to_try_out(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("letters", "--send-test")

    assert said.code == 2
    assert "the settings say nothing of mail" in said.err


def test_a_password_that_is_missing_is_named_with_its_line(rebaloop: Terminal, home: Home, room: Mailroom) -> None:
    home.change(mail={**to(room.port), "username": "ann", "password": {"file": "mail.secret"}})
    said = rebaloop("run")

    assert said.code == 78
    assert "mail.password" in said.err
