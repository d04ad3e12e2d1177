"""`run --due`, `next`, `pause` and `assign`, on accounts that are kept by a simulated broker on the loopback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest

from adapters.store.lock import single_instance
from bot.cli.serve import stay
from bot.settings.loading import load_settings
from tests.doors.stage import Home, Terminal

DAILY = {"drift_sessions": 1, "sweep": "never", "year_end": False, "digest_day": 0}
FIRST = "P-2026-03-02-A"


@pytest.fixture
def daily(home: Home) -> Home:
    """The household of the doors with a look on every session; it is Monday 2026-03-02, 10:00."""
    home.change(schedule=DAILY)
    return home


def code_of(home: Home) -> str:
    return home.proposals[-1].code


def test_what_is_due_is_done_once(rebaloop: Terminal, daily: Home) -> None:
    first, second = rebaloop("run", "--due"), rebaloop("run", "--due")

    assert (first.code, second.code) == (3, 0)
    assert first.out == f"served: drift 2026-03-02\nrun: proposed ({FIRST})\n"
    assert second.out == "Nothing is due.\nnext: rebaloop next\n"
    assert len(daily.proposals) == 1


def test_the_same_as_json(rebaloop: Terminal, daily: Home) -> None:
    told = rebaloop("run", "--due", "--json").only

    assert told["served"] == [{"kind": "drift", "name": "", "on": "2026-03-02"}]
    assert (told["superseded"], told["waiting"], told["given_up"]) == ([], [], [])
    assert [run["outcome"] for run in told["runs"]] == ["proposed"]


def test_an_approved_plan_is_sent_by_the_next_run_of_what_is_due(rebaloop: Terminal, daily: Home) -> None:
    rebaloop("run", "--due")
    rebaloop("approve", FIRST, typed=f"{code_of(daily)}\n")

    said = rebaloop("run", "--due")

    assert said.out.startswith(f"served: send {FIRST} 2026-03-02\nrun: carried out")
    assert daily.posts == 2


def test_the_evening_is_looked_at_and_dates_are_learned(rebaloop: Terminal, daily: Home) -> None:
    rebaloop("run", "--due")
    daily.brokers[0].advance(timedelta(hours=7))

    assert rebaloop("run", "--due").out.startswith("served: reconcile 2026-03-02\n")


def test_what_comes_next_is_listed_with_its_reason(rebaloop: Terminal, daily: Home) -> None:
    rebaloop("run", "--due")

    lines = [" ".join(line.split()) for line in rebaloop("next").out.splitlines()]
    told = rebaloop("next", "--json").only

    assert lines == [
        "Mon 2026-03-02 17:00 reconcile what became of the day's orders",
        "Tue 2026-03-03 10:00 drift a look at the drift, every 1 sessions",
    ]
    assert [(one["kind"], one["on"]) for one in told["due"]] == [("reconcile", "2026-03-02"), ("drift", "2026-03-03")]


def test_while_it_is_paused_nothing_is_drawn_or_sent(rebaloop: Terminal, daily: Home) -> None:
    rebaloop("run", "--due")
    rebaloop("approve", FIRST, typed=f"{code_of(daily)}\n")

    paused = rebaloop("pause", "--until", "2026-03-09", "--because", "on holiday")
    due = rebaloop("run", "--due")
    by_hand = rebaloop("run")
    listed = rebaloop("next")
    rebaloop("resume")

    assert paused.out.startswith("Paused until 2026-03-09")
    assert due.out.startswith("Nothing is due.")
    assert "paused until 2026-03-09" in by_hand.out
    assert listed.out.startswith("Paused until 2026-03-09")
    assert daily.posts == 0
    assert "carried out" in rebaloop("run", "--due").out


@pytest.mark.parametrize("until", ["2026-03-02", "2026-02-01", "2027-03-04", "soon"])
def test_a_pause_ends_on_a_later_day_within_a_year(rebaloop: Terminal, daily: Home, until: str) -> None:
    assert rebaloop("pause", "--until", until).code == 2


def test_two_runs_at_once_do_no_harm(rebaloop: Terminal, daily: Home) -> None:
    with single_instance(daily.folder / "ledger.sqlite3"):
        said = rebaloop("run", "--due")

    assert said.code == 75
    assert rebaloop("run", "--due").code == 3


def test_cash_that_is_not_held_cannot_be_assigned(rebaloop: Terminal, daily: Home) -> None:
    said = rebaloop("assign", "brokerage")

    assert said.code == 2
    assert "No cash of brokerage is held." in said.err


def test_an_unusual_deposit_waits_for_its_owner(rebaloop: Terminal, home: Home) -> None:
    paydays = [{"name": "self", "account": "brokerage", "amount_usd": 3000, "days": [2, 16]}]
    home.change(schedule={**DAILY, "paydays": paydays})
    rebaloop("run", "--due")
    home.brokers[0].deposit("PKBROKERAGE", Decimal(50_000), on=date(2026, 3, 3))
    home.brokers[0].advance(timedelta(days=1))

    rebaloop("run", "--due")
    answered = rebaloop("assign", "brokerage", "--because", "a bonus")

    assert [letter for letter in home.letters if "rebaloop assign brokerage" in letter]
    assert answered.out.startswith("$50,000.00 of brokerage may be invested.")


def test_a_served_household_does_what_is_due_until_it_is_told_to_stop(daily: Home) -> None:
    stop = Event()
    settings = load_settings(daily.settings, {})
    service = Thread(target=stay, args=(settings, stop, timedelta(seconds=1)))
    service.start()
    try:
        assert within_seconds(60, lambda: bool(daily.letters))
    finally:
        stop.set()
        service.join(60)

    assert not service.is_alive()
    assert [proposal.plan_id for proposal in daily.proposals] == [FIRST]


def within_seconds(most: int, happens: Callable[[], bool]) -> bool:
    """Whether it happens soon; looked at every few milliseconds."""
    pause = Event()
    return any(happens() or pause.wait(0.02) for _ in range(most * 50))
