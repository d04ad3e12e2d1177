"""Whoever writes a due date first has it; what is over stays over; nothing is ever taken out."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.store.due_book import SqliteDueBook
from bot.domain.errors import Reconcile
from bot.domain.schedule import Due, DueKind, DueRecord, DueState, PayDate, Source
from tests.architecture.tree import ROOT

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
DUE = Due(kind=DueKind.PAYDAY, on=date(2026, 3, 2), name="self", why="money")
CLAIMED = DueRecord(due=DUE, state=DueState.CLAIMED, moved_at=AT, tries=1)

RACER = """
import sys
from pathlib import Path
from adapters.store.due_book import SqliteDueBook
from tests.schedule.test_due_book import AT, race
with SqliteDueBook(Path(sys.argv[1])) as book:
    sys.stdin.readline()
    race(book)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def book(path: Path) -> Iterator[SqliteDueBook]:
    with SqliteDueBook(path) as opened:
        yield opened


def race(book: SqliteDueBook) -> None:
    """Claim a hundred days, and print those that were ours."""
    for n in range(100):
        due = replace(DUE, on=DUE.on + timedelta(days=n))
        if book.claim([replace(CLAIMED, due=due)]):
            print(due.on)  # noqa: T201 - this is what the other process reads


def test_a_due_date_has_one_owner(book: SqliteDueBook, path: Path) -> None:
    with SqliteDueBook(path) as other:
        assert book.claim([CLAIMED]) == (DUE,)
        assert other.claim([CLAIMED]) == ()


def test_what_is_written_is_read_back(book: SqliteDueBook) -> None:
    waiting = DueRecord(
        due=DUE, state=DueState.WAITING, moved_at=AT, again_at=AT + timedelta(hours=1), note="the money has not come"
    )
    book.claim([waiting])

    (found,) = book.records(DUE.on)

    assert (found, found.due.why) == (waiting, "money")


def test_of_two_who_take_up_what_a_dead_process_left_one_has_it(book: SqliteDueBook, path: Path) -> None:
    book.claim([CLAIMED])
    again = replace(CLAIMED, tries=2)
    with SqliteDueBook(path) as other:
        assert book.claim([again]) == (DUE,)
        assert other.claim([again]) == ()

    assert book.records(DUE.on)[0].tries == 2


@pytest.mark.parametrize("state", [DueState.DONE, DueState.SUPERSEDED, DueState.GIVEN_UP])
def test_what_is_over_stays_over(book: SqliteDueBook, state: DueState) -> None:
    book.claim([CLAIMED])
    book.move([replace(CLAIMED, state=state)])

    assert book.claim([replace(CLAIMED, tries=2)]) == ()
    with pytest.raises(Reconcile, match="is over"):
        book.move([replace(CLAIMED, state=DueState.DONE)])


def test_several_due_dates_are_over_together_or_not_at_all(book: SqliteDueBook) -> None:
    book.claim([CLAIMED])
    stranger = replace(CLAIMED, due=replace(DUE, name="nobody"), state=DueState.DONE)

    with pytest.raises(Reconcile):
        book.move([replace(CLAIMED, state=DueState.DONE), stranger])

    assert book.records(DUE.on)[0].state is DueState.CLAIMED


def test_an_open_due_date_is_found_whatever_its_age(book: SqliteDueBook) -> None:
    old = replace(CLAIMED, due=replace(DUE, on=date(2025, 1, 2)))
    book.claim([CLAIMED, old])
    book.move([replace(CLAIMED, state=DueState.DONE)])

    assert [one.due.on for one in book.records(date(2026, 6, 1))] == [old.due.on]
    assert book.newest_on(date(2026, 12, 31)) == DUE.on


def test_the_day_it_counts_from_is_written_once(book: SqliteDueBook) -> None:
    assert book.begun_on() is None
    assert book.begin(date(2026, 3, 2)) == date(2026, 3, 2)
    assert book.begin(date(2026, 4, 1)) == date(2026, 3, 2)


def test_pay_dates_are_replaced_as_a_whole(book: SqliteDueBook) -> None:
    one = PayDate(on=date(2026, 3, 26), account="joint", symbol="VTI", source=Source.ANNOUNCED)
    book.expect([replace(one, on=date(2026, 3, 20)), one])
    book.expect([one])

    assert book.expected() == (one,)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM due",
        "UPDATE due SET due_on = '2026-03-03'",
        "UPDATE due SET name = 'spouse'",
        "UPDATE due SET tries = 0",
        "INSERT OR REPLACE INTO due SELECT kind, name, due_on, why, 'done', 9, claimed_at, moved_at, NULL, '' FROM due",
        "UPDATE due_book SET begun_on = '2020-01-01'",
        "DELETE FROM due_book",
        "UPDATE due SET state = 'waiting'",
    ],
)
def test_the_file_itself_refuses_what_the_life_of_a_due_date_does_not_have(
    book: SqliteDueBook, path: Path, change: str
) -> None:
    book.begin(DUE.on)
    book.claim([CLAIMED])
    raw = sqlite3.connect(path)
    try:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(change)
    finally:
        raw.close()


def test_four_processes_at_once_have_each_day_once(path: Path) -> None:
    SqliteDueBook(path).close()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=60)[0].split() for racer in racers]

    claimed = Counter(day for days in said for day in days)
    assert (len(claimed), set(claimed.values())) == (100, {1})
