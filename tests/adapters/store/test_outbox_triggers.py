"""The file itself refuses to lose a letter, or to change one, whoever writes to it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.store.outbox import Outbox
from bot.domain.post import Fate

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
COLUMNS = (
    "message_id, recipient, subject, content, written_at, state, attempts, refusals, next_try_at, moved_at, answer"
)
AS_NEW = "SELECT message_id, recipient, '', x'00', '', 'waiting', 0, 0, '', '', '' FROM outbox"


def raw(path: Path, fate: Fate = Fate.WAITING) -> sqlite3.Connection:
    """A plain connection to a ledger with one letter that was tried once."""
    with Outbox(path) as outbox:
        outbox.keep(message_id="<a@b>", subject="s", content=b"x", recipients=("ann@home.example",), written_at=AT)
        (one,) = outbox.due(AT, not_after=AT)
        assert outbox.claim(one, next_try_at=AT + timedelta(minutes=10))
        outbox.tried(one, fate=fate, at=AT, answer="so it goes")
    return sqlite3.connect(path, isolation_level=None)


def refused(connection: sqlite3.Connection, sql: str, reason: str) -> None:
    """The statement fails for this reason, and changes nothing."""
    before = list(connection.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=reason):
        connection.execute(sql)
    assert list(connection.iterdump()) == before
    connection.close()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DELETE FROM outbox", "never taken out"),
        ("UPDATE outbox SET content = x'00'", "never changed"),
        ("UPDATE outbox SET subject = ''", "never changed"),
        ("UPDATE outbox SET recipient = 'thief@example.com'", "never changed"),
        ("UPDATE outbox SET message_id = '<c@d>'", "never changed"),
        ("UPDATE outbox SET written_at = ''", "never changed"),
        ("UPDATE outbox SET number = 7", "never changed"),
        ("UPDATE outbox SET content = x''", "never changed|CHECK"),
        ("UPDATE outbox SET state = 'sent'", "CHECK"),
        ("UPDATE outbox SET attempts = 0", "counted one by one"),
        ("UPDATE outbox SET attempts = attempts + 2", "counted one by one"),
        ("UPDATE outbox SET attempts = attempts + 1, state = 'sent'", "nobody has tried"),
        ("UPDATE outbox SET state = 'lost'", "CHECK"),
        ("UPDATE outbox SET refusals = 2", "CHECK"),
        ("INSERT OR REPLACE INTO outbox SELECT * FROM outbox", "has not been sent yet|never replaced"),
        (
            f"INSERT OR REPLACE INTO outbox ({COLUMNS}) {AS_NEW}",
            "never replaced",
        ),
    ],
)
def test_a_letter_that_waits_can_neither_leave_nor_change(tmp_path: Path, sql: str, reason: str) -> None:
    refused(raw(tmp_path / "ledger.db"), sql, reason)


@pytest.mark.parametrize("state", ["'sent'", "'undeliverable'", "'given up'"])
def test_a_new_letter_waits(tmp_path: Path, state: str) -> None:
    sql = f"INSERT INTO outbox VALUES (9, '<c@d>', 'e@f', '', x'00', '', {state}, 1, 0, '', '', '')"  # noqa: S608 - our own words

    refused(raw(tmp_path / "ledger.db"), sql, "has not been sent yet")


@pytest.mark.parametrize("fate", [Fate.SENT, Fate.UNDELIVERABLE, Fate.GIVEN_UP])
def test_the_end_of_a_letter_is_its_end(tmp_path: Path, fate: Fate) -> None:
    refused(raw(tmp_path / "ledger.db", fate), "UPDATE outbox SET state = 'waiting'", "waits no more")


@pytest.mark.parametrize("fate", [Fate.UNDELIVERABLE, Fate.GIVEN_UP])
def test_a_letter_that_was_not_sent_stays(tmp_path: Path, fate: Fate) -> None:
    refused(raw(tmp_path / "ledger.db", fate), "DELETE FROM outbox", "never taken out")


def test_a_letter_that_was_sent_may_leave_and_its_number_is_not_given_again(tmp_path: Path) -> None:
    raw(tmp_path / "ledger.db", Fate.SENT).execute("DELETE FROM outbox").connection.close()
    with Outbox(tmp_path / "ledger.db") as outbox:
        outbox.keep(message_id="<a@b>", subject="s", content=b"x", recipients=("ann@home.example",), written_at=AT)

        assert [one.number for one in outbox.posted()] == [2]


def test_of_two_who_claim_a_letter_one_has_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    raw(path).close()
    with Outbox(path) as here, Outbox(path) as there:
        (one,) = here.posted()

        assert [box.claim(one, next_try_at=AT) for box in (here, there)] == [True, False]


def test_an_older_ledger_gets_an_outbox(tmp_path: Path) -> None:
    with Outbox(tmp_path / "ledger.db") as outbox:
        with pytest.raises(KeyError):
            outbox.letter(1)
        assert outbox.posted() == ()
