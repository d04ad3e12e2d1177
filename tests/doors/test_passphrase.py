"""Passphrases at the terminal: chosen there, asked for where each owner decides, and shown nowhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.store.gate import SqliteGate
from adapters.store.ledger import SqliteLedger
from bot.domain.approval import Verdict
from bot.domain.facts import ConsentGiven
from bot.services.passphrases import matches
from tests.doors.stage import Home, Terminal

FIRST = "P-2026-03-02-A"
MINE, YOURS = "walnut harbour seven", "quiet copper morning"


def couple(home: Home, **approval: object) -> None:
    """The rollover belongs to the spouse."""
    brokerage, rollover = home.tree["accounts"]
    home.change(accounts=[brokerage, rollover | {"owner": "spouse"}], approval=approval)


def verdicts(home: Home) -> list[tuple[Verdict, str] | None]:
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        return [None if one is None else (one.verdict, one.by) for _, one in ledger.proposals()]


def code(home: Home) -> str:
    return home.proposals[0].code


def test_a_passphrase_is_kept_as_a_digest_and_shown_nowhere(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("passphrase", typed=f"{MINE}\n")

    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        kept = SqliteGate(ledger).passphrase("self")
    assert said.code == 0
    assert "The passphrase of self is set" in said.out
    assert kept is not None
    assert matches(MINE, kept)
    assert MINE not in rebaloop.transcript
    assert MINE.encode() not in home.written()


@pytest.mark.parametrize(("typed", "exit_code"), [("eleven char\n", 2), ("", 130), ("\n", 130)])
def test_too_short_a_passphrase_is_not_kept(rebaloop: Terminal, home: Home, typed: str, exit_code: int) -> None:
    said = rebaloop("passphrase", typed=typed)

    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        assert SqliteGate(ledger).passphrase("self") is None
    assert said.code == exit_code


def test_a_stranger_has_no_passphrase(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("passphrase", "mallory", typed=f"{MINE}\n")

    assert said.code == 2
    assert "The owners are: self" in said.err


def test_where_one_decides_for_all_a_code_is_enough(rebaloop: Terminal, home: Home) -> None:
    couple(home)
    rebaloop("plan")

    said = rebaloop("approve", FIRST, typed=f"{code(home)}\n")

    assert said.code == 0
    assert verdicts(home) == [(Verdict.APPROVED, "terminal:self")]


def test_where_each_owner_decides_the_one_whose_account_is_touched_types_a_passphrase(
    rebaloop: Terminal, home: Home
) -> None:
    couple(home, each_owner=True)
    rebaloop("passphrase", "spouse", typed=f"{YOURS}\n")
    rebaloop("plan")

    said = rebaloop("approve", FIRST, typed=f"{code(home)}\n{YOURS}\n")

    assert said.code == 0
    assert verdicts(home) == [(Verdict.APPROVED, "terminal:spouse")]
    assert YOURS not in rebaloop.transcript


@pytest.mark.parametrize("words", [(), ("--yes",)])
def test_a_wrong_passphrase_approves_nothing_not_even_with_yes(
    rebaloop: Terminal, home: Home, words: tuple[str, ...]
) -> None:
    couple(home, each_owner=True)
    rebaloop("passphrase", "spouse", typed=f"{YOURS}\n")
    rebaloop("passphrase", "self", typed=f"{MINE}\n")
    rebaloop("plan")

    typed = f"{MINE}\n" if words else f"{code(home)}\n{MINE}\n"
    said = rebaloop("approve", FIRST, *words, typed=typed)

    assert said.code == 2
    assert "not the passphrase of spouse" in said.err
    assert verdicts(home) == [None]


def test_without_a_passphrase_the_command_that_sets_one_is_told(rebaloop: Terminal, home: Home) -> None:
    couple(home, each_owner=True)
    rebaloop("plan")

    said = rebaloop("approve", FIRST, "--yes", typed="anything at all\n")

    assert said.code == 2
    assert "rebaloop passphrase spouse" in said.err


def test_somebody_whose_account_is_not_touched_does_not_decide(rebaloop: Terminal, home: Home) -> None:
    couple(home, each_owner=True)
    rebaloop("passphrase", "self", typed=f"{MINE}\n")
    rebaloop("plan")

    said = rebaloop("approve", FIRST, "--yes", "--as", "self", typed=f"{MINE}\n")

    assert said.code == 2
    assert "does not decide" in said.err
    assert verdicts(home) == [None]


def test_a_plan_that_touches_both_waits_for_both(rebaloop: Terminal, home: Home) -> None:
    couple(home, each_owner=True)
    for person, phrase in (("self", MINE), ("spouse", YOURS)):
        rebaloop("passphrase", person, typed=f"{phrase}\n")
    rebaloop("plan")
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        SqliteGate(ledger).name_deciders(ledger.proposals()[0][0].fingerprint, ("self", "spouse"))

    unsaid = rebaloop("approve", FIRST, "--yes")
    first = rebaloop("approve", FIRST, "--yes", "--as", "self", typed=f"{MINE}\n")
    held = verdicts(home)
    second = rebaloop("approve", FIRST, "--yes", typed=f"{YOURS}\n")

    assert unsaid.code == 2
    assert "--as self" in unsaid.err
    assert first.code == 3
    assert f"next: rebaloop approve {FIRST} --as spouse" in first.out
    assert held == [None]
    assert second.code == 0
    assert verdicts(home) == [(Verdict.APPROVED, "terminal:spouse")]


def test_a_plan_whose_letter_carries_a_link_is_approved_at_the_terminal_as_well(rebaloop: Terminal, home: Home) -> None:
    home.change(page={"listen": "127.0.0.1:8787"})
    rebaloop("run")

    said = rebaloop("approve", FIRST, "--yes")

    assert "http://127.0.0.1:8787/a/" in home.letters[0]
    assert said.code == 0
    assert verdicts(home) == [(Verdict.APPROVED, "terminal:self")]


def test_history_shows_who_said_yes_and_when(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")

    told, kept = rebaloop("history").out, rebaloop("history", "--json").only

    assert "yes from terminal:self, 2026-03-02 10:0" in told
    assert kept["by"] == "terminal:self"
    assert kept["said_yes"][0]["by"] == "terminal:self"
    assert datetime.fromisoformat(kept["said_yes"][0]["at"]).tzinfo == UTC


def test_a_second_yes_is_refused(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")

    said = rebaloop("approve", FIRST, "--yes")

    assert said.code == 2
    assert "approved already" in said.err
    with SqliteLedger(home.folder / "ledger.sqlite3") as ledger:
        assert len(list(ledger.latest(ConsentGiven))) == 1


def test_rejecting_everything_declines_what_waits_and_halts(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")

    said = rebaloop("reject", "--all")

    assert said.code == 0
    assert f"Rejected {FIRST}. Halted" in said.out
    assert verdicts(home) == [(Verdict.DECLINED, "terminal")]
    assert rebaloop("resume").code == 0


def test_rejecting_everything_halts_where_nothing_waits(rebaloop: Terminal, home: Home) -> None:
    said = rebaloop("reject", "--all")

    assert said.code == 0
    assert "Rejected no plan, none waited. Halted" in said.out
    assert rebaloop("resume").code == 0


def test_what_is_at_a_broker_is_halted_even_when_the_books_cannot_be_opened(rebaloop: Terminal, home: Home) -> None:
    (home.folder / "ledger.sqlite3").write_text("no ledger at all", encoding="ascii")

    said = rebaloop("reject", "--all")

    assert said.code == 1
    assert (home.folder / "HALT").exists() or "everything was rejected" in rebaloop("resume").out


@pytest.mark.parametrize("words", [(), (FIRST, "--all")])
def test_one_plan_or_all_of_them(rebaloop: Terminal, home: Home, words: tuple[str, ...]) -> None:
    said = rebaloop("reject", *words)

    assert said.code == 2
    assert "Name one PLAN, or say --all." in said.err


def test_in_paper_mode_a_run_may_approve_without_asking(rebaloop: Terminal, home: Home) -> None:
    home.change(approval={"automatic": "paper"})

    said = rebaloop("run", "--json").only

    assert said["outcome"] == "carried_out"
    assert verdicts(home) == [(Verdict.APPROVED, "automatic")]
    assert "Approved automatically" in home.letters[0]


def test_with_real_accounts_nothing_is_approved_without_asking(rebaloop: Terminal, home: Home) -> None:
    home.change(mode="live", approval={"automatic": "paper"})

    said = rebaloop("run")

    assert said.code == 78
    assert "with real accounts nothing is approved without asking" in said.err


@pytest.mark.parametrize("approval", [{"automatic": "live"}, {"automatic": True}, {"each_owner": "yes"}])
def test_a_word_that_means_nothing_is_refused(rebaloop: Terminal, home: Home, approval: dict[str, object]) -> None:
    home.change(approval=approval)

    said = rebaloop("status")

    assert said.code == 78
    assert "approval" in said.err


def test_a_change_of_who_decides_voids_a_yes(rebaloop: Terminal, home: Home) -> None:
    rebaloop("plan")
    rebaloop("approve", FIRST, "--yes")
    home.change(approval={"each_owner": True})

    said = rebaloop("run", "--json").only

    assert home.posts == 0
    assert said["outcome"] == "voided"
