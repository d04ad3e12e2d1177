"""A letter waits until a server has taken it, is never lost on the way, and never stops a run."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from adapters.mail.postbox import FIRST_PAUSE, KEPT, LONGEST_PAUSE, ROUND, TOLD, TOO_OLD, MailPostbox
from adapters.store.outbox import Outbox
from bot.domain.errors import TryLater
from bot.domain.letter import Letter
from bot.domain.post import Fate
from tests.adapters.mail.conftest import Office
from tests.adapters.mail.mailroom import DRIPS, DROPS, HANGS_UP, SILENCE
from tests.fakes.clock import FakeClock

WAITING, SENT, UNDELIVERABLE, GIVEN_UP = Fate.WAITING, Fate.SENT, Fate.UNDELIVERABLE, Fate.GIVEN_UP
SECOND = timedelta(seconds=1)


def ids(office: Office) -> list[str]:
    """The Message-IDs of what the server has kept."""
    return [str(one.message["Message-ID"]) for one in office.room.taken]


# --- what the server does with a letter ------------------------------------------------------------------------------
@pytest.mark.parametrize("event", [SILENCE, HANGS_UP])
def test_a_letter_whose_answer_never_came_is_sent_again_under_the_same_name(office: Office, event: str) -> None:
    office.room.data.append(event)
    office.send("a")
    office.deliver()
    assert office.fates == [WAITING]

    office.deliver(later=FIRST_PAUSE)

    assert (office.arrived, office.fates) == (["a", "a"], [SENT])
    assert len(set(ids(office))) == 1


def test_a_letter_that_was_dropped_arrives_later(office: Office) -> None:
    office.room.data.append(DROPS)
    office.send("a")
    office.deliver()
    assert office.answer == "127.0.0.1: it hung up"

    office.deliver(later=FIRST_PAUSE)

    assert (office.arrived, office.fates) == (["a"], [SENT])


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
def test_a_letter_that_is_refused_for_good_three_times_is_undeliverable_and_kept(office: Office, verb: str) -> None:
    getattr(office.room, verb).extend(["550 5.1.1 no such user"] * 3)
    office.send("a")
    for expected in (WAITING, WAITING, UNDELIVERABLE):
        office.deliver(later=LONGEST_PAUSE)
        assert office.fates == [expected]
    office.deliver(later=LONGEST_PAUSE)

    assert (office.arrived, office.fates) == ([], [UNDELIVERABLE])
    assert b"The words of a." in office.postbox.content(1)
    assert office.postbox.outbox_state().sentences == (
        "1 letter never arrived, the last one (a): 127.0.0.1 does not take it: 550 5.1.1 no such user.",
    )


def test_what_was_lost_is_told_for_a_month(office: Office) -> None:
    office.room.rcpt.extend(["550 no"] * 3)
    office.send("a")
    for _ in range(3):
        office.deliver(later=LONGEST_PAUSE)
    office.clock.pass_by(TOLD - SECOND)
    assert office.postbox.outbox_state().lost

    office.clock.pass_by(SECOND)

    assert not office.postbox.outbox_state().lost


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
def test_a_letter_that_is_greylisted_waits(office: Office, verb: str) -> None:
    getattr(office.room, verb).append("451 4.7.1 come back in five minutes")
    office.send("a", "b")
    office.deliver()
    assert (office.arrived, office.fates) == (["b"], [WAITING, SENT])
    assert office.postbox.outbox_state().sentences == (
        "1 letter could not be sent yet: 127.0.0.1 does not take it: 451 4.7.1 come back in five minutes.",
    )

    office.deliver(later=FIRST_PAUSE)

    assert (office.arrived, office.fates) == (["b", "a"], [SENT, SENT])


def test_each_recipient_has_a_letter_of_their_own(office: Office) -> None:
    office.change(recipients=("ann@home.example", "bob@home.example"))
    office.room.rcpt.append("451 later")
    office.send("a")
    office.deliver()
    assert [one.recipients for one in office.room.taken] == [("bob@home.example",)]

    office.deliver(later=FIRST_PAUSE)

    assert [one.recipients for one in office.room.taken][1:] == [("ann@home.example",)]
    assert {str(one.message["To"]) for one in office.room.taken} == {"ann@home.example, bob@home.example"}


def test_nothing_is_sent_to_whom_the_settings_name_no_more(office: Office) -> None:
    office.send("a")
    office.change(recipients=("bob@home.example",))
    office.deliver()

    assert (office.arrived, office.fates) == ([], [UNDELIVERABLE])
    assert "nobody in the settings" in office.answer


# --- how long it waits -----------------------------------------------------------------------------------------------
def test_the_pause_doubles_and_is_remembered_by_the_next_process(office: Office) -> None:
    office.change(port=1)
    office.send("a")
    pauses = []
    office.deliver()
    for _ in range(7):
        waited = timedelta()
        while not office.outbox.due(office.clock.now(), not_after=office.clock.now() + LONGEST_PAUSE):
            office.clock.pass_by(FIRST_PAUSE)
            waited += FIRST_PAUSE
        pauses.append(waited // FIRST_PAUSE)
        office.deliver()

    assert pauses == [1, 2, 4, 8, 16, 32, 36]


def test_while_it_waits_nobody_calls_the_server(office: Office) -> None:
    office.room.data.append("451 later")
    office.send("a")
    office.deliver()
    office.deliver(later=FIRST_PAUSE - SECOND)

    assert len(office.room.greeted) == 1


def test_a_person_can_have_it_tried_at_once(office: Office) -> None:
    office.room.data.append("451 later")
    office.send("a")
    office.deliver()
    office.postbox.deliver(at_once=True)

    assert office.arrived == ["a"]


def test_a_clock_that_was_set_back_keeps_no_letter(office: Office) -> None:
    office.room.data.append("451 later")
    office.send("a")
    office.deliver()
    office.clock.jump(timedelta(days=-300))
    office.deliver()

    assert office.arrived == ["a"]


def test_after_two_weeks_a_letter_is_given_up_told_and_kept(office: Office) -> None:
    office.change(port=1)
    office.send("a")
    office.deliver()
    office.deliver(later=TOO_OLD)
    assert office.fates == [WAITING]

    office.deliver(later=LONGEST_PAUSE)

    assert office.fates == [GIVEN_UP]
    assert "1 letter never arrived, the last one (a)" in office.postbox.outbox_state().sentences[0]
    assert office.postbox.content(1)


def test_a_machine_that_was_off_for_weeks_still_sends_its_letters(office: Office) -> None:
    office.send("a")
    office.deliver(later=3 * TOO_OLD)

    assert (office.arrived, office.fates) == (["a"], [SENT])


def test_the_words_of_a_letter_that_was_sent_are_kept_no_longer(office: Office) -> None:
    office.send("a")
    office.deliver()

    with pytest.raises(KeyError):
        office.postbox.content(1)


def test_a_letter_that_was_sent_long_ago_is_taken_out(office: Office) -> None:
    office.send("a")
    office.deliver()
    office.clock.pass_by(KEPT + SECOND)
    office.send("b")
    office.deliver()

    assert [one.subject for one in office.outbox.posted()] == ["b"]


# --- many letters, and odd servers -----------------------------------------------------------------------------------
def test_hundreds_of_letters_leave_in_their_order(office: Office) -> None:
    names = [f"letter {number}" for number in range(200)]
    office.send(*names)
    office.deliver()

    assert office.arrived == names
    assert len(office.room.greeted) == 1


def test_a_server_that_hangs_up_after_some_letters_is_called_again(office: Office) -> None:
    names = [f"letter {number}" for number in range(12)]
    office.room.data.extend(["250 OK"] * 5 + ["421 too many letters"] + ["250 OK"] * 9)
    office.send(*names)
    office.deliver()

    assert sorted(office.arrived) == sorted(name for name in names if name != "letter 5")
    assert len(office.room.greeted) == 2


def test_a_letter_that_nobody_can_swallow_does_not_keep_the_others(office: Office) -> None:
    office.room.data.append(SILENCE)
    office.send("poison", "a", "b")
    office.deliver()
    office.room.data.extend(["250 OK", "250 OK", SILENCE])
    office.deliver(later=FIRST_PAUSE)

    assert office.arrived == ["poison", "a", "b", "poison"]
    assert office.fates == [WAITING, SENT, SENT]


def test_a_server_that_is_down_is_called_once_for_all_letters(office: Office) -> None:
    office.change(port=1)
    office.send(*"abc")
    office.deliver()

    assert [one.attempts for one in office.outbox.posted()] == [1, 1, 1]
    assert office.postbox.outbox_state().sentences == (
        "3 letters could not be sent yet: 127.0.0.1: nobody listens there.",
    )


class SlowClock(FakeClock):
    """A minute passes whenever somebody looks at it."""

    def steady(self) -> timedelta:
        self.pass_by(timedelta(minutes=1))
        return super().steady()


def test_a_round_ends_after_two_minutes(office: Office) -> None:
    office.clock = SlowClock(office.clock.now())
    office.send(*"abcdef")
    office.deliver()

    assert len(office.arrived) == ROUND // timedelta(minutes=1) - 1
    office.deliver()
    assert len(office.arrived) == 2


def test_a_server_that_drips_its_answers_is_interrupted(office: Office) -> None:
    office.change(patience=timedelta(milliseconds=50))
    office.room.data.append(DRIPS)
    office.send("a")
    office.deliver()

    assert office.fates == [WAITING]
    assert office.answer in {"127.0.0.1: it hung up", "127.0.0.1: no answer came in time"}


@pytest.mark.parametrize("answer", ["999 what", "100 what", "354 go on", "200", "abc", "550", "\x00\xff"])
def test_an_odd_answer_never_stops_a_run(office: Office, answer: str) -> None:
    office.room.data.append(answer)
    office.send("a")
    office.deliver()

    assert office.outbox.posted()[0].attempts == 1


class OddBox(MailPostbox):
    """Something in it does what nobody has foreseen."""

    def _enveloped(self, content: bytes, message_id: str) -> bytes:
        raise ZeroDivisionError("canary-of-an-odd-error")


def test_an_unforeseen_error_stops_neither_the_run_nor_the_letter(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.send("a")
    OddBox(office.outbox, office.server, office.clock).deliver()

    assert (office.fates, office.answer) == ([WAITING], "something unforeseen (ZeroDivisionError)")
    assert "canary" not in "".join(capsys.readouterr())


# --- a disk that is full ---------------------------------------------------------------------------------------------
def fill_up(outbox: Outbox) -> None:
    """From now on the file may not grow."""
    pages = outbox._connection.execute("PRAGMA page_count").fetchone()[0]
    outbox._connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_letter_that_finds_no_room_is_refused_whole_and_the_others_stay(office: Office) -> None:
    office.change(recipients=("ann@home.example", "bob@home.example"))
    office.send("a")
    fill_up(office.outbox)

    with pytest.raises(TryLater, match="could not be read or written"):
        office.postbox.send(Letter(subject="b", text="b" * 50_000))
    office.deliver()

    assert [one.subject for one in office.outbox.posted()] == ["a", "a"]
    assert office.arrived == ["a", "a"]


class FullWhenSent(Outbox):
    """The disk is full at the moment at which a letter was sent."""

    def __init__(self, inner: Outbox) -> None:
        self._path, self._connection = inner._path, inner._connection

    def tried(self, *_: object, **__: object) -> None:
        problem = sqlite3.OperationalError("database or disk is full")
        problem.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise TryLater("The ledger could not be written.") from problem


def test_a_letter_whose_end_cannot_be_noted_is_repeated_but_not_at_once(office: Office) -> None:
    office.send("a", "b")
    MailPostbox(FullWhenSent(office.outbox), office.server, office.clock).deliver()
    assert (office.arrived, office.fates) == (["a"], [WAITING, WAITING])

    office.deliver()
    assert office.arrived == ["a", "b"]
    office.deliver(later=FIRST_PAUSE)

    assert office.arrived == ["a", "b", "a"]
    assert len(set(ids(office))) == 2


class FullBeforeSending(FullWhenSent):
    """The disk is full before a letter is sent."""

    def claim(self, *_: object, **__: object) -> bool:
        raise TryLater("The ledger could not be written.")


def test_what_cannot_be_noted_beforehand_is_not_sent(office: Office) -> None:
    office.send("a")
    MailPostbox(FullBeforeSending(office.outbox), office.server, office.clock).deliver()

    assert (office.arrived, office.fates) == ([], [WAITING])
