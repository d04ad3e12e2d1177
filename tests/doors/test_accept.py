"""`rebaloop accept`: shares that went missing are told until their owner says that it is right so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.store.ledger import SqliteLedger
from adapters.store.lock import single_instance
from bot.domain.facts import AccountAccepted, SnapshotTaken
from tests.doors.stage import Home, Terminal


@pytest.fixture
def robbed(home: Home, rebaloop: Terminal) -> Home:
    """500 shares of VTI leave the rollover an hour after somebody looked, and nothing says why."""
    rebaloop("status")
    home.brokers[0].advance(timedelta(hours=1))
    home.book("rollover").lots("VTI").remove(Decimal(500))
    return home


def missing(home: Home, rebaloop: Terminal) -> list[str]:
    """The accounts of which shares are missed at the next look."""
    home.brokers[0].advance(timedelta(minutes=30))
    assert rebaloop("status").code == 0
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        latest = next(iter(ledger.latest(SnapshotTaken)))
    return [remark.account for remark in latest.snapshot.remarks if remark.stops]


def given(home: Home) -> list[AccountAccepted]:
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        return list(ledger.latest(AccountAccepted))


def test_shares_are_missed_until_they_are_accepted(rebaloop: Terminal, robbed: Home) -> None:
    before = [missing(robbed, rebaloop) for _ in range(2)]
    said = rebaloop("accept", "rollover")
    after = [missing(robbed, rebaloop) for _ in range(2)]

    assert (said.code, said.out) == (
        0,
        "Accepted what rollover holds. Nothing was sent.\nnext: rebaloop status\n",
    )
    assert (before, after) == ([["rollover"], ["rollover"]], [[], []])


def test_the_reason_is_kept_in_the_owners_words(rebaloop: Terminal, robbed: Home) -> None:
    rebaloop("accept", "rollover", "--because", "converted to a Roth: 500 VTI")

    assert [(fact.account, fact.by, fact.why) for fact in given(robbed)] == [
        ("rollover", "terminal", "converted to a Roth: 500 VTI")
    ]


def test_an_account_that_is_not_there_is_refused(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("accept", "roth")

    assert (said.code, said.out) == (2, "")
    assert "There is no account 'roth'; the household has brokerage, rollover." in said.err
    assert given(home) == []


def test_accepting_sends_nothing(rebaloop: Terminal, home: Home) -> None:
    rebaloop("accept", "rollover")

    assert {line.method for line in home.brokers[0].requests} <= {"GET"}
    assert home.posts == 0


def test_accepting_waits_for_another_instance(rebaloop: Terminal, home: Home) -> None:
    with single_instance(home.folder / "ledger.sqlite3"):
        said = rebaloop("accept", "rollover")

    assert said.code == 75
    assert given(home) == []
